import Foundation

/// What has been measured of one thing, beside what, and what it ought to be.
struct Figure {
    enum Unit {
        /// How many times as long as the other: less is better.
        case asLong
        /// How many times as fast as the other: more is better.
        case asFast
        case milliseconds
        case megabytes
        case members
        /// A share of the other's size.
        case share
    }

    enum Goal {
        case atMost(Double)
        case atLeast(Double)
        /// Less than that.
        case under(Double)

        func isMet(by value: Double) -> Bool {
            switch self {
            case .atMost(let bound): value <= bound
            case .atLeast(let bound): value >= bound
            case .under(let bound): value < bound
            }
        }
    }

    var what: String
    /// What it is measured beside.
    var beside: String
    var unit: Unit
    var goal: Goal?
    /// One value a sample, nil where there is none, or one alone.
    var values: [Double?]

    /// The verdict in a word or two; nothing without a goal.
    var verdict: String {
        guard let goal else { return "" }
        let measured = values.compactMap(\.self)
        let met = measured.count { goal.isMet(by: $0) }
        if measured.isEmpty { return "not measured" }
        return met == measured.count ? "met" : met == 0 ? "missed" : "met by \(met) of \(measured.count)"
    }

    /// The goal in words.
    var goalText: String {
        switch goal {
        case nil: ""
        case .atMost(let bound): "at most " + unit.text(of: bound, isGoal: true)
        case .atLeast(let bound): "at least " + unit.text(of: bound, isGoal: true)
        case .under(let bound): "under " + unit.text(of: bound, isGoal: true)
        }
    }

    /// The least and the greatest value.
    var range: String {
        let measured = values.compactMap(\.self)
        guard let least = measured.min(), let greatest = measured.max() else { return "–" }
        let (low, high) = (unit.text(of: least), unit.text(of: greatest))
        return low == high ? low : "\(unit.number(least)) – \(high)"
    }
}

extension Figure.Unit {
    /// A value with as many digits as say something.
    func number(_ value: Double) -> String {
        let digits =
            switch self {
            case .members: 0
            case .megabytes: 1
            case .share: 3
            case .milliseconds: value < 10 ? 2 : 1
            case .asLong, .asFast: value < 10 ? 2 : value < 100 ? 1 : 0
            }
        return String(format: "%.\(digits)f", value)
    }

    func text(of value: Double, isGoal: Bool = false) -> String {
        // Goals are round numbers.
        let number = isGoal ? String(format: "%g", value) : number(value)
        return switch self {
        case .asLong, .asFast, .share: number + " ×"
        case .milliseconds: number + " ms"
        case .megabytes: number + " MB"
        case .members: number
        }
    }
}

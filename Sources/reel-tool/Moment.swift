import ArgumentParser

/// A time from a session's start, or a length of time, as people write it: `12.5s`, `1m20s`, `900ms`, `1h2m3.5s`, `7d`; a number
/// alone is in seconds; `1:20`, `1:20.5` and `00:01:20` are minutes or hours first, as on a clock.
package struct Moment: Hashable {
    package var milliseconds: Int

    private static let units: [(name: String, milliseconds: Int)] = [
        ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    package init(milliseconds: Int) { self.milliseconds = milliseconds }

    /// Reads a time. What is less than a millisecond does not count.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let sum = parts.count > 1 ? Moment.sum(ofClock: parts) : Moment.sum(ofUnits: text[...]) else {
            return nil
        }
        milliseconds = sum
    }

    /// Numbers with units, the largest unit first and each at most once; or a number alone.
    private static func sum(ofUnits text: Substring) -> Int? {
        var rest = text
        var units = Moment.units[...]
        var sum = 0
        repeat {
            guard let number = Number(&rest) else { return nil }
            let name = rest.prefix(while: \.isLetter)
            rest.removeFirst(name.count)
            let isAlone = name.isEmpty && units.count == Moment.units.count && rest.isEmpty
            guard let index = units.firstIndex(where: { $0.name == (isAlone ? "s" : name) }),
                number.add(to: &sum, each: units[index].milliseconds)
            else { return nil }
            units = units[(index + 1)...]
        } while !rest.isEmpty
        return sum
    }

    /// Hours, minutes and seconds, or minutes and seconds: only the first may be 60 or more.
    private static func sum(ofClock parts: [Substring]) -> Int? {
        guard parts.count <= 3 else { return nil }
        var sum = 0
        for (index, (part, unit)) in zip(parts.reversed(), [1_000, 60_000, 3_600_000]).enumerated() {
            var rest = part
            guard let number = Number(&rest), rest.isEmpty, index == 0 || number.fraction.isEmpty,
                index == parts.count - 1 || number.whole < 60, number.add(to: &sum, each: unit)
            else { return nil }
        }
        return sum
    }

    /// Digits, with a fraction or without.
    private struct Number {
        let whole: Int
        let fraction: Substring

        /// Takes the number at the start of `text` away from it.
        init?(_ text: inout Substring) {
            let digits = text.prefix(while: \.isDigit)
            guard let whole = Int(digits) else { return nil }
            self.whole = whole
            text.removeFirst(digits.count)
            guard text.first == "." else {
                fraction = ""
                return
            }
            fraction = text.dropFirst().prefix(while: \.isDigit)
            guard !fraction.isEmpty else { return nil }
            text.removeFirst(fraction.count + 1)
        }

        /// Adds the number of units to a sum of milliseconds.
        ///
        /// - Returns: whether the sum is small enough.
        func add(to sum: inout Int, each unit: Int) -> Bool {
            let digits = fraction.prefix(9)
            let parts = (Int(digits) ?? 0) * unit / digits.reduce(1) { scale, _ in scale * 10 }
            let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
            let (total, totalOverflow) = sum.addingReportingOverflow(product)
            guard !overflow, !totalOverflow, total <= Int.max - parts else { return false }
            sum = total + parts
            return true
        }
    }
}

extension Character {
    fileprivate var isDigit: Bool { "0"..."9" ~= self }
}

extension Moment: CustomStringConvertible {
    /// `0.040s`, `1m20.500s`, `1h02m03.500s`: what ``init(_:)`` reads back.
    package var description: String {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        let tail = ".\(rest.zeroPadded(to: 3))s"
        if seconds < 60 { return "\(seconds)\(tail)" }
        if seconds < 3_600 { return "\(seconds / 60)m\((seconds % 60).zeroPadded(to: 2))\(tail)" }
        return "\(seconds / 3_600)h\((seconds / 60 % 60).zeroPadded(to: 2))m\((seconds % 60).zeroPadded(to: 2))\(tail)"
    }
}

extension Moment {
    /// How times are written, for help and errors.
    static let forms = "80, 12.5s, 1m20s, 1:20, 00:01:20.5 or 900ms"

    /// Reads an option's value.
    static func parse(_ argument: String) throws -> Moment {
        guard let moment = Moment(argument) else {
            throw ValidationError("'\(argument)' is no time: write \(forms).")
        }
        return moment
    }
}

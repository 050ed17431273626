import ArgumentParser

/// A time from a session's start, as people write it: `12.5s`, `1m20s`, `900ms`, `1h2m3.5s`.
package struct Moment: Hashable {
    package var milliseconds: Int

    private static let units: [(name: String, milliseconds: Int)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    package init(milliseconds: Int) { self.milliseconds = milliseconds }

    /// Reads numbers with units, the largest unit first and each at most once.
    package init?(_ text: String) {
        var rest = text[...]
        var units = Moment.units[...]
        milliseconds = 0
        repeat {
            let whole = rest.prefix(while: \.isDigit)
            rest.removeFirst(whole.count)
            var fraction = rest.prefix(0)
            if rest.first == "." {
                fraction = rest.dropFirst().prefix(while: \.isDigit)
                guard !fraction.isEmpty else { return nil }
                rest.removeFirst(fraction.count + 1)
            }
            let name = rest.prefix(while: \.isLetter)
            rest.removeFirst(name.count)
            guard let count = Int(whole), let index = units.firstIndex(where: { $0.name == name }) else { return nil }
            let unit = units[index].milliseconds
            units = units[(index + 1)...]
            // What is less than a millisecond does not count.
            let digits = fraction.prefix(9)
            let parts = (Int(digits) ?? 0) * unit / digits.reduce(1) { scale, _ in scale * 10 }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit)
            let (sum, sumOverflow) = milliseconds.addingReportingOverflow(product)
            guard !overflow, !sumOverflow, sum <= Int.max - parts else { return nil }
            milliseconds = sum + parts
        } while !rest.isEmpty
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
    /// Reads an option's value.
    static func parse(_ argument: String) throws -> Moment {
        guard let moment = Moment(argument) else {
            throw ValidationError("'\(argument)' is no time: write 12.5s, 1m20s or 900ms.")
        }
        return moment
    }
}

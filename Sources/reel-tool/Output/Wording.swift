extension Int {
    /// The number with its digits in groups of three.
    package var grouped: String {
        let digits = String(magnitude)
        var text = self < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `1 event`, `2 events`.
    func of(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }

    /// How much of `whole` this is: `12.3 %`.
    func share(of whole: Int) -> String {
        guard whole > 0 else { return "- %" }
        let tenths = Int((Double(self) / Double(whole) * 1_000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// The number with zeros before it, up to a width.
    func zeroPadded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(width - digits.count, 0)) + digits
    }

    /// The time that many milliseconds after 1970 in UTC: `2026-01-31 23:59:59.250Z`.
    package var dateText: String {
        /// `value / divisor`, rounded down, and what is left.
        func split(_ value: Int, _ divisor: Int) -> (Int, Int) {
            let rest = (value % divisor + divisor) % divisor
            return ((value - rest) / divisor, rest)
        }
        // No calendar goes further, and the numbers below stay small.
        guard magnitude < 1 << 53 else { return "\(self) ms" }
        let (days, time) = split(self, 86_400_000)
        // Howard Hinnant's days_to_civil: eras of 400 years that start in March.
        let (era, dayOfEra) = split(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        let clock = [time / 3_600_000, time / 60_000 % 60, time / 1_000 % 60].map { $0.zeroPadded(to: 2) }
        return "\(year.zeroPadded(to: 4))-\(month.zeroPadded(to: 2))-\(day.zeroPadded(to: 2))"
            + " \(clock.joined(separator: ":")).\((time % 1_000).zeroPadded(to: 3))Z"
    }
}

extension String {
    /// The text with spaces after it, or before it, up to a width.
    func padded(to width: Int, atStart: Bool = false) -> String {
        let space = String(repeating: " ", count: Swift.max(width - count, 0))
        return atStart ? space + self : self + space
    }
}

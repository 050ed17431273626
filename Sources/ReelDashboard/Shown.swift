import FoundationEssentials

/// Numbers and times as pages show them.
package enum Shown {
    /// `1,234,567`.
    package static func count(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `812 B`, `7.9 kB`, `10.4 MB`.
    package static func bytes(_ count: Int) -> String {
        guard count >= 1_000 else { return "\(count) B" }
        let units: [(scale: Int, name: String)] = [
            (1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"),
        ]
        guard let unit = units.first(where: { count >= $0.scale }) else { return "\(count) B" }
        let tenths = count / (unit.scale / 10)
        return "\(Shown.count(tenths / 10)).\(tenths % 10) \(unit.name)"
    }

    /// `0.4 s`, `1:05`, `1:02:03`, of milliseconds.
    package static func duration(_ milliseconds: Int) -> String {
        guard milliseconds >= 60_000 else { return "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s" }
        let seconds = milliseconds / 1_000
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return seconds < 3_600
            ? "\(seconds / 60):\(two(seconds % 60))"
            : "\(Shown.count(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// `2026-01-31T23:59:59Z`, of milliseconds since 1970; nil beyond the years that have four digits.
    package static func timestamp(_ milliseconds: Int) -> String? {
        guard -62_135_596_800_000..<253_402_300_800_000 ~= milliseconds else { return nil }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(.iso8601)
    }

    /// `2026-01-31 23:59:59`, in UTC.
    package static func date(_ milliseconds: Int) -> String {
        timestamp(milliseconds).map { String($0.dropLast().map { $0 == "T" ? " " : $0 }) } ?? "\(milliseconds) ms"
    }
}

/// Dates and times as Elixir's sigils write them, in the calendar of ISO 8601.
enum CalendarText {
    private static let dateFields: [Atom] = ["year", "month", "day"]
    private static let timeFields: [Atom] = ["hour", "minute", "second", "microsecond"]
    private static let zoneFields: [Atom] = ["time_zone", "zone_abbr", "utc_offset", "std_offset"]
    private static let utc: [Term] = ["Etc/UTC", "UTC", 0, 0]

    /// The sigil of a struct, or nil when it would not read back.
    static func text(of map: TermMap, _ module: Atom) -> String? {
        switch module {
        case ElixirStruct.date:
            return values(of: map, dateFields).flatMap(dateText).map { "~D[\($0)]" }
        case ElixirStruct.time:
            return values(of: map, timeFields).flatMap(timeText).map { "~T[\($0)]" }
        case ElixirStruct.naiveDateTime:
            guard let values = values(of: map, dateFields + timeFields), let date = dateText(Array(values.prefix(3))),
                let time = timeText(Array(values.dropFirst(3)))
            else { return nil }
            return "~N[\(date) \(time)]"
        case ElixirStruct.dateTime:
            guard let values = values(of: map, dateFields + timeFields + zoneFields),
                let date = dateText(Array(values.prefix(3))), let time = timeText(Array(values[3..<7])),
                Array(values.dropFirst(7)) == utc
            else { return nil }
            return "~U[\(date) \(time)Z]"
        default: return nil
        }
    }

    private static func values(of map: TermMap, _ fields: [Atom]) -> [Term]? {
        guard let values = ElixirStruct.values(of: map, fields + ["calendar"]),
            values.last == .atom(ElixirStruct.calendar)
        else { return nil }
        return values.dropLast()
    }

    private static func padded(_ value: Int, _ digits: Int) -> String {
        let text = String(value.magnitude)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    private static func dateText(_ values: [Term]) -> String? {
        let numbers = values.compactMap(\.integer)
        guard numbers.count == 3, isDate(numbers[0], numbers[1], numbers[2]) else { return nil }
        return "\(padded(numbers[0], 4))-\(padded(numbers[1], 2))-\(padded(numbers[2], 2))"
    }

    private static func timeText(_ values: [Term]) -> String? {
        let numbers = values.prefix(3).compactMap(\.integer)
        guard numbers.count == 3, isTime(numbers[0], numbers[1], numbers[2]),
            let fraction = values.last?.elements?.map(\.integer), fraction.count == 2,
            let microsecond = fraction[0], let precision = fraction[1], 0...999_999 ~= microsecond, 0...6 ~= precision
        else { return nil }
        let digits = padded(microsecond, 6)
        guard digits.dropFirst(precision).allSatisfy({ $0 == "0" }) else { return nil }
        let time = numbers.map { padded($0, 2) }.joined(separator: ":")
        return precision == 0 ? time : "\(time).\(digits.prefix(precision))"
    }

    private static func isDate(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        guard -9999...9999 ~= year, 1...12 ~= month, day >= 1 else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    private static func isTime(_ hour: Int, _ minute: Int, _ second: Int) -> Bool {
        0...23 ~= hour && 0...59 ~= minute && 0...59 ~= second
    }
}

extension CalendarText {
    /// The struct that a sigil with this letter holds, or nil when the text is no such date or time.
    static func map(sigil letter: UInt8, _ text: [UInt8]) -> TermMap? {
        var reader = Reader(rest: text[...])
        var fields: TermMap = ["calendar": .atom(ElixirStruct.calendar)]
        let module: Atom
        switch letter {
        case UInt8(ascii: "D"):
            module = ElixirStruct.date
            guard reader.readDate(into: &fields) else { return nil }
        case UInt8(ascii: "T"):
            module = ElixirStruct.time
            _ = reader.take("T")
            guard reader.readTime(into: &fields) else { return nil }
        case UInt8(ascii: "N"), UInt8(ascii: "U"):
            guard reader.readDate(into: &fields), reader.take(" ") || reader.take("T"), reader.readTime(into: &fields)
            else { return nil }
            if letter == UInt8(ascii: "N") {
                module = ElixirStruct.naiveDateTime
            } else {
                module = ElixirStruct.dateTime
                guard reader.take("Z") || reader.take("+00:00") else { return nil }
                for (name, value) in zip(zoneFields, utc) { fields[atom: name] = value }
            }
        default: return nil
        }
        return reader.rest.isEmpty ? ElixirStruct.map(module, fields) : nil
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ text: StaticString) -> Bool {
            guard rest.starts(with: text.description.utf8) else { return false }
            rest = rest.dropFirst(text.utf8CodeUnitCount)
            return true
        }

        private mutating func number(digits count: Int) -> Int? {
            let digits = rest.prefix(count)
            guard digits.count == count, digits.allSatisfy(TermTextReader.isDigit) else { return nil }
            rest = rest.dropFirst(count)
            return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }

        mutating func readDate(into fields: inout TermMap) -> Bool {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let year = number(digits: 4), take("-"), let month = number(digits: 2), take("-"),
                let day = number(digits: 2), CalendarText.isDate(isNegative ? -year : year, month, day)
            else { return false }
            fields[atom: "year"] = .integer(isNegative ? -year : year)
            fields[atom: "month"] = .integer(month)
            fields[atom: "day"] = .integer(day)
            return true
        }

        mutating func readTime(into fields: inout TermMap) -> Bool {
            guard let hour = number(digits: 2), take(":"), let minute = number(digits: 2), take(":"),
                let second = number(digits: 2), CalendarText.isTime(hour, minute, second)
            else { return false }
            var digits: [UInt8] = []
            if take(".") || take(",") {
                digits = Array(rest.prefix(while: TermTextReader.isDigit))
                rest = rest.dropFirst(digits.count)
                guard !digits.isEmpty else { return false }
            }
            // Elixir keeps six digits as well.
            let precision = min(digits.count, 6)
            digits = Array(digits.prefix(6)) + [UInt8](repeating: UInt8(ascii: "0"), count: 6 - precision)
            let microsecond = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            fields[atom: "hour"] = .integer(hour)
            fields[atom: "minute"] = .integer(minute)
            fields[atom: "second"] = .integer(second)
            fields[atom: "microsecond"] = .tuple([.integer(microsecond), .integer(precision)])
            return true
        }
    }
}

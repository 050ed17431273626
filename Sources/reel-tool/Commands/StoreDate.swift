import ArgumentParser
import FoundationEssentials

/// A point in time as people write it: `2026-01-31`, `2026-01-31T23:59:59`, `2026-01-31 23:59`, in UTC; or how long ago: `7d`,
/// `12h`, `30m`.
struct StoreDate {
    /// Milliseconds since 1970.
    let milliseconds: Int

    init?(_ text: String, now: Int = Int(Date().timeIntervalSince1970 * 1_000)) {
        if let age = StoreAge(text) {
            milliseconds = now - age.milliseconds
            return
        }
        let parts = text.split { $0 == "T" || $0 == " " }
        guard (1...2).contains(parts.count), let day = StoreDate.numbers(parts[0], "-", 3), parts[0].utf8.count == 10,
            (1...12).contains(day[1]), (1...31).contains(day[2])
        else { return nil }
        var seconds = StoreDate.days(day[0], day[1], day[2]) * 86_400
        if parts.count == 2 {
            let clock = parts[1].hasSuffix("Z") ? parts[1].dropLast() : parts[1]
            guard let time = StoreDate.numbers(clock, ":", 3) ?? StoreDate.numbers(clock, ":", 2).map({ $0 + [0] }),
                (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2])
            else { return nil }
            seconds += time[0] * 3_600 + time[1] * 60 + time[2]
        }
        milliseconds = seconds * 1_000
    }

    private static func numbers(_ text: Substring, _ separator: Character, _ count: Int) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.allSatisfy { $0.isASCII && $0.isNumber } && part.utf8.count <= 4 ? Int(part) : nil
        }
        return parts.count == count && numbers.count == count ? numbers : nil
    }

    /// How many days after 1970 a day is: Howard Hinnant's days_from_civil, eras of 400 years that start in March.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func parse(_ argument: String) throws -> StoreDate {
        guard let date = StoreDate(argument) else {
            throw ValidationError(
                "'\(argument)' is no date: write 2026-01-31, 2026-01-31T12:00:00, or 7d for a week ago.")
        }
        return date
    }
}

/// How long ago: `90d`, `12h`, `30m`. Unlike other times it has a unit: nobody means 90 seconds by an age of 90.
struct StoreAge {
    let milliseconds: Int

    init?(_ text: String) {
        guard text.last?.isLetter == true, let time = Moment(text) else { return nil }
        milliseconds = time.milliseconds
    }

    static func parse(_ argument: String) throws -> StoreAge {
        guard let age = StoreAge(argument) else {
            throw ValidationError("'\(argument)' is no age: write 90d, 12h or 30m.")
        }
        return age
    }
}

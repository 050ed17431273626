import ExternalTerm

extension RandomTerms {
    /// A term that text holds whole: of any kind but pids, ports, references and local functions.
    mutating func literal(depth: Int = 4) -> Term {
        switch number(0...(depth > 0 ? 16 : 9)) {
        case 0: return .integer(number(-300...300))
        case 1: return .integer(isNegative: chance(50), magnitude: bytes(number(0...40)))
        case 2:
            let value = Double(bitPattern: generator.next())
            return .float(value.isFinite ? value : -0.0)
        case 3: return .float(Double(number(-1_000_000...1_000_000)) / Double(pick(1, 10, 1_000, 7)))
        case 4: return .atom(name())
        case 5: return .binary(Array(text().utf8))
        case 6: return .binary(bytes(number(0...9)))
        case 7: return bits(bytes(number(1...4)), inLastByte: number(1...7))
        case 8: return .list(text().unicodeScalars.map { .integer(Int($0.value)) })
        case 9:
            return .externalFunction(ExternalFunction(module: name(), function: name(), arity: UInt32(number(0...300))))
        case 10: return .tuple(literals(depth: depth))
        case 11: return .list(literals(depth: depth))
        case 12: return .list(literals(depth: depth), tail: literal(depth: depth - 1))
        case 13: return .list(literals(depth: depth).map { .tuple([.atom(name()), $0]) })
        case 14: return .map(TermMap(literals(depth: depth).map { TermMap.Pair(.atom(name()), $0) }))
        case 15: return .map(TermMap(literals(depth: depth).map { TermMap.Pair($0, literal(depth: depth - 1)) }))
        default: return .map(record(depth: depth))
        }
    }

    private mutating func literals(depth: Int) -> [Term] {
        (0..<number(0...4)).map { _ in literal(depth: depth - 1) }
    }

    mutating func text() -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<number(0...8) {
            let code: UInt32
            switch number(0...5) {
            case 0: code = UInt32(number(0...127))
            case 1: code = UInt32(number(0x80...0x2FF))
            case 2: code = UInt32(number(0x2000...0x2070))
            case 3: code = UInt32(number(0...0x10FFFF))
            default: code = UInt32(number(0x20...0x7E))
            }
            text.append(Unicode.Scalar(code) ?? "#")
        }
        return String(text)
    }

    private mutating func name() -> Atom {
        let word = pick(
            "a", "ok", "Elixir.Shop.Cart", "Elixir", "Elixir.x", "fun", "nil", "true", "é", "Ü", "日本", "a b", "a?",
            "f@g", "", "+", "..//",
            "%{}", "{}", "->", "::", "&&&", "_x", "Foo", "\u{80}\u{7F}", text())
        return Atom(named: word) ?? "a"
    }

    /// A struct: one with a form of its own, more or less as it should be, or any other.
    private mutating func record(depth: Int) -> TermMap {
        let calendar: [TermMap.Pair] = [TermMap.Pair(.atom("calendar"), .atom("Elixir.Calendar.ISO"))]
        let date = [("year", number(-20...3_000)), ("month", number(1...12)), ("day", number(1...31))]
        let time = [("hour", number(0...24)), ("minute", number(0...60)), ("second", number(0...60))]
        let precision = number(0...7)
        let microsecond = TermMap.Pair(
            .atom("microsecond"),
            [.tuple([.integer(pick(0, 120_000, 123_456)), .integer(precision)])].randomElement() ?? .nil)
        func pairs(_ fields: [(Atom, Int)]) -> [TermMap.Pair] {
            fields.map { TermMap.Pair(.atom($0.0), .integer($0.1)) }
        }
        let dates = pairs(date.map { (Atom(named: $0.0) ?? "a", $0.1) })
        let times = pairs(time.map { (Atom(named: $0.0) ?? "a", $0.1) }) + [microsecond]
        let zone =
            pairs([("utc_offset", pick(0, 0, 0, 3_600)), ("std_offset", 0)]) + [
                TermMap.Pair(.atom("time_zone"), "Etc/UTC"), TermMap.Pair(.atom("zone_abbr"), "UTC"),
            ]
        var fields: [TermMap.Pair]
        let module: Atom
        switch number(0...8) {
        case 0: (module, fields) = ("Elixir.Date", calendar + dates)
        case 1: (module, fields) = ("Elixir.Time", calendar + times)
        case 2: (module, fields) = ("Elixir.NaiveDateTime", calendar + dates + times)
        case 3: (module, fields) = ("Elixir.DateTime", calendar + dates + times + zone)
        case 4:
            let ends = pairs([("first", number(-9...9)), ("last", number(-9...9)), ("step", number(-3...3))])
            (module, fields) = ("Elixir.Range", ends)
        case 5:
            let coefficient: Term = chance(80) ? .integer(number(-1...99_999)) : .atom(pick("NaN", "inf", "x"))
            (module, fields) = (
                "Elixir.Decimal",
                pairs([("sign", pick(1, -1)), ("exp", pick(0, number(-12...9)))])
                    + [TermMap.Pair(.atom("coef"), coefficient)]
            )
        case 6:
            let members = TermMap(literals(depth: depth).map { TermMap.Pair($0, chance(95) ? .nil : 1) })
            (module, fields) = ("Elixir.MapSet", [TermMap.Pair(.atom("map"), .map(members))])
        case 7:
            let names: [Atom] = ["scheme", "authority", "userinfo", "host", "port", "path", "query", "fragment"]
            let values = names.map { TermMap.Pair(.atom($0), chance(50) ? .atom(.nil) : literal(depth: 0)) }
            (module, fields) = ("Elixir.URI", values)
        default:
            (module, fields) = (name(), literals(depth: depth).map { TermMap.Pair(.atom(name()), $0) })
        }
        if chance(5) { fields.append(TermMap.Pair(literal(depth: 0), 1)) }
        if chance(5), !fields.isEmpty { fields.removeLast() }
        return TermMap(fields + [TermMap.Pair(.atom(.struct), .atom(module))])
    }

    /// `text` with a few changes, most of which make it invalid.
    mutating func mutation(of text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        let alphabet = Array(
            "{}[]()<>%#~|/\\:;,.=&?!@$^*+-_ \n\"'0123456789abcdefnrtuxzADTNUERZé日\u{0}\u{1F600}".unicodeScalars)
        for _ in 0..<number(1...4) where !scalars.isEmpty {
            let position = number(0...scalars.count - 1)
            switch number(0...4) {
            case 0: scalars[position] = alphabet[number(0...alphabet.count - 1)]
            case 1: scalars.remove(at: position)
            case 2: scalars.insert(alphabet[number(0...alphabet.count - 1)], at: position)
            case 3: scalars.removeSubrange(position...)
            default:
                let other = number(0...scalars.count - 1)
                scalars.insert(contentsOf: scalars[min(position, other)...max(position, other)], at: position)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}

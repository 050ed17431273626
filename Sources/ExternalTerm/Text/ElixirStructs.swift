/// The structs that Elixir's text has a form of its own for.
enum ElixirStruct {
    static let date: Atom = "Elixir.Date"
    static let time: Atom = "Elixir.Time"
    static let naiveDateTime: Atom = "Elixir.NaiveDateTime"
    static let dateTime: Atom = "Elixir.DateTime"
    static let calendar: Atom = "Elixir.Calendar.ISO"
    static let range: Atom = "Elixir.Range"
    static let mapSet: Atom = "Elixir.MapSet"
    static let decimal: Atom = "Elixir.Decimal"
    static let regex: Atom = "Elixir.Regex"
    static let uri: Atom = "Elixir.URI"

    /// A URI's fields in the order that people know. The authority is left out when it is nil.
    static let uriFields: [Atom] = ["scheme", "authority", "userinfo", "host", "port", "path", "query", "fragment"]

    /// A struct of a module: its fields and the key that names the module.
    static func map(_ module: Atom, _ fields: TermMap) -> TermMap {
        var map = fields
        map[atom: .struct] = .atom(module)
        return map
    }

    /// The values of a struct's fields when it has those and no others, or nil.
    static func values(of map: TermMap, _ fields: [Atom]) -> [Term]? {
        guard map.count == fields.count + 1 else { return nil }
        let values = fields.compactMap { map[atom: $0] }
        return values.count == fields.count ? values : nil
    }

    /// A struct's fields in the order in which to write them, or nil when they would not read back as they are.
    static func ordered(_ fields: TermMap, of module: Atom) -> [TermMap.Pair]? {
        guard module == uri else { return fields.pairs }
        guard fields.count == uriFields.count else { return nil }
        let pairs = uriFields.compactMap { name in fields[atom: name].map { TermMap.Pair(.atom(name), $0) } }
        guard pairs.count == uriFields.count else { return nil }
        return pairs.filter { $0.key != .atom("authority") || $0.value != .atom(.nil) }
    }

    /// The struct of these fields as Elixir would complete it: a URI's other fields are nil.
    static func completed(_ fields: TermMap, of module: Atom) -> TermMap {
        var fields = fields
        if module == uri {
            for name in uriFields where fields[atom: name] == nil { fields[atom: name] = .atom(.nil) }
        }
        return map(module, fields)
    }
}

extension Term {
    /// Whether this is an integer of any size.
    var isInteger: Bool {
        switch self {
        case .integer, .bigInteger: true
        default: false
        }
    }
}

extension ElixirTextWriter {
    /// Writes a struct in the form that people know it by, or returns false when it has none.
    func writeKnown(_ map: TermMap, of module: Atom, to output: inout some TextOutputStream) -> Bool {
        switch module {
        case ElixirStruct.range: return write(range: map, to: &output)
        case ElixirStruct.mapSet: return write(set: map, to: &output)
        case ElixirStruct.regex: return write(regex: map, to: &output)
        case ElixirStruct.decimal:
            guard let text = DecimalText.text(of: map) else { return false }
            output.write("Decimal.new(\"\(text)\")")
            return true
        case ElixirStruct.date, ElixirStruct.time, ElixirStruct.naiveDateTime, ElixirStruct.dateTime:
            guard let text = CalendarText.text(of: map, module) else { return false }
            output.write(text)
            return true
        default: return false
        }
    }

    private func write(range map: TermMap, to output: inout some TextOutputStream) -> Bool {
        guard let values = ElixirStruct.values(of: map, ["first", "last", "step"]), values.allSatisfy(\.isInteger),
            values[2] != .integer(0)
        else { return false }
        write(values[0], to: &output)
        output.write("..")
        write(values[1], to: &output)
        if values[2] != .integer(1) || values[1] < values[0] {
            output.write("//")
            write(values[2], to: &output)
        }
        return true
    }

    private func write(set map: TermMap, to output: inout some TextOutputStream) -> Bool {
        // Sets had a version before Elixir 1.15.
        let content = ElixirStruct.values(of: map, ["map"]) ?? ElixirStruct.values(of: map, ["map", "version"])
        guard let content, case .map(let members) = content[0], content.count == 1 || content[1] == .integer(2),
            members.pairs.allSatisfy({ $0.value == .nil })
        else { return false }
        output.write("MapSet.new(")
        var writer = self
        writer.charlists = .none
        writer.write(list: members.keys, to: &output)
        output.write(")")
        return true
    }

    private func write(regex map: TermMap, to output: inout some TextOutputStream) -> Bool {
        guard case .binary(let source) = map[atom: "source"], String(validating: source, as: UTF8.self) != nil,
            map[atom: "re_pattern"] != nil, let options = map[atom: "opts"].flatMap(ElixirTextWriter.modifiers)
        else { return false }
        output.write("~r")
        var unescaped: [UInt8] = []
        var isEscaped = false
        for byte in source {
            if isEscaped, byte == UInt8(ascii: "/") { unescaped.removeLast() }
            unescaped.append(byte)
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        }
        ElixirStringText.write(unescaped, quote: "/", to: &output) { scalar in
            switch scalar {
            case "\u{07}", "\u{0C}", "\n", "\r", "\t", "\u{0B}": ElixirStringText.escape(scalar)
            default: nil
            }
        }
        output.write(options)
        return true
    }

    /// The letters after a regex for its options: letters already before Elixir 1.15, or the options of `re:compile/2`.
    private static func modifiers(of options: Term) -> String? {
        switch options {
        case .binary(let letters):
            return letters.allSatisfy(TermTextReader.isWord) ? String(validating: letters, as: UTF8.self) : nil
        case .list(let options):
            var rest = options[...]
            var letters = ""
            while let option = rest.popFirst() {
                switch option {
                case .atom("dotall") where rest.first == .tuple([.atom("newline"), .atom("anycrlf")]):
                    letters = "s" + letters
                    rest.removeFirst()
                case .atom("unicode") where rest.first == .atom("ucp"):
                    letters = "u" + letters
                    rest.removeFirst()
                case .atom("caseless"): letters = "i" + letters
                case .atom("extended"): letters = "x" + letters
                case .atom("firstline"): letters = "f" + letters
                case .atom("ungreedy"): letters = "U" + letters
                case .atom("multiline"): letters = "m" + letters
                case .atom("export"): letters = "E" + letters
                default: return nil
                }
            }
            return letters
        default: return nil
        }
    }
}

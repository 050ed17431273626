import ExternalTerm

/// A struct of Elixir's own that people write in a form of its own. Implements Spec/json.md §3.11.
enum KnownStruct {
    /// One that has a text.
    case text(String)
    /// A set, whose members are the keys of the map at this offset.
    case set(Int)

    private static let modules: [String: [Atom]] = [
        "Elixir.Date": ["calendar", "day", "month", "year"],
        "Elixir.Time": ["calendar", "hour", "microsecond", "minute", "second"],
        "Elixir.NaiveDateTime": [
            "calendar", "day", "hour", "microsecond", "minute", "month", "second", "year",
        ],
        "Elixir.DateTime": [
            "calendar", "day", "hour", "microsecond", "minute", "month", "second", "std_offset", "time_zone",
            "utc_offset", "year", "zone_abbr",
        ],
        "Elixir.Decimal": ["coef", "exp", "sign"],
        "Elixir.Range": ["first", "last", "step"],
        "Elixir.URI": ["fragment", "host", "path", "port", "query", "scheme", "userinfo"],
        "Elixir.Regex": ["opts", "source"],
    ]

    /// The struct that a map is, or nil when it is none that is known, or lacks a field, or has one that makes no
    /// sense.
    init?(_ map: MapSurvey.Map, _ bytes: Span<UInt8>) throws(TermError) {
        guard let name = map.fields.first(where: { bytes.atom($0.key) == .struct }),
            case (.atom(let text), _) = try KnownTerm.token(of: bytes, at: name.value)
        else { return nil }
        let module = bytes.atom(text)
        if module.name == "Elixir.MapSet" {
            guard let members = map.fields.first(where: { bytes.atom($0.key).name == "map" })?.value else { return nil }
            self = .set(members)
            return
        }
        guard let names = KnownStruct.modules[module.name] else { return nil }
        var fields: TermMap = ["__struct__": .atom(module)]
        for name in names {
            guard let field = map.fields.first(where: { bytes.atom($0.key) == name }) else { return nil }
            guard let value = try KnownStruct.value(bytes, at: field.value) else { return nil }
            fields[atom: name] = value
        }
        guard let text = KnownStruct.text(of: fields, module.name) else { return nil }
        self = .text(text)
    }

    /// The value of a field, or nil when it is of a kind that no known struct has there.
    private static func value(_ bytes: Span<UInt8>, at offset: Int) throws(TermError) -> Term? {
        switch try KnownTerm.token(of: bytes, at: offset).token {
        // A time's microseconds and a regex's options are the only containers, and short.
        case .tuple(let count) where count <= 2: return try flat(bytes, at: offset)
        case .list(let count) where count <= 16: return try flat(bytes, at: offset)
        case .integer, .bigInteger, .atom, .binary, .nil:
            return try Term.decode(bytes, at: offset, limits: TermLimits(depth: 1)).term
        default: return nil
        }
    }

    /// A term that nests no more than regex options do, or nil when it nests deeper.
    private static func flat(_ bytes: Span<UInt8>, at offset: Int) throws(TermError) -> Term? {
        do throws(TermError) {
            return try Term.decode(bytes, at: offset, limits: TermLimits(depth: 2)).term
        } catch {
            return nil
        }
    }

    private static func text(of fields: TermMap, _ module: String) -> String? {
        switch module {
        case "Elixir.Date", "Elixir.Time": return sigil(fields)
        case "Elixir.NaiveDateTime": return sigil(fields).map { $0.replacing(" ", with: "T") }
        case "Elixir.DateTime": return dateTime(fields)
        case "Elixir.URI": return uri(fields)
        case "Elixir.Regex":
            var fields = fields
            fields[atom: "re_pattern"] = .nil
            return known(fields, from: "~r")
        case "Elixir.Decimal":
            return known(fields, from: "Decimal.new(\"").map { String($0.dropFirst(13).dropLast(2)) }
        default:
            let text = Term.map(fields).elixirText
            return text.hasPrefix("%") ? nil : text
        }
    }

    private static func known(_ fields: TermMap, from start: String) -> String? {
        let text = Term.map(fields).elixirText
        return text.hasPrefix(start) ? text : nil
    }

    /// What stands between the brackets of a sigil.
    private static func sigil(_ fields: TermMap) -> String? {
        known(fields, from: "~").map { String($0.dropFirst(3).dropLast()) }
    }

    /// Date and time with the offset from UTC, as ISO 8601 has them.
    private static func dateTime(_ fields: TermMap) -> String? {
        guard let offset = fields[atom: "utc_offset"]?.integer, let summer = fields[atom: "std_offset"]?.integer,
            offset.magnitude < 1 << 32, summer.magnitude < 1 << 32
        else { return nil }
        var utc = fields
        for (name, value) in [
            ("time_zone", "Etc/UTC"), ("zone_abbr", "UTC"), ("utc_offset", 0), ("std_offset", 0),
        ] as [(Atom, Term)] { utc[atom: name] = value }
        guard let text = sigil(utc)?.replacing(" ", with: "T") else { return nil }
        if fields[atom: "time_zone"] == "Etc/UTC", offset + summer == 0 { return text }
        let minutes = (offset + summer).magnitude / 60
        let pad = { (value: UInt) in value < 10 ? "0\(value)" : "\(value)" }
        return text.dropLast() + (offset + summer < 0 ? "-" : "+") + pad(minutes / 60) + ":" + pad(minutes % 60)
    }

    /// The text of a URI, as Elixir's `URI.to_string/1` puts it together.
    private static func uri(_ fields: TermMap) -> String? {
        /// A field's text; an empty one when it is nil.
        func part(_ name: Atom, from prefix: String = "", to suffix: String = "") -> String? {
            guard let value = fields[atom: name] else { return nil }
            if value == .atom(.nil) { return "" }
            if let port = value.integer { return "\(prefix)\(port)\(suffix)" }
            return value.text.map { prefix + $0 + suffix }
        }
        guard let scheme = part("scheme", to: ":"), let userinfo = part("userinfo", to: "@"), let host = part("host"),
            let path = part("path"), let query = part("query", from: "?"), let fragment = part("fragment", from: "#")
        else { return nil }
        var authority = ""
        if fields[atom: "host"] != .atom(.nil) {
            let defaults = ["http:": 80, "https:": 443, "ws:": 80, "wss:": 443, "ftp:": 21, "ldap:": 389, "sftp:": 22]
            let port = fields[atom: "port"]?.integer
            guard port != nil || fields[atom: "port"] == .atom(.nil) else { return nil }
            let isDefault = port == nil || defaults[scheme] == port
            authority = "//\(userinfo)\(host.contains(":") ? "[\(host)]" : host)\(isDefault ? "" : ":\(port ?? 0)")"
        }
        return scheme + authority + path + query + fragment
    }
}

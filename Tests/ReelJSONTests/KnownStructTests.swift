import ExternalTerm
import ReelJSON
import Testing

/// Spec/json.md §3.11.
@Suite("Known structs") struct KnownStructTests {
    private static let iso: Term = .atom("Elixir.Calendar.ISO")
    private static let date: TermMap = ["calendar": iso, "year": 2026, "month": 3, "day": 10]
    private static let time: TermMap = [
        "calendar": iso, "hour": 9, "minute": 5, "second": 7, "microsecond": .tuple([120_000, 3]),
    ]

    private static func structure(_ name: String, _ fields: TermMap) -> Term {
        var fields = fields
        fields[atom: "__struct__"] = Atom(named: "Elixir.\(name)").map(Term.atom)
        return .map(fields)
    }

    private static func zoned(_ zone: String, _ abbreviation: String, _ offset: Int, _ summer: Int) -> Term {
        structure(
            "DateTime",
            date.merging(time).merging([
                "time_zone": .string(zone), "zone_abbr": .string(abbreviation), "utc_offset": .integer(offset),
                "std_offset": .integer(summer),
            ]))
    }

    private static func uri(_ fields: TermMap) -> Term {
        var all: TermMap = [:]
        for name in ["scheme", "authority", "userinfo", "host", "port", "path", "query", "fragment"] as [Atom] {
            all[atom: name] = fields[atom: name] ?? .atom(.nil)
        }
        return structure("URI", all)
    }

    private static func decimal(_ sign: Int, _ coefficient: Term, _ exponent: Int) -> Term {
        structure("Decimal", ["sign": .integer(sign), "coef": coefficient, "exp": .integer(exponent)])
    }

    static let rules = [
        Rule(structure("Date", date), #""2026-03-10""#), Rule(structure("Time", time), #""09:05:07.120""#),
        Rule(structure("NaiveDateTime", date.merging(time)), #""2026-03-10T09:05:07.120""#),
        Rule(zoned("Etc/UTC", "UTC", 0, 0), #""2026-03-10T09:05:07.120Z""#),
        Rule(zoned("Europe/Berlin", "CEST", 3_600, 3_600), #""2026-03-10T09:05:07.120+02:00""#),
        Rule(zoned("America/St_Johns", "NST", -12_600, 0), #""2026-03-10T09:05:07.120-03:30""#),
        Rule(zoned("Europe/London", "GMT", 0, 0), #""2026-03-10T09:05:07.120+00:00""#),
        Rule(decimal(1, 3719, -2), #""37.19""#), Rule(decimal(-1, 1, 30), #""-1E+30""#),
        Rule(decimal(1, .atom("NaN"), 0), #""NaN""#),
        Rule(structure("MapSet", ["map": .pairs([1: [], "a": []])]), #"[1,"a"]"#),
        Rule(structure("MapSet", ["map": .map([:] as TermMap), "version": 2]), "[]"),
        Rule(structure("MapSet", ["map": .pairs([structure("Date", date): []])]), #"["2026-03-10"]"#),
        Rule(
            structure("MapSet", ["map": .pairs([.tuple([1]): [], structure("MapSet", ["map": .pairs([2: []])]): []])]),
            "[[1],[2]]"),
        Rule(
            uri(["scheme": "https", "host": "a.example", "port": 443, "path": "/b", "query": "c=d", "fragment": "e"]),
            #""https://a.example/b?c=d#e""#),
        Rule(uri(["scheme": "http", "userinfo": "u", "host": "::1", "port": 8080]), #""http://u@[::1]:8080""#),
        Rule(uri(["path": "/only"]), #""/only""#),
        Rule(structure("Range", ["first": 1, "last": 9, "step": 2]), #""1..9//2""#),
        Rule(structure("Range", ["first": 1, "last": 9, "step": 1]), #""1..9""#),
        Rule(
            structure(
                "Regex",
                [
                    "source": "a+/b", "opts": [.atom("caseless")], "re_pattern": .tuple([.atom("re_pattern"), 1]),
                    "re_version": "8",
                ]), #""~r/a+\\/b/i""#),
    ]

    @Test("§3.11 structs of Elixir's own are written as people write them when that is asked for", arguments: rules)
    func known(_ rule: Rule) {
        let mapping = JSONMapping.plain(PlainOptions(writesKnownStructsAsText: true))
        #expect(rule.term.json(mapping: mapping) == rule.json)
        // Where they stand makes no difference.
        let around = Term.list([.map(["a": rule.term, "b": .pairs([rule.term: 1, 2: rule.term])]), rule.term])
        let text = around.json(mapping: mapping)
        #expect(text.hasPrefix("[{\"a\":\(rule.json),\"b\":{\"2\":\(rule.json),"))
        #expect(text.hasSuffix(",\(rule.json)]"))
    }

    @Test(
        "§3.11 a struct that makes no sense stays an object",
        arguments: [
            Rule(
                structure("Date", date.merging(["month": 13])),
                #"{"__struct__":"Date","calendar":"Elixir.Calendar.ISO","day":10,"month":13,"year":2026}"#),
            Rule(structure("Date", ["year": 1]), #"{"__struct__":"Date","year":1}"#),
            Rule(structure("MapSet", ["map": .pairs([1: 2])]), #"{"__struct__":"MapSet","map":{"1":2}}"#),
            Rule(structure("MapSet", ["map": 1]), #"{"__struct__":"MapSet","map":1}"#),
            Rule(
                structure("Range", ["first": 1, "last": .map(["a": 1]), "step": 1]),
                #"{"__struct__":"Range","first":1,"last":{"a":1},"step":1}"#),
            Rule(
                structure("Decimal", ["sign": 2, "coef": 1, "exp": 0]),
                #"{"__struct__":"Decimal","coef":1,"exp":0,"sign":2}"#),
            Rule(structure("Shop.Cart", ["id": 1]), #"{"__struct__":"Shop.Cart","id":1}"#),
        ])
    func unknown(_ rule: Rule) {
        #expect(rule.term.json(mapping: .plain(PlainOptions(writesKnownStructsAsText: true))) == rule.json)
    }

    @Test("§3.11 without being asked for, structs are objects")
    func objects() {
        #expect(KnownStructTests.rules.allSatisfy { $0.term.json().hasPrefix(#"{"__struct__":"#) })
    }
}

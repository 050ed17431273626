import ExternalTerm
import Testing

@Suite("TermEncoder: what Swift's values are as terms")
struct EncoderTests {
    struct Upload: Codable, Hashable {
        var name: String
        var size: Int?
        var done: Bool
    }

    enum Shape: Codable, Hashable {
        case point
        case circle(radius: Double)
        case line(Int, Int)
    }

    enum Color: String, Codable { case red, green }

    @Test("single values")
    func singleValues() throws {
        let encoder = TermEncoder()
        #expect(try encoder.encode(true) == .atom("true"))
        #expect(try encoder.encode(false) == .atom("false"))
        #expect(try encoder.encode(Int?.none) == .atom("nil"))
        #expect(try encoder.encode("Hello, 日本") == "Hello, 日本")
        #expect(try encoder.encode(1.5) == .float(1.5))
        #expect(try encoder.encode(Float(1.5)) == .float(1.5))
        #expect(try encoder.encode(3.0) == .float(3))
        #expect(try encoder.encode(Color.red) == "red")
        #expect(try encoder.encode([1, 2, 300]) == [1, 2, 300])
        #expect(try encoder.encode([UInt8](1...3)) == [1, 2, 3])
        #expect(try encoder.encode([Int?.some(1), nil]) == [1, .atom("nil")])
        #expect(try encoder.encode([[1], []]) == [[1], []])
    }

    @Test("integers of every width, at both ends")
    func integers() throws {
        func check<Value: FixedWidthInteger & Codable>(_ type: Value.Type) throws {
            for value in [Value.min, 0, 1, Value.max] {
                let term = try TermEncoder().encode(value)
                #expect(term == Term(value))
                #expect(Self.decimalText(term) == String(value))
                #expect(try TermDecoder().decode(Value.self, from: term) == value)
                #expect(try TermDecoder().decode([Value].self, from: [term]) == [value])
                #expect(try TermDecoder().decode([String: Value].self, from: .map(["a": term])) == ["a": value])
                #expect(try TermEncoder().encode([value]) == [term])
                #expect(try TermEncoder().encode(["a": value]) == .map(TermMap([TermMap.Pair("a", term)])))
            }
        }
        try check(Int.self)
        try check(Int8.self)
        try check(Int16.self)
        try check(Int32.self)
        try check(Int64.self)
        try check(Int128.self)
        try check(UInt.self)
        try check(UInt8.self)
        try check(UInt16.self)
        try check(UInt32.self)
        try check(UInt64.self)
        try check(UInt128.self)
    }

    @Test("a struct is a map whose keys are atoms; a property that is nil is not in it")
    func structs() throws {
        let term = try TermEncoder().encode(Upload(name: "a.png", size: nil, done: true))
        #expect(term == .map(["name": "a.png", "done": true]))
        let bytes = try TermEncoder().encodeToBytes(Upload(name: "a", size: 7, done: false))
        #expect(
            bytes
                == hex(
                    "83 74 00000003 77 04 646F6E65 77 05 66616C7365 77 04 6E616D65 6D 00000001 61 77 04 73697A65 61 07")
        )
    }

    @Test("the keys can be binaries")
    func binaryKeys() throws {
        var encoder = TermEncoder()
        encoder.keyForm = .binary
        let term = try encoder.encode(Upload(name: "a.png", size: 1, done: true))
        #expect(term["name"] == "a.png")
        #expect(term["size"] == 1)
        #expect(term[atom: "name"] == nil)
    }

    @Test("a dictionary's keys are binaries, or integers, or atoms")
    func dictionaries() throws {
        var encoder = TermEncoder()
        #expect(try encoder.encode(["a": 1]) == .map(TermMap([TermMap.Pair("a", 1)])))
        #expect(
            try encoder.encode([7: "x", 300: "y"]) == .map(TermMap([TermMap.Pair(7, "x"), TermMap.Pair(300, "y")])))
        #expect(try encoder.encode(["a" as Atom: 1]) == .map(["a": 1]))
        #expect(try encoder.encode(["u": Upload(name: "n", size: nil, done: true)])["u"]?[atom: "name"] == "n")
        #expect(try encoder.encode([String: Int]()) == .map([:]))
        encoder.dictionaryKeyForm = .atom
        #expect(try encoder.encode(["a": 1]) == .map(["a": 1]))
        encoder.keyForm = .binary
        #expect(try encoder.encode(["a": Upload(name: "n", size: nil, done: true)])[atom: "a"]?["name"] == "n")
    }

    @Test("an enum is a map of its case and what is associated with it, as Swift synthesizes it")
    func enums() throws {
        let encoder = TermEncoder()
        #expect(try encoder.encode(Shape.point) == .map(["point": .map([:])]))
        #expect(try encoder.encode(Shape.circle(radius: 2)) == .map(["circle": .map(["radius": 2.0])]))
        #expect(try encoder.encode(Shape.line(1, 2)) == .map(["line": .map(["_0": 1, "_1": 2])]))
    }

    @Test("Term, TermMap, Atom, Binary and BigInteger are what they are")
    func passedThrough() throws {
        struct Event: Encodable {
            var event: Term
            var kind: Atom
            var assigns: TermMap
            var content: Binary
            var bytes: [UInt8]
            var number: BigInteger
            var none: Term?
        }
        let tuple = Term.tuple([1, .atom("x"), .list([1], tail: 2)])
        let event = Event(
            event: tuple, kind: "click", assigns: ["count": 1], content: [255, 0], bytes: [255, 0],
            number: BigInteger(isNegative: false, magnitude: [5]))
        #expect(
            try TermEncoder().encode(event)
                == .map([
                    "event": tuple, "kind": .atom("click"), "assigns": .map(["count": 1]),
                    "content": .binary([255, 0]),
                    "bytes": [255, 0], "number": 5,
                ]))
        #expect(try TermEncoder().encode(tuple) == tuple)
        #expect(try TermEncoder().encode([Atom("a"), "b"]) == [.atom("a"), .atom("b")])
        #expect(try TermEncoder().encode([Binary([1])]) == [.binary([1])])
    }

    @Test("a class has what its superclass encodes under the key super")
    func superEncoder() throws {
        #expect(
            try TermEncoder().encode(Derived(base: 1, own: 2))
                == .map(["own": 2, "super": .map(["base": 1])]))
    }

    @Test("nested containers, one in the other, filled in any order; of one key the last value counts")
    func nestedContainers() throws {
        #expect(
            try TermEncoder().encode(Nested())
                == .map([
                    "list": [1, [2], .map(["a": 3]), .map(["b": 4]), .atom("nil")],
                    "map": .map(["a": 1, "b": [true]]),
                    "a": 0,
                ]))
    }

    @Test("a type that encodes nothing is an empty map")
    func nothing() throws {
        struct Empty: Encodable {}
        struct Silent: Encodable { func encode(to encoder: any Encoder) {} }
        #expect(try TermEncoder().encode(Empty()) == .map([:]))
        #expect(try TermEncoder().encode([Silent()]) == [.map([:])])
    }

    @Test("userInfo reaches every value")
    func userInfo() throws {
        struct Told: Encodable {
            static let key = CodingUserInfoKey(rawValue: "told")
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode(Self.key.flatMap { encoder.userInfo[$0] as? String } ?? "not told")
            }
        }
        var encoder = TermEncoder()
        encoder.userInfo = [try #require(Told.key): "yes"]
        #expect(try encoder.encode(["a": [Told()]])["a"] == ["yes"])
    }

    @Test(
        "floats that are not finite have no term, and the error says where they are",
        arguments: [
            Double.nan, .infinity, -.infinity,
        ])
    func invalidFloats(value: Double) throws {
        try expectInvalid(value, path: [])
        try expectInvalid([1, value], path: ["Index 1"])
        try expectInvalid(["a": ["b": [value]]], path: ["a", "b", "Index 0"])
        try expectInvalid(Float(value), path: [])
        try expectInvalid(Shape.circle(radius: value), path: ["circle", "radius"])
    }

    @Test("a key of more than 255 characters is no atom")
    func invalidKeys() throws {
        let key = String(repeating: "a", count: 256)
        var encoder = TermEncoder()
        #expect(try encoder.encode([key: 1]).map?.count == 1)
        encoder.dictionaryKeyForm = .atom
        try expectInvalid(["outer": [key: 1]], path: ["outer"], encoder)
        #expect(try encoder.encode([String(key.dropLast()): 1]).map?.count == 1)
    }

    @Test("a type that asks for containers of more than one kind is refused")
    func mixedContainers() throws {
        struct Mixed: Encodable {
            func encode(to encoder: any Encoder) throws {
                var list = encoder.unkeyedContainer()
                try list.encode(1)
                var map = encoder.container(keyedBy: Nested.Key.self)
                try map.encode(1, forKey: .a)
            }
        }
        try expectInvalid(["a": Mixed()], path: ["a"])
    }

    private func expectInvalid(
        _ value: some Encodable, path: [String], _ encoder: TermEncoder = TermEncoder(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let error = #expect(throws: EncodingError.self, sourceLocation: sourceLocation) { try encoder.encode(value) }
        guard case .invalidValue(_, let context) = error else { return }
        #expect(context.codingPath.map(\.stringValue) == path, sourceLocation: sourceLocation)
        #expect(!context.debugDescription.isEmpty, sourceLocation: sourceLocation)
    }

    private static func decimalText(_ term: Term) -> String {
        switch term {
        case .integer(let value): String(value)
        case .bigInteger(let value): value.decimalText
        default: ""
        }
    }
}

// MARK: - Types that encode themselves by hand

class Base: Codable {
    var base: Int
    init(base: Int) { self.base = base }
}

final class Derived: Base {
    var own: Int

    private enum CodingKeys: CodingKey { case own }

    init(base: Int, own: Int) {
        self.own = own
        super.init(base: base)
    }

    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        own = try container.decode(Int.self, forKey: .own)
        try super.init(from: try container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(own, forKey: .own)
        try super.encode(to: container.superEncoder())
    }
}

/// Fills its nested containers in another order than it opens them.
struct Nested: Codable {
    enum Key: CodingKey { case list, map, a, b }

    init() {}

    func encode(to encoder: any Encoder) throws {
        var map = encoder.container(keyedBy: Key.self)
        var list = map.nestedUnkeyedContainer(forKey: .list)
        var inner = map.nestedContainer(keyedBy: Key.self, forKey: .map)
        try inner.encode(1, forKey: .a)
        try list.encode(1)
        var innerList = list.nestedUnkeyedContainer()
        var elementMap = list.nestedContainer(keyedBy: Key.self)
        try elementMap.encode(3, forKey: .a)
        try innerList.encode(2)
        var sup = list.superEncoder().container(keyedBy: Key.self)
        try list.encodeNil()
        try sup.encode(4, forKey: .b)
        var last = inner.superEncoder(forKey: .b).unkeyedContainer()
        try last.encode(true)
        var again = encoder.container(keyedBy: Key.self)
        _ = again.nestedUnkeyedContainer(forKey: .a)
        try again.encode(9, forKey: .a)
        try again.encode(0, forKey: .a)
    }

    init(from decoder: any Decoder) throws {
        let map = try decoder.container(keyedBy: Key.self)
        var list = try map.nestedUnkeyedContainer(forKey: .list)
        #expect(try list.decode(Int.self) == 1)
        var innerList = try list.nestedUnkeyedContainer()
        #expect(try innerList.decode(Int.self) == 2)
        #expect(innerList.isAtEnd)
        #expect(try list.nestedContainer(keyedBy: Key.self).decode(Int.self, forKey: .a) == 3)
        #expect(try list.superDecoder().container(keyedBy: Key.self).decode(Int.self, forKey: .b) == 4)
        #expect(try list.decodeNil())
        #expect(list.isAtEnd && list.currentIndex == 5 && list.count == 5)
        let inner = try map.nestedContainer(keyedBy: Key.self, forKey: .map)
        #expect(Set(inner.allKeys) == [.a, .b])
        #expect(inner.contains(.a) && !inner.contains(.list))
        #expect(try inner.superDecoder(forKey: .b).singleValueContainer().decode([Bool].self) == [true])
        #expect(inner.codingPath.map(\.stringValue) == ["map"])
    }
}

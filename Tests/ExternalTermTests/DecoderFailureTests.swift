import ExternalTerm
import Testing

@Suite("TermDecoder's errors: which, and where")
struct DecoderFailureTests {
    enum Kind: String { case typeMismatch, valueNotFound, keyNotFound, dataCorrupted }

    /// A term that a type does not decode from.
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var term: Term
        var kind: Kind
        var path: [String]
        var decode: @Sendable (Term) throws -> Void

        init<Value: Decodable & SendableMetatype>(_ type: Value.Type, _ term: Term, _ kind: Kind, at path: String...) {
            testDescription = "\(type) from \(term): \(kind) at \(path)"
            self.term = term
            self.kind = kind
            self.path = path
            decode = { _ = try TermDecoder().decode(Value.self, from: $0) }
        }
    }

    typealias Upload = EncoderTests.Upload

    @Test(
        "single values",
        arguments: [
            Row(Bool.self, .atom("ok"), .typeMismatch),
            Row(Bool.self, 1, .typeMismatch),
            Row(Bool.self, .atom("nil"), .valueNotFound),
            Row(String.self, 1, .typeMismatch),
            Row(String.self, [104, 105], .typeMismatch),
            Row(String.self, .atom("nil"), .valueNotFound),
            Row(String.self, .binary([0xFF]), .dataCorrupted),
            Row(Int.self, "1", .typeMismatch),
            Row(Int.self, 1.0, .typeMismatch),
            Row(Int.self, .atom("nil"), .valueNotFound),
            Row(Int.self, Term(UInt64(1) << 63), .dataCorrupted),
            Row(UInt8.self, 256, .dataCorrupted),
            Row(UInt8.self, -1, .dataCorrupted),
            Row(Int8.self, 128, .dataCorrupted),
            Row(UInt64.self, Term(UInt128(1) << 64), .dataCorrupted),
            Row(UInt64.self, -1, .dataCorrupted),
            Row(UInt64.self, Term(Int128.min), .dataCorrupted),
            Row(Int128.self, Term(UInt128.max), .dataCorrupted),
            Row(UInt128.self, .integer(isNegative: false, magnitude: repeated([1], 17)), .dataCorrupted),
            Row(Double.self, "1.0", .typeMismatch),
            Row(Double.self, .integer(1 << 53 + 1), .dataCorrupted),
            Row(Double.self, .atom("nil"), .valueNotFound),
            Row(Float.self, .float(1e300), .dataCorrupted),
            Row(Float.self, .integer(1 << 24 + 1), .dataCorrupted),
            Row(Atom.self, "ok", .typeMismatch),
            Row(Binary.self, [1, 2], .typeMismatch),
            Row(BigInteger.self, 1.0, .typeMismatch),
            Row(TermMap.self, [], .typeMismatch),
            Row(EncoderTests.Color.self, "blue", .dataCorrupted),
        ])
    func singleValues(_ row: Row) { check(row) }

    @Test(
        "containers: the path leads to the place",
        arguments: [
            Row([Int].self, .map([:]), .typeMismatch),
            Row([Int].self, .list([1], tail: 2), .typeMismatch),
            Row([Int].self, .atom("nil"), .valueNotFound),
            Row([Int].self, [1, 2, "3"], .typeMismatch, at: "Index 2"),
            Row([[Int]].self, [[], [1, .atom("nil")]], .valueNotFound, at: "Index 1", "Index 1"),
            Row([String: Int].self, [], .typeMismatch),
            Row([String: [Int]].self, .map(["a": [1, true]]), .typeMismatch, at: "a", "Index 1"),
            Row(Upload.self, .map(["name": "a"]), .keyNotFound),
            Row(Upload.self, .map(["name": "a", "done": 1]), .typeMismatch, at: "done"),
            Row(Upload.self, .map(["name": "a", "done": true, "size": "1"]), .typeMismatch, at: "size"),
            Row([Upload].self, [.map(["name": .binary([0xC3]), "done": true])], .dataCorrupted, at: "Index 0", "name"),
            Row(EncoderTests.Shape.self, .map(["square": .map([:])]), .typeMismatch),
            Row(EncoderTests.Shape.self, .map(["line": .map(["_0": 1, "_1": 1.5])]), .typeMismatch, at: "line", "_1"),
            Row(Derived.self, .map(["own": 1]), .valueNotFound, at: "super"),
            Row(Derived.self, .map(["own": 1, "super": .map(["base": "x"])]), .typeMismatch, at: "super", "base"),
            Row(Pair.self, [1], .valueNotFound, at: "Index 1"),
            Row(Pair.self, .map(["a": 1]), .typeMismatch),
        ])
    func containers(_ row: Row) { check(row) }

    @Test("bytes that are no term are corrupted data, with the error that says where")
    func bytes() throws {
        let error = #expect(throws: DecodingError.self) { try TermDecoder().decode(Int.self, from: hex("83 68 01 00")) }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("another error")
            return
        }
        #expect((context.underlyingError as? TermError)?.code == .unknownTag)
        #expect((context.underlyingError as? TermError)?.offset == 3)
        var decoder = TermDecoder()
        decoder.limits.depth = 1
        #expect(throws: DecodingError.self) {
            try decoder.decode([[Int]].self, from: hex("83 6C 00000001 6B 0001 01 6A 00"))
        }
        #expect(try decoder.decode([[Int]].self, from: hex("83 6C 00000001 6B 0001 01 6A")) == [[1]])
    }

    /// Reads two elements, and none that are not there.
    struct Pair: Decodable {
        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            _ = try list.decode(Int.self)
            _ = try list.decode(Int.self)
        }
    }

    private func check(_ row: Row) {
        let error = #expect(throws: DecodingError.self) { try row.decode(row.term) }
        let (kind, context): (Kind, DecodingError.Context?) =
            switch error {
            case .typeMismatch(_, let context): (.typeMismatch, context)
            case .valueNotFound(_, let context): (.valueNotFound, context)
            case .keyNotFound(_, let context): (.keyNotFound, context)
            case .dataCorrupted(let context): (.dataCorrupted, context)
            default: (.dataCorrupted, nil)
            }
        #expect(kind == row.kind)
        #expect(context?.codingPath.map(\.stringValue) == row.path)
    }
}

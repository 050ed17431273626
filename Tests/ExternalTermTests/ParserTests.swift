import ExternalTerm
import Testing

@Suite("TermParser: one token after the other, where they stand")
struct ParserTests {
    @Test(
        "each kind of term is one token; the ranges are byte offsets",
        arguments: [
            ("61 07", "integer 7"),
            ("62 FFFFFFFF", "integer -1"),
            ("6E 08 01 0000000000000080", "integer -9223372036854775808"),
            ("6E 09 01 000000000000000001", "-bigInteger 4..<13"),
            ("6F 0000000A 00 00000000000000000100", "bigInteger 7..<16"),
            ("46 3FF8000000000000", "float 1.5"),
            ("77 02 6F6B", "atom 3..<5"),
            ("76 0002 6F6B", "atom 4..<6"),
            ("73 02 6F6B", "atom 3..<5"),
            ("64 0001 E5", "atom 4..<5 latin1"),
            ("77 02 C3A5", "atom 3..<5"),
            ("6D 00000003 010203", "binary 6..<9"),
            ("4D 00000002 03 FFE0", "bitstring 7..<9 3"),
            ("4D 00000002 08 FFE0", "binary 7..<9"),
            ("6B 0002 0102", "string 4..<6"),
            ("6B 0000", "nil"),
            ("6A", "nil"),
            ("58 77 01 61 00000001 00000002 00000003", "pid 4..<5 1 2 3"),
            ("67 64 0001 61 00000001 00000002 03", "pid 5..<6 1 2 3"),
            ("78 77 01 61 0000000000000001 00000003", "port 4..<5 1 3"),
            ("5A 0002 77 01 61 00000003 00000001 00000002", "reference 6..<7 3 11..<19"),
            ("71 77 01 61 77 01 62 61 02", "externalFunction 4..<5 7..<8 2"),
            ("68 00", "tuple 0"),
            ("74 00000000", "map 0"),
        ])
    func token(bytes: String, token: String) throws {
        #expect(try tokens(hex("83" + bytes)).map(Self.text(of:)) == [token])
    }

    private static func text(of token: TermToken) -> String {
        func text(_ atom: TermToken.AtomText) -> String { "\(atom.range)" + (atom.isLatin1 ? " latin1" : "") }
        func text(_ pid: TermToken.PidText) -> String {
            "\(text(pid.node)) \(pid.number) \(pid.serial) \(pid.creation)"
        }
        return switch token {
        case .integer(let value): "integer \(value)"
        case .bigInteger(let isNegative, let magnitude): (isNegative ? "-" : "") + "bigInteger \(magnitude)"
        case .float(let value): "float \(value)"
        case .atom(let atom): "atom \(text(atom))"
        case .binary(let range): "binary \(range)"
        case .bitstring(let range, let count): "bitstring \(range) \(count)"
        case .string(let range): "string \(range)"
        case .nil: "nil"
        case .list(let count): "list \(count)"
        case .tuple(let count): "tuple \(count)"
        case .record(let record):
            "record \(text(record.module)) \(text(record.name)) \(record.isExported) \(record.fieldNames)"
        case .map(let count): "map \(count)"
        case .pid(let pid): "pid \(text(pid))"
        case .port(let node, let number, let creation): "port \(text(node)) \(number) \(creation)"
        case .reference(let node, let creation, let words): "reference \(text(node)) \(creation) \(words)"
        case .externalFunction(let module, let function, let arity):
            "externalFunction \(text(module)) \(text(function)) \(arity)"
        case .localFunction(let function):
            "localFunction \(function.arity) \(function.uniq) \(function.index) \(text(function.module)) "
                + "\(function.oldIndex) \(function.oldUniq) \(text(function.creator)) \(function.freeVariableCount)"
        }
    }

    @Test(
        "a container's token is followed by its terms: of a list, the tail as well; of a map, keys and values in turn")
    func containers() throws {
        let bytes = hex("83 68 02 6C 00000001 6102 6A 74 00000001 6103 6C 00000000 6104")
        #expect(
            try tokens(bytes) == [
                .tuple(count: 2), .list(count: 1), .integer(2), .nil, .map(count: 1), .integer(3), .list(count: 0),
                .integer(4),
            ])
    }

    @Test("a local function's head, and the terms it closes over")
    func localFunction() throws {
        let bytes =
            hex("83 70 00000000 02") + Array(1...16) + hex("00000007 00000001 77 01 6D 61 05 61 06")
            + hex("58 77 01 61 00000001 00000002 00000003 61 09")
        let found = try tokens(bytes)
        #expect(found.map(Self.text(of:)) == ["localFunction 2 7..<23 7 33..<34 5 6 41..<42 1 2 3 1", "integer 9"])
        guard case .localFunction(let head) = found.first else { return }
        #expect(bytes.span.localFunction(head).uniq == Array(1...16))
        #expect(bytes.span.pid(head.creator) == Pid(node: "a", number: 1, serial: 2, creation: 3))
    }

    @Test("offset and depth tell where the parser is")
    func position() throws {
        let bytes = hex("68 02 68 01 61 01 6A FF")
        var parser = TermParser(bytes.span)
        var seen: [[Int]] = [[parser.offset, parser.depth]]
        while try parser.next() != nil { seen.append([parser.offset, parser.depth]) }
        #expect(seen == [[0, 0], [2, 1], [4, 2], [6, 1], [7, 0]])
        #expect(try parser.next() == nil)
        #expect(parser.bytes.count == 8)
    }

    @Test("a term is skipped as a whole, and then the parser is where the next one starts")
    func skipTerm() throws {
        let bytes = hex("68 04 6C 00000001 6101 6A 6C 00000000 6102 74 00000001 6A 6101 6103")
        var parser = TermParser(bytes.span)
        #expect(try parser.next() == .tuple(count: 4))
        #expect(try parser.skipTerm() == 2..<10)
        #expect(try parser.skipTerm() == 10..<17)
        #expect(try parser.skipTerm() == 17..<25)
        #expect(try parser.next() == .integer(3))
        #expect(try parser.skipTerm() == nil)
    }

    @Test("terms one after the other, without 131, are read by one parser")
    func startNextTerm() throws {
        let bytes = hex("68 01 61 01 6A 74 00000001 6A 6A 61")
        var parser = TermParser(bytes.span)
        try parser.skipToEnd()
        #expect(parser.offset == 4)
        #expect(try parser.next() == nil)
        parser.startNextTerm()
        #expect(try parser.next() == .nil)
        #expect(try parser.next() == nil)
        parser.startNextTerm()
        #expect(try parser.skipTerm() == 5..<12)
        parser.startNextTerm()
        #expect(throws: TermError.self) { _ = try TermParser.read(&parser) }
    }

    @Test("what is left of a term is checked, whatever was read of it")
    func rest() {
        let bytes = hex("83 68 02 61 01 74 00000002 6A 6A 6A 6A")
        #expect(throws: TermError(.duplicateKey, at: 5, "a map that names a key twice")) {
            try withTermParser(over: bytes.span) { parser throws(TermError) in _ = try parser.next() }
        }
    }

    @Test("a key that is a container is checked before any of it is returned")
    func keys() throws {
        let bytes = hex("74 00000001 68 02 61 01 FF 6A")
        var parser = TermParser(bytes.span)
        #expect(try parser.next() == .map(count: 1))
        #expect(throws: TermError(.unknownTag, at: 9, "the unassigned tag 255")) { _ = try TermParser.read(&parser) }
    }

    @Test("atoms and identifiers are made from their tokens")
    func values() throws {
        let bytes = hex("64 0003 61E562")
        var parser = TermParser(bytes.span)
        guard case .atom(let text) = try parser.next() else {
            Issue.record("no atom")
            return
        }
        #expect(bytes.span.atom(text) == "aåb")
        #expect(bytes.span.words(0..<4) == [0x6400_0361])
        #expect(bytes.span.array(1..<3) == [0, 3])
    }
}

extension TermParser {
    /// Reads a token, for where a closure cannot hold the parser.
    fileprivate static func read(_ parser: inout TermParser) throws(TermError) -> TermToken? { try parser.next() }
}

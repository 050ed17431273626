import ExternalTerm
import Testing

@Suite("Compressed terms (80): the inflated size, then a zlib stream of the term without its 131")
struct CompressedTests {
    /// `{ok, reel}` forty times, as Erlang compresses it.
    static let bytes = hex("83 50 00000236 789CCB616060D0C8604A6160CACF4E6160294A4DCD19E58DF2F0F3B200BD84960F")

    static let term = Term.list(Array(repeating: .tuple([.atom("ok"), .atom("reel")]), count: 40))

    @Test("what Erlang has compressed is read, and written without compression")
    func erlang() throws {
        #expect(try Term(external: Self.bytes) == Self.term)
        #expect(parse(Self.bytes).byteCount == Self.bytes.count)
        #expect(transcode(Self.bytes).output == Self.term.external)
        #expect(transcode(Self.bytes).reading.byteCount == Self.bytes.count)
    }

    @Test("the term ends where the stream does; what follows is not read")
    func trailingBytes() {
        let bytes = Self.bytes + [1, 2, 3]
        #expect(decode(bytes).reading.byteCount == Self.bytes.count)
        #expect(parse(bytes).byteCount == Self.bytes.count)
        #expect(transcode(bytes).reading.byteCount == Self.bytes.count)
        let error = #expect(throws: TermError.self) { try Term(external: bytes) }
        #expect(error == TermError(.trailingBytes, at: Self.bytes.count, "3 bytes after the term"))
    }

    @Test(
        "any zlib stream will do, and the inflated term may be followed by more",
        arguments: [
            (hex("61 01"), Term.integer(1)), (hex("61 01 00 FF"), .integer(1)),
            (hex("68 02 61 01 6B 0001 02"), .tuple([1, [2]])),
        ])
    func stored(content: [UInt8], term: Term) throws {
        let bytes = Self.compressed(content)
        #expect(try Term(external: bytes) == term)
        #expect(parse(bytes).byteCount == bytes.count)
        #expect(transcode(bytes).output == term.external)
    }

    @Test(
        "malformedCompression: at 2 for a size that is not the content's, at 6 for a stream that does not inflate",
        arguments: [
            ErrorRow("a byte less than there is", compressed(hex("61 01"), declaring: 1), .malformedCompression, at: 2),
            ErrorRow("a byte more", compressed(hex("61 01"), declaring: 3), .malformedCompression, at: 2),
            ErrorRow("nothing declared", compressed(hex("61 01"), declaring: 0), .malformedCompression, at: 2),
            ErrorRow("no zlib header", "83 50 00000002 0102030405060708", .malformedCompression, at: 6),
            ErrorRow(
                "gzip", "83 50 00000002 1F8B08000000000000034B64040089D2C5D902000000", .malformedCompression, at: 6),
            ErrorRow("another checksum", compressed(hex("61 01")).dropLast() + [0xFF], .malformedCompression, at: 6),
            ErrorRow("a preset dictionary", "83 50 00000002 78BB00000001 0102", .malformedCompression, at: 6),
        ])
    func malformed(_ row: ErrorRow) { row.check() }

    @Test("truncated: wherever the stream is cut")
    func truncated() {
        for count in 6..<Self.bytes.count {
            let bytes = Array(Self.bytes[..<count])
            ErrorRow("", bytes, .truncated, at: count).check()
        }
    }

    @Test(
        "what is wrong inside has offset 1; the reason says where in the content",
        arguments: [
            (hex("00"), TermError.Code.unknownTag), (hex("68 01"), .truncated), ([], .truncated),
            (hex("83 61 01"), .unknownTag), (hex("50 00000000"), .unknownTag), (hex("44"), .distributionTag),
            (hex("74 00000002 6A 6A 6A 6A"), .duplicateKey), (hex("46 7FF8000000000000"), .malformedFloat),
        ])
    func inside(content: [UInt8], code: TermError.Code) {
        let bytes = Self.compressed(content)
        ErrorRow("", bytes, code, at: 1).check()
        #expect(parse(bytes).error?.reason.contains("of what the compressed term holds") == true)
    }

    @Test("the limit of depth holds inside")
    func depth() {
        let bytes = Self.compressed(repeated(hex("68 01"), 20) + [0x6A])
        #expect(parse(bytes, limits: TermLimits(depth: 20)).byteCount == bytes.count)
        ErrorRow("", bytes, .limitExceeded, at: 1).check(limits: TermLimits(depth: 19))
    }

    @Test("limitExceeded: a declared size beyond the limit is refused before anything is inflated")
    func declaredSize() {
        ErrorRow("4 GB in 40 bytes", hex("83 50 FFFFFFFF 789C") + repeated([0], 32), .limitExceeded, at: 2).check()
        ErrorRow("64 MiB and a byte", hex("83 50 04000001 789C"), .limitExceeded, at: 2).check()
        ErrorRow("64 MiB, but no more", hex("83 50 04000000 789C"), .truncated, at: 8).check()
        let limits = TermLimits(inflatedByteCount: 566)
        #expect(parse(Self.bytes, limits: limits).byteCount == Self.bytes.count)
        ErrorRow("", Self.bytes, .limitExceeded, at: 2).check(limits: TermLimits(inflatedByteCount: 565))
    }

    @Test("a gigabyte of zeros is refused by what it declares, or when it comes to more than that")
    func bomb() {
        let stream = Self.zeros(byteCount: 1 << 30)
        ErrorRow("declared", hex("83 50 40000000") + stream, .limitExceeded, at: 2).check()
        ErrorRow("not declared", hex("83 50 00000064") + stream, .malformedCompression, at: 2).check()
        ErrorRow("declared as much as the limit", hex("83 50 00100000") + stream, .malformedCompression, at: 2)
            .check(limits: TermLimits(inflatedByteCount: 1 << 20))
    }

    /// A compressed term that holds `content` in one stored block.
    private static func compressed(_ content: [UInt8], declaring count: Int? = nil) -> [UInt8] {
        let size = content.count
        let block = [1, UInt8(size & 255), UInt8(size >> 8), UInt8(~size & 255), UInt8(~size >> 8 & 255)] + content
        return hex("83 50") + word32(count ?? size) + hex("78 01") + block + adler32(content)
    }

    private static func adler32(_ content: [UInt8]) -> [UInt8] {
        var (low, high) = (1, 0)
        for byte in content {
            low = (low + Int(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return word16(high) + word16(low)
    }

    /// The start of a zlib stream, without its end, of that many zeros and some: a literal and then matches of 258 bytes at
    /// distance 1, of 13 bits each.
    private static func zeros(byteCount: Int) -> [UInt8] {
        // A final block of fixed codes (1, 01), the literal 0 (00110000), then 11000101 00000 again and again: eight of
        // these take 13 bytes, whatever bit they start at.
        var bits: [Bool] = []
        func append(_ code: String) { bits += code.map { $0 == "1" } }
        append("110" + "00110000")
        for _ in 0..<16 { append("11000101" + "00000") }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: bits.count - 7, by: 8) {
            bytes.append((0..<8).reduce(0) { $0 | (bits[start + $1] ? 1 << UInt8($1) : 0) })
        }
        // After the first two bytes the pattern of 13 bytes repeats.
        let pattern = Array(bytes[2..<15])
        return hex("78 9C") + Array(bytes[..<2]) + repeated(pattern, byteCount / (258 * 8) + 1)
    }
}

import Testing
import Zlib

@Suite("zlib's errors")
struct ErrorTests {
    @Test("A level that does not exist is refused", arguments: [-1, 10, .min, .max])
    func level(_ level: Int) {
        #expect(throws: ZlibError(.stream, at: 0, "level \(level) is not one of 0...9")) {
            _ = try Deflater(.raw, level: level)
        }
    }

    @Test(
        "Damage is named as zlib names it, with the place",
        arguments: [
            (StreamFormat.zlib, [0x78, 0x9D, 0, 0], ZlibError(.data, at: 2, "incorrect header check")),
            (.zlib, [0x78, 0xBB, 0, 0, 0, 1, 3, 0], ZlibError(.data, at: 0, "need dictionary")),
            (.zlib, [0x78, 0x9C, 3, 0, 0, 0, 0, 2], ZlibError(.data, at: 8, "incorrect data check")),
            (.raw, [0x07], ZlibError(.data, at: 1, "invalid block type")),
            (.raw, [0x01, 1, 0, 1, 0], ZlibError(.data, at: 5, "invalid stored block lengths")),
            (.raw, [0x4B, 0x04, 0x72, 0, 0], ZlibError(.data, at: 4, "invalid distance too far back")),
        ] as [(StreamFormat, [UInt8], ZlibError)])
    func damage(format: StreamFormat, bytes: [UInt8], expected: ZlibError) throws {
        let inflater = try Inflater(format)
        var output: [UInt8] = []
        #expect(throws: expected) {
            _ = try inflater.inflate(bytes, appendingTo: &output)
        }
    }

    @Test("What came before the damage is there")
    func readableBeforeDamage() throws {
        let content = StreamTests.noise(50_000, seed: 4)
        let stored = [0x00, 0x50, 0xC3, 0xAF, 0x3C] + content
        var output: [UInt8] = []
        #expect(throws: ZlibError(.data, at: stored.count + 1, "invalid block type")) {
            _ = try Inflater(.raw).inflate((stored + [0x07]), appendingTo: &output)
        }
        #expect(output == content)
    }

    @Test("More input after the end of a stream is refused until the deflater is reset")
    func finished() throws {
        let deflater = try Deflater(.raw, level: 6)
        var output: [UInt8] = []
        try deflater.deflate([1], finishing: true, appendingTo: &output)
        #expect(throws: ZlibError(.stream, at: 1, "stream error")) {
            try deflater.deflate([2], finishing: false, appendingTo: &output)
        }
        try deflater.reset()
        try deflater.deflate([2], finishing: true, appendingTo: &output)
    }

    @Test("The version is zlib's")
    func version() {
        #expect(Zlib.version.hasPrefix("1."))
    }
}

import GzipMembers
import Testing
import Zlib

@Suite("Single members")
struct MemberTests {
    @Test("What is encoded decodes to the same", arguments: 0...9)
    func roundTrip(level: Int) throws {
        let encoder = try MemberEncoder(level: level)
        let decoder = try MemberDecoder()
        let contents = [[], [1], Array("hello".utf8), noise(100_000, seed: 1), [UInt8](repeating: 5, count: 3 << 20)]
        for content in contents {
            var bytes: [UInt8] = []
            var deflated = 0
            let header = MemberHeader(name: [0x61], hasChecksum: true)
            try encoder.encode(content.span, appendingTo: &bytes) { byteCount in
                deflated = byteCount
                return header
            }
            #expect(bytes.count == header.byteCount + deflated + MemberTrailer.byteCount)
            for expected in [nil, content.count] {
                var output: [UInt8] = [9]
                try decoder.decode(
                    bytes.span, at: 0, expecting: expected, limit: content.count, appendingTo: &output)
                #expect(output == [9] + content)
            }
        }
    }

    @Test("A member without content has the deflate data 03 00", arguments: 0...9)
    func empty(level: Int) throws {
        let bytes = try member([], level: level)
        #expect(bytes == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + [3, 0] + [0, 0, 0, 0] + [0, 0, 0, 0])
        #expect(try decodeMember(bytes, expecting: 0, limit: 0) == [])
    }

    @Test("The header may carry the length of its own member")
    func selfDescribing() throws {
        var bytes: [UInt8] = []
        let content = noise(1_000, seed: 2)
        try MemberEncoder(level: 8).encode(content.span, appendingTo: &bytes) { deflatedByteCount in
            var header = MemberHeader(extraFields: [ExtraField(id: .test, bytes: [0, 0])], hasChecksum: true)
            let length = header.byteCount + deflatedByteCount + MemberTrailer.byteCount
            header.extraFields?[0].bytes = [UInt8(length & 0xFF), UInt8(length >> 8)]
            return header
        }
        #expect(try parseHeader(bytes)?.extraField(.test) == [UInt8(bytes.count & 0xFF), UInt8(bytes.count >> 8)])
    }

    @Test("A header that cannot be written leaves the output as it was")
    func unwritableHeader() throws {
        var output: [UInt8] = [1, 2]
        let encoder = try MemberEncoder(level: 6)
        let content: [UInt8] = [3]
        #expect(throws: GzipError.self) {
            try encoder.encode(content.span, appendingTo: &output) { _ in MemberHeader(name: [0]) }
        }
        #expect(output == [1, 2])
        try encoder.encode(content.span, appendingTo: &output) { _ in MemberHeader() }
        #expect(try decodeMember(output.dropFirst(2)) == content)
    }

    @Test("A level that does not exist is refused", arguments: [-1, 10])
    func level(_ level: Int) {
        #expect(throws: GzipError.self) { _ = try MemberEncoder(level: level) }
    }

    @Test("A limit or declared length is never passed", arguments: [0, 1, 999, 1_000, 1_001, 5_000])
    func bounds(bound: Int) throws {
        let bytes = try member([UInt8](repeating: 7, count: 1_000))
        let decoder = try MemberDecoder()
        for isLimit in [true, false] {
            var output: [UInt8] = []
            var code: GzipError.Code?
            do {
                try decoder.decode(
                    bytes.span, at: 0, expecting: isLimit ? nil : bound, limit: isLimit ? bound : .max,
                    appendingTo: &output)
            } catch {
                code = error.code
            }
            #expect(output.count <= bound)
            switch (isLimit, bound) {
            case (_, 1_000), (true, 1_000...): #expect(code == nil)
            case (true, _): #expect(code == .limitExceeded)
            case (false, _): #expect(code == .contentLength)
            }
        }
    }

    @Test("A declared length that the limit or the deflate data rules out allocates nothing")
    func impossibleLength() throws {
        let bytes = try member([1, 2, 3])
        let decoder = try MemberDecoder()
        for (declared, limit, expected) in [
            (Int.max, Int.max, GzipError.Code.contentLength), (1 << 30, .max, .contentLength),
            (-1, .max, .contentLength), (1 << 30, 1 << 20, .limitExceeded),
        ] {
            var output: [UInt8] = []
            var code: GzipError.Code?
            do {
                try decoder.decode(bytes.span, at: 0, expecting: declared, limit: limit, appendingTo: &output)
            } catch {
                code = error.code
            }
            #expect(code == expected)
            #expect(output.capacity == 0)
        }
    }

    @Test("Every truncation is truncated, with or without a declared length")
    func truncation() throws {
        let content = Array("cut, cut, cut and cut again".utf8)
        let bytes = try member(content, MemberHeader(name: [0x61], hasChecksum: true))
        for count in bytes.indices {
            for expected in [nil, content.count] {
                #expect {
                    _ = try decodeMember(bytes[..<count], expecting: expected)
                } throws: { error in
                    (error as? GzipError)?.code == .truncated
                }
            }
        }
    }

    @Test("Bytes between the deflate data and the trailer are refused", arguments: [1, 2, 100])
    func leftOver(count: Int) throws {
        var bytes = try member([1, 2, 3])
        let trailer = bytes.suffix(8)
        bytes = bytes.dropLast(8) + [UInt8](repeating: 0, count: count) + trailer
        let place = bytes.count - 8 - count
        #expect {
            _ = try decodeMember(bytes, at: 50)
        } throws: { error in
            (error as? GzipError)?.code == .trailingData && (error as? GzipError)?.offset == 50 + place
        }
    }

    @Test("Every flipped bit is an error, or leaves header and content as they were")
    func bitFlips() throws {
        let content = Array("flip, flop, flip, flop: 0123456789".utf8)
        let header = MemberHeader(
            extraFields: [ExtraField(id: .test, bytes: [1, 2, 3])], name: Array("n".utf8), comment: [],
            hasChecksum: true)
        let bytes = try member(content, header)
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            if let decoded = try? decodeMember(damaged) {
                #expect(decoded == content, "bit \(bit)")
                #expect(try parseHeader(damaged) == header, "bit \(bit)")
            }
            let streamed = decodeStream([damaged])
            #expect(streamed.error != nil || streamed.content == content, "bit \(bit)")
        }
    }

    @Test("A wrong checksum or length is told apart")
    func trailer() throws {
        let bytes = try member([1, 2, 3])
        for (index, code) in [(8, GzipError.Code.contentChecksum), (4, .contentLength)] {
            var damaged = bytes
            damaged[bytes.count - index] ^= 1
            let expected = bytes.count - index
            #expect {
                _ = try decodeMember(damaged)
            } throws: { error in
                (error as? GzipError)?.code == code && (error as? GzipError)?.offset == expected
            }
            #expect(decodeStream([damaged]).error?.code == code)
        }
    }

    @Test("Random bytes after a good header never crash, seed 20_260_726")
    func randomBodies() throws {
        let header = try member([]).prefix(10)
        for seed in 20_260_726..<UInt64(20_260_726 + 2_000) {
            let body = noise(Int(seed % 200), seed: seed)
            _ = try? decodeMember(header + body, limit: 1 << 16)
            _ = decodeStream([header + body])
        }
    }
}

import Testing
import Zlib

@Suite("Deflate streams")
struct StreamTests {
    /// Content of every kind: none, short, stored, repetitive, larger than the window.
    static let contents: [[UInt8]] = [
        [], [0], Array("hello".utf8), Array(repeating: 7, count: 300_000), Self.noise(100_000, seed: 1),
        (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7 % 97) },
    ]

    @Test("What is deflated inflates to the same", arguments: StreamFormat.allCases, 0...9)
    func roundTrip(format: StreamFormat, level: Int) throws {
        let deflater = try Deflater(format, level: level)
        let inflater = try Inflater(format)
        for content in Self.contents {
            var deflated: [UInt8] = []
            try deflater.deflate(content, finishing: true, appendingTo: &deflated)
            try deflater.reset()
            var inflated: [UInt8] = []
            let progress = try inflater.inflate(deflated, appendingTo: &inflated)
            try inflater.reset()
            #expect(inflated == content)
            #expect(progress.isFinished)
            #expect(progress.consumed == deflated.count)
            #expect(progress.produced == content.count)
        }
    }

    @Test("What comes of deflating does not depend on how much room there is", arguments: 0...9)
    func room(level: Int) throws {
        let deflater = try Deflater(.raw, level: level)
        for content in Self.contents {
            var expected: [UInt8]?
            for capacity in [0, 1, 1_500, 5_000, 65_536, 1 << 20] {
                var deflated: [UInt8] = []
                deflated.reserveCapacity(capacity)
                for start in stride(from: 0, to: content.count, by: 70_000) {
                    let piece = Array(content[start..<min(start + 70_000, content.count)])
                    try deflater.deflate(piece, finishing: start + 70_000 >= content.count, appendingTo: &deflated)
                }
                try deflater.reset()
                #expect(expected == nil || deflated == expected, "\(content.count) bytes, room for \(capacity)")
                expected = deflated
            }
        }
    }

    @Test("Pieces of any size come to the same", arguments: [1, 2, 3, 7, 1_000, 65_536])
    func pieces(size: Int) throws {
        for content in Self.contents {
            let deflater = try Deflater(.raw, level: 6)
            var deflated: [UInt8] = []
            for start in stride(from: 0, to: content.count, by: size * 11) {
                let piece = content[start..<min(start + size * 11, content.count)]
                try deflater.deflate(piece, finishing: false, appendingTo: &deflated)
            }
            try deflater.deflate([], finishing: true, appendingTo: &deflated)

            let inflater = try Inflater(.raw)
            var inflated: [UInt8] = []
            var offset = 0
            var isFinished = false
            while !isFinished {
                let piece = deflated[offset..<min(offset + size, deflated.count)]
                let progress = try inflater.inflate(piece, appendingTo: &inflated, atMost: size * 3)
                #expect(progress.produced <= size * 3)
                offset += progress.consumed
                isFinished = progress.isFinished
                try #require(isFinished || progress.consumed + progress.produced > 0)
            }
            #expect(offset == deflated.count)
            #expect(inflated == content)
        }
    }

    @Test("A limit of the exact length finishes the stream", arguments: contents)
    func exactLimit(content: [UInt8]) throws {
        let deflated = try Self.deflate(content)
        var inflated: [UInt8] = []
        let progress = try Inflater(.raw).inflate(deflated, appendingTo: &inflated, atMost: content.count)
        #expect(progress.isFinished)
        #expect(inflated == content)
    }

    @Test("A limit that is too small stops there")
    func smallLimit() throws {
        let deflated = try Self.deflate(Array(repeating: 1, count: 1 << 20))
        let inflater = try Inflater(.raw)
        var inflated: [UInt8] = []
        let first = try inflater.inflate(deflated, appendingTo: &inflated, atMost: 1_000)
        #expect(first.produced == 1_000)
        #expect(!first.isFinished)
        let none = try inflater.inflate(
            deflated[first.consumed...], appendingTo: &inflated, atMost: 0)
        #expect(none.produced == 0)
        #expect(!none.isFinished)
        #expect(inflated.count == 1_000)
    }

    @Test("A limit is no reason to allocate")
    func limitIsNotReserved() throws {
        var inflated: [UInt8] = []
        let progress = try Inflater(.raw).inflate(
            Self.deflate([1, 2, 3]), appendingTo: &inflated, atMost: 1 << 40)
        #expect(progress.isFinished)
        #expect(inflated.capacity < 1 << 16)
    }

    @Test("The output keeps what it held, and its capacity")
    func appends() throws {
        let content = Self.noise(10_000, seed: 2)
        let deflated = try Self.deflate(content)
        let inflater = try Inflater(.raw)
        var output: [UInt8] = [9, 9]
        output.reserveCapacity(20_000)
        let capacity = output.capacity
        let copy = output
        _ = try inflater.inflate(deflated, appendingTo: &output)
        #expect(output == [9, 9] + content)
        #expect(copy == [9, 9])
        for _ in 0..<10 {
            output.removeAll(keepingCapacity: true)
            try inflater.reset()
            _ = try inflater.inflate(deflated, appendingTo: &output)
        }
        #expect(output.capacity == capacity)
    }

    @Test("Bytes after the end are left alone")
    func trailingBytes() throws {
        let deflated = try Self.deflate([1, 2, 3])
        var inflated: [UInt8] = []
        let progress = try Inflater(.raw).inflate(
            (deflated + [4, 5, 6]), appendingTo: &inflated)
        #expect(progress.isFinished)
        #expect(progress.consumed == deflated.count)
    }

    @Test("A stream that is cut is not finished, at any place")
    func truncation() throws {
        let content = Array("a stream that is cut, cut, cut".utf8)
        let deflated = try Self.deflate(content, format: .zlib)
        for count in deflated.indices {
            var inflated: [UInt8] = []
            let progress = try Inflater(.zlib).inflate(
                deflated[..<count], appendingTo: &inflated)
            #expect(!progress.isFinished)
            #expect(content.starts(with: inflated))
        }
    }

    @Test("A reset inflater has forgotten the damage before")
    func resetAfterDamage() throws {
        let inflater = try Inflater(.zlib)
        var inflated: [UInt8] = []
        #expect(throws: ZlibError.self) {
            _ = try inflater.inflate([0xFF, 0xFF, 0xFF], appendingTo: &inflated)
        }
        try inflater.reset()
        let deflated = try Self.deflate([5, 6], format: .zlib)
        #expect(try inflater.inflate(deflated, appendingTo: &inflated).isFinished)
        #expect(inflated == [5, 6])
    }

    @Test("A reset deflater gives the same bytes again")
    func resetDeflater() throws {
        let content = Self.noise(50_000, seed: 3) + Array(repeating: 3, count: 50_000)
        let deflater = try Deflater(.raw, level: 8)
        let outputs = try (0..<3).map { _ in
            var output: [UInt8] = []
            try deflater.deflate(content, finishing: true, appendingTo: &output)
            try deflater.reset()
            return output
        }
        #expect(Set(outputs).count == 1)
    }

    static func deflate(_ content: [UInt8], format: StreamFormat = .raw) throws -> [UInt8] {
        var output: [UInt8] = []
        try Deflater(format, level: 6).deflate(content, finishing: true, appendingTo: &output)
        return output
    }

    static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }
}

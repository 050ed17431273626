import GzipMembers
import Testing
import Zlib

@Suite("Streams of members")
struct StreamTests {
    /// Three members: all header parts; no content; no header parts.
    static let contents = [Array("first, first, first".utf8), [], Array("the last one".utf8)]
    static let headers = [
        MemberHeader(
            extraFields: [ExtraField(id: .test, bytes: [1, 2, 3])], name: Array("name".utf8),
            comment: Array("comment".utf8), hasChecksum: true),
        MemberHeader(extraFields: []), MemberHeader(),
    ]

    static func members() throws -> [[UInt8]] {
        try zip(contents, headers).map { try member($0, $1) }
    }

    static func expectedOutcome() throws -> Outcome {
        var outcome = Outcome(content: Array(contents.joined()))
        var offset = 0
        for (bytes, (content, header)) in zip(try members(), zip(contents, headers)) {
            outcome.events.append(.memberStarted(header, offset: offset))
            outcome.events.append(
                .memberEnded(compressedByteCount: bytes.count, uncompressedByteCount: content.count))
            offset += bytes.count
        }
        return outcome
    }

    @Test("Every split into two or three pieces gives the same events")
    func splits() throws {
        let file = Array(try Self.members().joined())
        let expected = try Self.expectedOutcome()
        #expect(decodeStream([file]) == expected)
        for first in 0...file.count {
            for second in first...file.count {
                let pieces = [file[..<first], file[first..<second], file[second...]].map(Array.init)
                let outcome = decodeStream(pieces)
                if outcome != expected { Issue.record("split at \(first) and \(second): \(outcome)") }
            }
        }
    }

    @Test("Single bytes in and out give the same events", arguments: [1, 2, 3, 1_000])
    func singleBytes(outputStep: Int) throws {
        let file = try Self.members().joined()
        #expect(decodeStream(file.map { [$0] }, outputStep: outputStep) == (try Self.expectedOutcome()))
        #expect(decodeStream([Array(file)], outputStep: outputStep) == (try Self.expectedOutcome()))
    }

    @Test("A file cut inside a member is truncated; cut between members it is whole")
    func truncation() throws {
        let members = try Self.members()
        let file = Array(members.joined())
        var ends: Set<Int> = [0]
        for member in members { ends.insert((ends.max() ?? 0) + member.count) }
        for count in 0...file.count {
            let outcome = decodeStream([Array(file[..<count])])
            if ends.contains(count) {
                #expect(outcome.error == nil, "cut at \(count)")
            } else {
                #expect(outcome.error?.code == .truncated, "cut at \(count)")
                #expect(outcome.error?.offset == count)
            }
        }
    }

    @Test("The stream knows where it is and whether it is between members")
    func position() throws {
        let stream = try MemberStream(at: 1_000)
        var output: [UInt8] = []
        #expect(stream.isBetweenMembers)
        let bytes = try member([1, 2, 3])
        var rest = bytes
        let started = try stream.decode(rest.span, appendingTo: &output, atMost: 100)
        #expect(started.consumed == 10)
        #expect(started.event == .memberStarted(MemberHeader(), offset: 1_000))
        #expect(!stream.isBetweenMembers)
        rest.removeFirst(started.consumed)
        let ended = try stream.decode(rest.span, appendingTo: &output, atMost: 100)
        #expect(
            ended.event == .memberEnded(compressedByteCount: bytes.count, uncompressedByteCount: 3))
        #expect(stream.isBetweenMembers)
        #expect(stream.offset == 1_000 + bytes.count)
    }

    @Test(
        "What follows a member and is no member is trailing data",
        arguments: [[0], [0x1F, 0], [0, 0, 0, 0], Array("garbage".utf8)] as [[UInt8]])
    func trailingData(bytes: [UInt8]) throws {
        let whole = try member([1, 2, 3])
        for pieces in [[whole + bytes], [whole, bytes], (whole + bytes).map { [$0] }] {
            let outcome = decodeStream(pieces)
            #expect(outcome.content == [1, 2, 3])
            #expect(outcome.events.count == 2)
            #expect(outcome.error?.code == .trailingData)
            #expect(outcome.error?.offset == whole.count)
        }
        #expect(decodeStream([bytes]).error?.code == .notGzip)
    }

    @Test("After an error the stream repeats it")
    func repeatedError() throws {
        let stream = try MemberStream()
        var output: [UInt8] = []
        let bytes: [UInt8] = [1]
        for _ in 0..<2 {
            #expect {
                _ = try stream.decode(bytes.span, appendingTo: &output, atMost: 1)
            } throws: { error in
                (error as? GzipError)?.code == .notGzip
            }
        }
        #expect(!stream.isBetweenMembers)
        #expect(throws: GzipError.self) { try stream.finish() }
    }

    @Test("Damaged content is an error at its place, and what came before it is there")
    func damage() throws {
        let first = try member([1, 2, 3])
        var second = try member(noise(200_000, seed: 5), level: 0)
        // The type of the second stored block, after the header, 5 bytes and 65,535 more (or what this zlib chose).
        let blockLength = Int(second[11]) | Int(second[12]) << 8
        second[10 + 5 + blockLength] = 0x07
        let outcome = decodeStream([first + second])
        #expect(outcome.content == [1, 2, 3] + noise(200_000, seed: 5).prefix(blockLength))
        #expect(outcome.error?.code == .deflate)
        #expect(outcome.error?.offset == first.count + 10 + 5 + blockLength + 1)
    }

    @Test("A header of the largest size may come in single bytes")
    func largeHeader() throws {
        let header = MemberHeader(
            extraFields: [ExtraField(id: .test, bytes: noise(65_531, seed: 6))],
            name: [UInt8](repeating: 1, count: 65_536), comment: [UInt8](repeating: 2, count: 65_536),
            hasChecksum: true)
        let bytes = try member([1, 2, 3], header)
        let outcome = decodeStream(bytes.map { [$0] })
        #expect(outcome.content == [1, 2, 3])
        #expect(outcome.events.first == .memberStarted(header, offset: 0))
        #expect(outcome.error == nil)
    }

    @Test("A gibibyte of zeros stops at the limit, in bounded memory")
    func bomb() throws {
        let zeros = [UInt8](repeating: 0, count: 1 << 22)
        let deflater = try Deflater(.raw, level: 1)
        var bomb: [UInt8] = []
        try MemberHeader().encode(appendingTo: &bomb)
        for piece in 1...256 {
            try deflater.deflate(zeros.span, finishing: piece == 256, appendingTo: &bomb)
        }
        bomb += [UInt8](repeating: 0, count: MemberTrailer.byteCount)

        let limit = 1 << 20
        let stream = try MemberStream()
        var output: [UInt8] = []
        let started = try stream.decode(bomb.span, appendingTo: &output, atMost: limit)
        let rest = Array(bomb.dropFirst(started.consumed))
        let step = try stream.decode(rest.span, appendingTo: &output, atMost: limit)
        #expect(step.event == .outputLimitReached)
        #expect(output.count == limit)
        #expect(output.capacity < 2 * limit)

        var single: [UInt8] = []
        #expect {
            try MemberDecoder().decode(bomb.span, at: 0, expecting: nil, limit: limit, appendingTo: &single)
        } throws: { error in
            (error as? GzipError)?.code == .limitExceeded
        }
        #expect(single.count == limit)
        #expect(single.capacity < 2 * limit)
    }
}

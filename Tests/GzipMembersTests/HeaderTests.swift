import GzipMembers
import Testing

@Suite("Member headers")
struct HeaderTests {
    @Test("Every combination of optional parts reads back", arguments: MemberHeader.combinations)
    func combinations(header: MemberHeader) throws {
        var bytes: [UInt8] = [9, 9]
        try header.encode(appendingTo: &bytes)
        bytes.removeFirst(2)
        #expect(bytes.count == header.byteCount)
        #expect(try parseHeader(bytes) == header)
        #expect(try parseHeader(bytes + [1, 2, 3]) == header)
    }

    @Test("Before its last byte a header asks for more", arguments: MemberHeader.combinations)
    func prefixes(header: MemberHeader) throws {
        var bytes: [UInt8] = []
        try header.encode(appendingTo: &bytes)
        for count in bytes.indices {
            #expect(try parseHeader(bytes[..<count]) == nil)
        }
    }

    @Test("The bytes of a header are those of RFC 1952")
    func bytes() throws {
        var bytes: [UInt8] = []
        try MemberHeader(
            isText: true, modificationTime: 1, extraFlags: 4, operatingSystem: 3,
            extraFields: [ExtraField(id: .test, bytes: [7])], name: [0x61], comment: [0x62]
        ).encode(appendingTo: &bytes)
        #expect(
            bytes == [0x1F, 0x8B, 8, 0x1D, 1, 0, 0, 0, 4, 3] + [5, 0, 0x54, 0x53, 1, 0, 7] + [0x61, 0, 0x62, 0])
    }

    @Test("Parts that are there but empty stay there")
    func emptyParts() throws {
        let header = MemberHeader(extraFields: [], name: [], comment: [], hasChecksum: true)
        var bytes: [UInt8] = []
        try header.encode(appendingTo: &bytes)
        #expect(bytes.count == 10 + 2 + 1 + 1 + 2)
        #expect(try parseHeader(bytes) == header)
    }

    @Test("A subfield is found by its ID, the first one of several")
    func subfield() {
        let header = MemberHeader(extraFields: [
            ExtraField(id: ExtraField.ID(1, 2), bytes: [1]), ExtraField(id: .test, bytes: [2]),
            ExtraField(id: .test, bytes: [3]),
        ])
        #expect(header.extraField(.test) == [2])
        #expect(header.extraField(ExtraField.ID(3, 4)) == nil)
        #expect(MemberHeader().extraField(.test) == nil)
    }

    @Test("An extra field may have 65,535 bytes, and no more")
    func largestExtraField() throws {
        let header = MemberHeader(
            extraFields: [ExtraField(id: .test, bytes: noise(65_531, seed: 1))], hasChecksum: true)
        var bytes: [UInt8] = []
        try header.encode(appendingTo: &bytes)
        #expect(bytes.count == 10 + 2 + 65_535 + 2)
        #expect(try parseHeader(bytes) == header)

        let larger = MemberHeader(extraFields: [ExtraField(id: .test, bytes: noise(65_532, seed: 1))])
        var output: [UInt8] = [1]
        #expect(throws: GzipError(.malformedExtraField, at: 1, "an extra field of 65536 bytes")) {
            try larger.encode(appendingTo: &output)
        }
        #expect(output == [1])
    }

    @Test("A name or comment may have 64 KiB, and no more", arguments: [true, false])
    func largestText(isName: Bool) throws {
        let text = [UInt8](repeating: 0x61, count: 65_536)
        let kind = isName ? "name" : "comment"
        var header = isName ? MemberHeader(name: text) : MemberHeader(comment: text)
        var bytes: [UInt8] = []
        try header.encode(appendingTo: &bytes)
        #expect(try parseHeader(bytes) == header)

        bytes.insert(0x61, at: 10)
        let limit = GzipError(.limitExceeded, at: 10, "a \(kind) of more than 65536 bytes")
        #expect(throws: limit) { _ = try parseHeader(bytes) }
        #expect(throws: limit) { _ = try parseHeader(bytes.dropLast()) }

        if isName { header.name?.append(1) } else { header.comment?.append(1) }
        var output: [UInt8] = []
        #expect(throws: GzipError(.limitExceeded, at: 0, limit.reason)) { try header.encode(appendingTo: &output) }
    }

    @Test("A text with a zero byte is not written", arguments: [true, false])
    func zeroInText(isName: Bool) {
        let header = isName ? MemberHeader(name: [1, 0]) : MemberHeader(comment: [0])
        var output: [UInt8] = []
        #expect {
            try header.encode(appendingTo: &output)
        } throws: { error in
            (error as? GzipError)?.code == .malformedText
        }
        #expect(output.isEmpty)
    }

    @Test(
        "What is no header is refused at its first wrong byte",
        arguments: [
            ([0x1E], .notGzip, 100), ([0x1F, 0x8A], .notGzip, 100), ([0, 0, 0, 1], .notGzip, 100),
            ([0x1F, 0x8B, 7], .unsupportedMethod, 102),
            ([0x1F, 0x8B, 8, 0x20], .reservedFlags, 103), ([0x1F, 0x8B, 8, 0x80], .reservedFlags, 103),
            ([0x1F, 0x8B, 8, 2, 0, 0, 0, 0, 0, 3, 1, 2], .headerChecksum, 100),
        ] as [([UInt8], GzipError.Code, Int)])
    func refused(bytes: [UInt8], code: GzipError.Code, offset: Int) {
        #expect {
            _ = try parseHeader(bytes, at: 100)
        } throws: { error in
            let error = error as? GzipError
            return error?.code == code && error?.offset == offset
        }
    }

    @Test(
        "An extra field that is not made of subfields is refused where it goes wrong",
        arguments: [
            ([1], 12), ([1, 2, 0], 12), ([1, 2, 1, 0], 12), ([1, 2, 0xFF, 0xFF, 5], 12),
            ([1, 2, 1, 0, 5, 9], 17), ([1, 2, 0, 0, 1, 2, 2, 0, 5], 16),
        ] as [([UInt8], Int)])
    func malformedExtraField(content: [UInt8], offset: Int) {
        let bytes: [UInt8] = [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 3, UInt8(content.count), 0] + content
        #expect {
            _ = try parseHeader(bytes)
        } throws: { error in
            let error = error as? GzipError
            return error?.code == .malformedExtraField && error?.offset == offset
        }
    }

    @Test("An error says what, where and what to do")
    func description() {
        #expect(
            "\(GzipError(.truncated, at: 7, "the end of the file"))"
                == "the end of the file at byte 7 (truncated): the file was cut or is still being written; "
                + "what comes before is readable")
    }
}

import GzipMembers

/// A gzip member by itself, and what its subfield `RL` says of it. Implements Spec/recording.md §5.2 and §5.3, steps 1 to 9.
package struct MemberDescription: Hashable, Sendable {
    /// Where the member starts in the file.
    package var offset: Int
    /// How many bytes it takes.
    package var byteCount: Int
    /// How many bytes it inflates to.
    package var contentByteCount: Int
    /// What its subfield `RL` says, or nil when it has none.
    package var fields: Fields?

    /// What a subfield `RL` says: numbers by the names that Spec/vectors.md §3 has for them, in the order of the bytes.
    package struct Fields: Hashable, Sendable {
        package var numbers: [Number]

        package struct Number: Hashable, Sendable {
            package var name: String
            package var value: UInt64
        }
    }

    /// Reads all members of a gzip file, each by itself: what they hold together is not looked at.
    ///
    /// - Throws: ``ReelError`` for the first one that is not sound.
    package static func all(
        in bytes: any RandomAccessBytes, limits: ReaderLimits = .default
    ) throws(ReelError) -> [MemberDescription] {
        var members: [MemberDescription] = []
        var offset = 0
        do {
            let decoder = try MemberDecoder()
            repeat {
                let member = try MemberDescription(at: offset, of: bytes, limits: limits, decoder: decoder)
                members.append(member)
                offset += member.byteCount
            } while offset < bytes.byteCount
            return members
        } catch {
            throw ReelError(wrapping: error).ofMember(at: offset)
        }
    }

    private init(
        at offset: Int, of bytes: any RandomAccessBytes, limits: ReaderLimits, decoder: MemberDecoder
    ) throws {
        self.offset = offset
        let head = try bytes.read(offset..<min(offset + SingleMember.longestHeader, bytes.byteCount))
        guard !head.isEmpty else { throw ReelError(.notARecording, "an empty file", offset: 0) }
        guard let header = try MemberHeader.parse(head.span, at: offset) else {
            throw ReelError(.truncated, "a member that ends in its header", section: "recording.md §4.1")
        }
        guard let fields = try MemberFields(header, offset: offset), let payload = header.extraField(MemberFields.id)
        else {
            (byteCount, contentByteCount) = try MemberDescription.lengths(at: offset, of: bytes, limits: limits)
            return
        }
        try fields.checkContentLength(after: header, limits: limits)
        let member = try SingleMember(at: offset, byteCount: fields.memberByteCount, of: bytes)
        byteCount = member.byteCount
        contentByteCount = try member.content(limits: limits, decoder: decoder).count
        self.fields = Fields(fields, payload)
    }

    /// The lengths of a member that says nothing of itself, and of its content.
    private static func lengths(
        at offset: Int, of bytes: any RandomAccessBytes, limits: ReaderLimits
    ) throws -> (member: Int, content: Int) {
        let stream = try MemberStream(at: offset)
        var input: [UInt8] = []
        var content: [UInt8] = []
        while true {
            if input.isEmpty {
                input = try bytes.read(stream.offset..<min(stream.offset + (64 << 10), bytes.byteCount))
                if input.isEmpty { try stream.finish() }
            }
            content.removeAll(keepingCapacity: true)
            let step = try stream.decode(input.span, appendingTo: &content, atMost: 64 << 10)
            input.removeFirst(step.consumed)
            if case .memberEnded(let member, let content) = step.event { return (member, content) }
        }
    }
}

extension MemberDescription.Fields {
    fileprivate init(_ fields: MemberFields, _ payload: [UInt8]) {
        numbers = []
        func add(_ name: String, _ value: Int) { numbers.append(Number(name: name, value: UInt64(value))) }
        add("major", Int(fields.version.major))
        add("minor", Int(fields.version.minor))
        add("kind", Int(payload[2]))
        add("flags", Int(payload[3]))
        add("length", fields.memberByteCount)
        switch fields.kind {
        case .data(let data):
            add("contentLength", data.uncompressedByteCount)
            add("firstEvent", data.firstEvent)
            add("eventCount", data.eventCount)
            add("firstOffset", data.firstOffset)
            add("lastOffset", data.lastOffset)
        case .index(let uncompressedByteCount): add("contentLength", uncompressedByteCount)
        case .end:
            let indexOffset = payload[8..<16].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            numbers.append(Number(name: "indexOffset", value: indexOffset))
        }
    }
}

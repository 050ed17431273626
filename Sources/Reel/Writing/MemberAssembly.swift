package import ExternalTerm
package import GzipMembers

/// The member of a recording that is being filled, and what has been counted of those before it. Implements Spec/recording.md §4
/// to §7.
///
/// It has no compressor of its own: one serves as many recordings as there are. Its user takes a member when it is full,
/// or earlier; what has been taken so far, one after the other, is a valid, unfinished recording.
package struct MemberAssembly: Sendable {
    private let options: WriterOptions
    private var transcoder = CanonicalTranscoder(limits: MemberAssembly.eventLimits)

    /// The frames of the member that is being filled.
    private var content: [UInt8] = []
    /// The events of the batch that is being filled, and how many they are.
    private var batch = TermWriter()
    private var batchCount = 0
    private var fields: MemberFields.DataFields
    private var entries: [IndexEntry] = []
    private var fold = StateFold()
    private var pages = PageFold()
    /// How many bytes of changes of the state and the page there have been since the last keyframe.
    private var changedByteCount = 0
    private var isFirstMember = true
    /// Whether the member has to end, so that a keyframe saves readers the diffs of a page so far.
    private var isKeyframeDue = false
    /// Whether the next member has to start with a keyframe, because what has been appended does not add up to the state.
    private var needsKeyframe = false

    /// What has been appended so far.
    package private(set) var summary = Summary()
    /// How many bytes the members have that have been taken.
    package private(set) var byteCount = 0

    /// One level less than readers accept: an event stands in a batch.
    package static let eventLimits = TermLimits(depth: TermLimits.default.depth - 1)
    package static let payloadLimits = TermLimits(depth: TermLimits.default.depth - 2)

    /// Starts a recording.
    ///
    /// - Throws: ``ReelError`` when no reader would take the header: it is larger or nests deeper than one may, or has keys that are
    ///   no atoms.
    package init(header: Header, options: WriterOptions = WriterOptions()) throws(ReelError) {
        self.options = options
        fields = MemberFields.DataFields(firstEvent: 0)
        fields.hasHeader = true
        var header = header
        header.version = .current
        if let key = Header.foreignKey(in: header.fields) {
            throw ReelError(
                .malformedFrame, "a header with the key \(key.elixirText.prefix(80)), which is no atom",
                section: "recording.md §6.1")
        }
        let term = header.term.external
        do throws(TermError) {
            var parser = TermParser(term.span, at: 1, limits: .default)
            try parser.skipToEnd()
        } catch {
            throw ReelError(wrapping: error)
        }
        guard term.count <= options.eventByteCount else {
            throw ReelError(
                .limitExceeded, "a header of \(term.count) bytes, more than the limit of \(options.eventByteCount)",
                section: "recording.md §9")
        }
        appendFrame(term)
    }

    /// Appends an event.
    ///
    /// - Throws: ``ReelError`` when the event is too large or nests too deep; nothing has been appended then.
    package mutating func append(offset: Int, kind: Atom, payload: Term) throws(ReelError) {
        try append { (writer) throws(ReelError) in
            writer.writeTupleHead(count: 3)
            writer.write(integer: offset)
            writer.write(atom: kind)
            let start = writer.bytes.count
            writer.write(payload)
            // A tree may nest deeper than readers go.
            var parser = TermParser(writer.bytes.span, at: start, limits: MemberAssembly.payloadLimits)
            do {
                try parser.skipToEnd()
            } catch {
                throw ReelError(wrapping: error)
            }
        }
    }

    /// Appends the event that `body` writes: a valid term without a leading 131, in the canonical form.
    mutating func append(_ body: (inout TermWriter) throws(ReelError) -> Void) throws(ReelError) {
        try startMember()
        let start = batch.bytes.count
        do {
            try body(&batch)
        } catch {
            batch.truncate(to: start)
            throw error
        }
        try takeEvent(at: start)
    }

    /// Appends the event that stands at `start`: a term in any form of Spec/terms.md §3, without a leading 131.
    ///
    /// - Returns: where it ends in `bytes`.
    /// - Throws: ``ReelError`` when it is no event, is too large or nests too deep; nothing has been appended then.
    package mutating func append(encoded bytes: Span<UInt8>, at start: Int) throws(ReelError) -> Int {
        try startMember()
        let batchStart = batch.bytes.count
        let end: Int
        do {
            end = try transcoder.transcodeTerm(bytes, at: start, into: &batch)
        } catch {
            batch.truncate(to: batchStart)
            throw ReelError(wrapping: error)
        }
        try takeEvent(at: batchStart)
        return end
    }

    /// Counts what has been written into the batch, a valid term in the canonical form, as its last event.
    private mutating func takeEvent(at start: Int) throws(ReelError) {
        // Taken out, so that the bytes can be looked at while the rest changes.
        var written = TermWriter()
        swap(&written, &batch)
        do {
            try count(written.bytes.span, at: start)
        } catch {
            written.truncate(to: start)
            swap(&written, &batch)
            throw ReelError(wrapping: error)
        }
        swap(&written, &batch)
        batchCount += 1
        isKeyframeDue = pages.diffCount >= MemberAssembly.leastDiffCount && hasLongWay()
        // An event that is larger than a batch should be is one by itself.
        if start > 0, batch.bytes.count > options.frameByteCount { splitBatch(at: start) }
        if batch.bytes.count >= options.frameByteCount { closeBatch() }
    }

    /// Counts the event from `start` to the end of `bytes`.
    private mutating func count(_ bytes: Span<UInt8>, at start: Int) throws {
        let byteCount = bytes.count - start
        guard byteCount <= options.eventByteCount else {
            throw ReelError(
                .limitExceeded, "an event of \(byteCount) bytes, more than the limit of \(options.eventByteCount)",
                event: summary.eventCount, section: "recording.md §9")
        }
        guard let head = try EventHead.read(known: bytes, at: start) else {
            throw ReelError(
                .malformedFrame, "what is no event: \(EventHead.rule)", event: summary.eventCount,
                section: "recording.md §6.2")
        }
        try summary.count(head, of: bytes)
        if options.writesKeyframes {
            let hasChanged = try fold.apply(head, of: bytes)
            if pages.apply(kind: head.kind, payload: head.payload, of: bytes) || hasChanged {
                changedByteCount += byteCount
            }
        }
        fields.note(offset: head.offset)
    }

    /// Whether the member has grown to the size that members should have.
    package var isFull: Bool { isKeyframeDue || content.count + batch.bytes.count >= options.memberByteCount }

    /// The fewest diffs of a page between two keyframes that no full member asks for.
    private static let leastDiffCount = 500
    /// How many bytes of the state and the page one diff has to stand for: a keyframe is compressed to an eighth, a small diff to 8 bytes.
    private static let byteCountOfDiff = 12

    /// Whether so many diffs have to be merged that a keyframe pays.
    private mutating func hasLongWay() -> Bool {
        let byteCount = fold.byteCount + pages.byteCount()
        return options.writesKeyframes && changedByteCount > byteCount
            && pages.diffCount >= byteCount / MemberAssembly.byteCountOfDiff
    }

    /// Whether there is nothing to make a member of.
    package var isEmpty: Bool { batchCount == 0 && content.isEmpty }

    /// Has the next member start with a keyframe like this one, because what has been appended does not add up to it.
    mutating func resume(from keyframe: Keyframe) {
        fold = keyframe.state
        if let page = keyframe.page.flatMap({ PageFold($0) }) {
            pages = page
        } else if pages.isThere {
            pages.applyGap()
        }
        needsKeyframe = true
    }
}

// MARK: - Frames

extension MemberAssembly {
    private mutating func appendFrame(_ term: [UInt8]) {
        appendLength(term.count)
        content += term
    }

    private mutating func appendLength(_ count: Int) {
        for shift in stride(from: 24, through: 0, by: -8) { content.append(UInt8(truncatingIfNeeded: count >> shift)) }
    }

    /// Makes the events of the batch a frame, a list of them unless it is one alone.
    private mutating func closeBatch() {
        guard batchCount > 0 else { return }
        var frame = TermWriter()
        frame.writeVersion()
        if batchCount > 1 { frame.writeListHead(count: batchCount) }
        appendLength(frame.bytes.count + batch.bytes.count + (batchCount > 1 ? 1 : 0))
        content += frame.bytes
        content += batch.bytes
        if batchCount > 1 {
            var end = TermWriter()
            end.writeNil()
            content += end.bytes
        }
        batch.truncate(to: 0)
        batchCount = 0
    }

    /// Closes the batch before its last event, which starts at `start`.
    private mutating func splitBatch(at start: Int) {
        let last = Array(batch.bytes[start...])
        batch.truncate(to: start)
        batchCount -= 1
        closeBatch()
        batch = TermWriter(appendingTo: last)
        batchCount = 1
    }
}

// MARK: - Members

extension MemberAssembly {
    /// Puts a keyframe at the start of a member when replaying the changes would cost more than reading the state.
    private mutating func startMember() throws(ReelError) {
        guard isEmpty, needsKeyframe || options.writesKeyframes && !isFirstMember && changedByteCount > fold.byteCount,
            needsKeyframe || changedByteCount > fold.byteCount + pages.byteCount()
        else { return }
        do {
            let page = pages.takeTerm().map { Array($0.external.dropFirst()) }
            let keyframe = try Keyframe(event: summary.eventCount, state: fold, page: page).encoded()
            changedByteCount = 0
            needsKeyframe = false
            // A state that no reader would take is left to the events.
            guard keyframe.count <= options.eventByteCount else { return }
            appendFrame(keyframe)
            fields.startsWithKeyframe = true
        } catch {
            throw ReelError(wrapping: error)
        }
    }

    /// Makes a member of what has been appended.
    ///
    /// - Throws: ``ReelError`` when zlib has no memory.
    package mutating func member(with encoder: MemberEncoder) throws(ReelError) -> [UInt8] {
        closeBatch()
        fields.uncompressedByteCount = content.count
        var member: [UInt8] = []
        try MemberAssembly.encode(.data(fields), content.span, with: encoder, appendingTo: &member)
        note(fields, byteCount: member.count)
        content.removeAll(keepingCapacity: true)
        startFields()
        return member
    }

    /// Takes what has been appended, to be compressed by somebody else; members are then to be noted in their order.
    mutating func take() -> FilledMember {
        closeBatch()
        fields.uncompressedByteCount = content.count
        let member = FilledMember(fields: fields, content: content)
        content = []
        content.reserveCapacity(member.content.count)
        startFields()
        return member
    }

    /// Counts the next member.
    mutating func note(_ fields: MemberFields.DataFields, byteCount count: Int) {
        entries.append(IndexEntry(offset: byteCount, byteCount: count, fields: fields))
        byteCount += count
    }

    private mutating func startFields() {
        fields = MemberFields.DataFields(firstEvent: summary.eventCount)
        isFirstMember = false
        isKeyframeDue = false
    }

    /// Makes the members that finish the recording: one with the summary after what has been appended, an index, and the end.
    package mutating func ending(
        reason: Summary.Reason, with encoder: MemberEncoder
    ) throws(ReelError) -> [UInt8] {
        summary.reason = reason
        closeBatch()
        appendFrame(summary.term.external)
        fields.hasFinish = true
        var members = try member(with: encoder)
        let dataByteCount = members.count
        // With one data member the index would say what that member says of itself.
        let indexOffset = entries.count == 1 ? entries[0].offset : byteCount
        if entries.count != 1 {
            appendFrame(Index.term(entries).external)
            try MemberAssembly.encode(
                .index(uncompressedByteCount: content.count), content.span, with: encoder, appendingTo: &members)
        }
        content.removeAll()
        try MemberAssembly.encode(
            .end(indexOffset: indexOffset), content.span, with: encoder, appendingTo: &members)
        byteCount += members.count - dataByteCount
        return members
    }

    /// Gives back the memory that only filling a member takes, until the next event comes.
    package mutating func releaseMemory() {
        guard isEmpty else { return }
        content = []
        batch = TermWriter()
        transcoder = CanonicalTranscoder(limits: MemberAssembly.eventLimits)
    }

    /// Appends a member with this content.
    fileprivate static func encode(
        _ kind: MemberFields.Kind, _ content: Span<UInt8>, with encoder: MemberEncoder,
        appendingTo output: inout [UInt8]
    ) throws(ReelError) {
        var fields = MemberFields(version: .current, memberByteCount: 0, kind: kind)
        let headerByteCount = fields.header.byteCount
        do {
            try encoder.encode(content, appendingTo: &output) { compressedByteCount in
                fields.memberByteCount = headerByteCount + compressedByteCount + 8
                return fields.header
            }
        } catch {
            throw ReelError(wrapping: error)
        }
    }
}

/// A data member before it is compressed.
struct FilledMember: Sendable {
    let fields: MemberFields.DataFields
    fileprivate let content: [UInt8]

    /// The member.
    ///
    /// - Throws: ``ReelError`` when zlib has no memory.
    func compressed(with encoder: MemberEncoder) throws(ReelError) -> [UInt8] {
        var member: [UInt8] = []
        try MemberAssembly.encode(.data(fields), content.span, with: encoder, appendingTo: &member)
        return member
    }
}

extension MemberFields.DataFields {
    /// The fields of a member without events yet.
    init(firstEvent: Int) {
        self.init(
            uncompressedByteCount: 0, firstEvent: firstEvent, eventCount: 0, firstOffset: 0, lastOffset: 0,
            startsWithKeyframe: false, hasHeader: false, hasFinish: false)
    }

    /// Counts an event at `offset`.
    mutating func note(offset: Int) {
        firstOffset = eventCount == 0 ? offset : Swift.min(firstOffset, offset)
        lastOffset = eventCount == 0 ? offset : Swift.max(lastOffset, offset)
        eventCount += 1
    }
}

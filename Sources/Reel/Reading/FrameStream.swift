import ExternalTerm
import GzipMembers

/// The frames of a recording in order, whatever they are in: members with `RL` fields, plain gzip, or nothing.
///
/// A member with fields is read whole and checked before any of its frames is given out; memory is bounded by
/// ``ReaderLimits/memberByteCount`` and, in a plain recording, by one frame. Implements Spec/recording.md §4.
final class FrameStream {
    enum Item {
        /// A member with fields starts.
        case member(MemberFields, offset: Int)
        /// A frame, and where in the content it stands: the offset of its length.
        case frame(Frame, contentOffset: Int)
        /// The member that started last has ended.
        case memberEnd
    }

    /// A frame's term, with its leading 131, until the next one is asked for.
    struct Frame {
        fileprivate let range: Range<Int>
    }

    enum Container {
        /// Members with `RL` fields.
        case indexed
        /// Gzip without them.
        case plain
        /// Frames, not compressed.
        case bare
    }

    private var source: any ByteSource
    private let limits: ReaderLimits
    private let ignoresFields: Bool
    private var gzip: MemberStream?

    private var input: [UInt8] = []
    private var inputPosition = 0
    private var isInputEnded = false
    /// How many bytes of the source have been read.
    private var readByteCount = 0

    /// Uncompressed bytes from which frames have still to be taken.
    private var content: [UInt8] = []
    private var contentPosition = 0
    /// How many uncompressed bytes came before those of `content`.
    private var contentOffset = 0

    /// The fields of the member that is being read, and its offset.
    private var fields: (value: MemberFields, offset: Int)?
    /// The header of the member that has started, until the length that it declares for its content has been checked.
    private var startedHeader: MemberHeader?
    private var isMemberComplete = false
    private var isEnded = false
    /// Where the member starts that is being read, or the next one.
    private var memberStart = 0
    /// Where the content of each member of a plain recording starts, in the content and in the file, from that of the next frame on.
    private var plainMembers: [(content: Int, offset: Int)] = []
    /// What has gone wrong after frames of a plain recording that are still to be given out.
    private var failure: ReelError?

    /// What the frames are in, once the first bytes have been read.
    private(set) var container: Container?
    /// How many members have started.
    private(set) var memberCount = 0
    /// Where in the file what is being given out stands: its member's offset, or its own in a bare recording; after a member with
    /// fields, where that has ended.
    private(set) var offset = 0
    /// The end member's fields, once it has been read.
    private(set) var end: (indexOffset: Int, offset: Int)?

    private static let pieceByteCount = 64 << 10
    private static let usualMemberByteCount = 2 << 20

    /// - Parameter ignoresFields: whether every member is read as one without fields: frames come as soon as they are whole,
    ///   whatever becomes of the member.
    init(_ source: any ByteSource, limits: ReaderLimits, ignoresFields: Bool = false) {
        self.source = source
        self.limits = limits
        self.ignoresFields = ignoresFields
    }

    /// The next member or frame, or nil at the end.
    ///
    /// - Throws: ``ReelError``; what has been given out before it was whole.
    func next() throws -> Item? {
        if container == nil { try detectContainer() }
        while true {
            if let header = startedHeader {
                startedHeader = nil
                try checkContentLength(after: header)
            }
            if let frame = try takeFrame() { return frame }
            if isMemberComplete {
                isMemberComplete = false
                fields = nil
                return .memberEnd
            }
            if isEnded { return nil }
            if let item = try (container == .bare ? fillBare() : fillGzip()) { return item }
        }
    }

    // MARK: Frames

    private func takeFrame() throws -> Item? {
        // The frames of a member with fields wait until the member is known to be sound.
        guard fields == nil || isMemberComplete else { return nil }
        let available = content.count - contentPosition
        if container == .bare { offset = contentOffset + contentPosition }
        if container == .plain { offset = startOfPlainMember(at: contentOffset + contentPosition) }
        let isComplete = isMemberComplete || isEnded
        guard available >= 4 else {
            if isComplete, available > 0 { throw frameError("\(available) bytes where a frame's length should be") }
            return nil
        }
        let count = content.span.uint32(at: contentPosition)
        guard count >= 2 else { throw frameError("a frame of \(count) bytes", .malformedFrame) }
        guard count <= limits.frameByteCount else {
            throw ReelError(
                contentOffset + contentPosition == 0 ? .notARecording : .limitExceeded,
                contentOffset + contentPosition == 0
                    ? FrameStream.noRecording
                    : "a frame of \(count) bytes, more than the limit of \(limits.frameByteCount)",
                offset: frameOffset, member: currentMember, section: "recording.md §9")
        }
        guard container != .plain || count <= limits.contentByteCount else {
            throw frameError(
                "a frame of \(count) bytes, more than the limit of \(limits.contentByteCount) for a file of this length",
                .limitExceeded, "§9")
        }
        // What starts with a length and goes on with no term is something else, whatever becomes of its member.
        let isFirst = contentOffset + contentPosition == 0
        if container == .plain, isFirst, available > 4, content[contentPosition + 4] != Tag.version {
            throw ReelError(.notARecording, FrameStream.noRecording, offset: 0, section: "recording.md §4.3")
        }
        guard available >= 4 + count else {
            if isComplete { throw frameError("a frame of \(count) bytes of which \(available - 4) are there") }
            return nil
        }
        let start = contentPosition
        contentPosition += 4 + count
        return .frame(Frame(range: start + 4..<contentPosition), contentOffset: contentOffset + start)
    }

    /// The bytes of the frame that was read last.
    func bytes(of frame: Frame) -> [UInt8] { Array(content[frame.range]) }

    /// Shows the frame that was read last to a visitor.
    func show(_ frame: Frame, to visitor: any FrameVisitor, depth: Int) -> VisitedEvents? {
        let content = content
        return visitor.visit(content.span.extracting(frame.range), depth: depth)
    }

    static let noRecording = "this is no recording: it starts neither with a gzip member nor with a frame"

    private func frameError(
        _ reason: String, _ kind: ReelError.Kind? = nil, _ section: String = "§4.2"
    ) -> ReelError {
        // A member that is sound holds whole frames only; elsewhere the end may just have been cut off.
        ReelError(
            kind ?? (fields == nil ? .truncated : .malformedFrame), reason, offset: frameOffset, member: currentMember,
            section: "recording.md \(section)")
    }

    /// Where in the file the frame stands that is to come next: its member, or the frame in a bare recording.
    private var frameOffset: Int { fields?.offset ?? offset }

    private var currentMember: Int? { memberCount > 0 ? memberCount - 1 : nil }

    /// Drops the content that frames have been taken from.
    private func compactContent() {
        guard contentPosition > 0 else { return }
        contentOffset += contentPosition
        content.removeSubrange(..<contentPosition)
        contentPosition = 0
    }

    // MARK: Input

    /// Reads more input. Returns false at its end.
    private func readInput() throws -> Bool {
        guard !isInputEnded else { return false }
        input.removeSubrange(..<inputPosition)
        inputPosition = 0
        let count = try source.read(upTo: FrameStream.pieceByteCount, appendingTo: &input)
        isInputEnded = count == 0
        readByteCount += count
        return !isInputEnded
    }

    private func detectContainer() throws {
        while input.count < 5, try readInput() {}
        guard !input.isEmpty else { throw ReelError(.notARecording, "an empty file", offset: 0) }
        if input[0] == 0x1F, input.count < 2 || input[1] == 0x8B {
            container = .plain
            gzip = try MemberStream()
        } else if input.count >= 5, input[4] == Tag.version {
            container = .bare
        } else {
            throw ReelError(.notARecording, FrameStream.noRecording, offset: 0, section: "recording.md §4")
        }
    }

    private func fillBare() throws -> Item? {
        compactContent()
        if inputPosition == input.count, try !readInput() { isEnded = true }
        content += input[inputPosition...]
        inputPosition = input.count
        try checkTotal()
        return nil
    }

    private func fillGzip() throws -> Item? {
        guard let gzip else { return nil }
        if end != nil {
            // Nothing follows the end member.
            if inputPosition == input.count, try !readInput() {
                isEnded = true
                return nil
            }
            throw ReelError(
                .trailingData, "bytes after the end member", offset: gzip.offset, section: "recording.md §4.4")
        }
        if let failure { throw failure }
        if inputPosition == input.count, try !readInput() {
            do {
                try gzip.finish()
            } catch {
                throw memberError(wrapping: error)
            }
            isEnded = true
            return nil
        }
        compactContent()
        let input = self.input
        // A member with fields has the bytes that it declares, and no others.
        let inputEnd = fields.map {
            min(input.count, inputPosition + $0.offset + $0.value.memberByteCount - gzip.offset)
        }
        guard inputEnd != inputPosition else { throw memberError("deflate data that goes on at the end of its member") }
        let room = fields.map { $0.value.uncompressedByteCount + 1 - content.count } ?? FrameStream.pieceByteCount
        let step: MemberStream.Step
        do {
            step = try gzip.decode(
                input.span.extracting(inputPosition..<(inputEnd ?? input.count)), appendingTo: &content,
                atMost: max(room, 0))
        } catch {
            let error = memberError(wrapping: error)
            guard fields == nil else { throw try unlessCut(error) }
            // The frames before it come first.
            failure = error
            return nil
        }
        inputPosition += step.consumed
        try checkTotal()
        switch step.event {
        case .needsInput: return nil
        case .outputLimitReached:
            guard let fields, content.count > fields.value.uncompressedByteCount else { return nil }
            throw try unlessCut(
                memberError(
                    "a member that holds more than the \(fields.value.uncompressedByteCount) bytes it declares"))
        case .memberStarted(let header, let start): return try startMember(header, at: start)
        case .memberEnded(let byteCount, let uncompressedByteCount):
            // What the frames of a plain recording stand in is known no better than by where their member starts.
            if fields != nil { offset = gzip.offset }
            memberStart = gzip.offset
            return try endMember(byteCount: byteCount, uncompressedByteCount: uncompressedByteCount)
        }
    }

    private func checkTotal() throws(ReelError) {
        guard contentOffset + content.count <= limits.totalByteCount else {
            throw ReelError(
                .limitExceeded, "more than the limit of \(limits.totalByteCount) bytes in all", offset: offset,
                section: "recording.md §9")
        }
    }

    // MARK: Members

    /// Where the member of a plain recording starts in which the content at a position stands.
    private func startOfPlainMember(at position: Int) -> Int {
        while plainMembers.count > 1, plainMembers[1].content <= position { plainMembers.removeFirst() }
        return plainMembers.first?.offset ?? offset
    }

    /// What is wrong with the member that is being read: of it, the offset is known to be that of its start.
    private func memberError(wrapping error: any Error) -> ReelError {
        var error = ReelError(wrapping: error).ofMember(at: memberStart)
        error.member = currentMember
        return error
    }

    private func memberError(
        _ reason: String, _ kind: ReelError.Kind = .malformedMember, _ section: String = "§5"
    ) -> ReelError {
        ReelError(
            kind, reason, offset: fields?.offset ?? offset, member: currentMember, section: "recording.md \(section)")
    }

    /// An error in what the member holds; or that the file ends before the member does, which counts before it.
    private func unlessCut(_ error: ReelError) throws -> ReelError {
        guard let fields else { return error }
        let end = fields.offset + fields.value.memberByteCount
        inputPosition = input.count
        while readByteCount < end, try readInput() { inputPosition = input.count }
        guard readByteCount < end else { return error }
        return memberError("the end of the file inside a member", .truncated, "§4.1")
    }

    private func checkContentLength(after header: MemberHeader) throws {
        guard let value = fields?.value else { return }
        do {
            try value.checkContentLength(after: header, limits: limits)
        } catch {
            throw error.located(at: memberStart, member: currentMember, event: nil)
        }
        // What the member declares is believed up to what the usual member has.
        content.reserveCapacity(content.count + min(value.uncompressedByteCount, FrameStream.usualMemberByteCount) + 1)
    }

    private func startMember(_ header: MemberHeader, at start: Int) throws -> Item? {
        memberCount += 1
        offset = start
        if ignoresFields {
            plainMembers.append((contentOffset + content.count, start))
            return nil
        }
        guard let value = try MemberFields(header, offset: start) else {
            guard container != .indexed else {
                throw memberError("a member without RL fields after members that have them")
            }
            plainMembers.append((contentOffset + content.count, start))
            return nil
        }
        guard memberCount == 1 || container == .indexed else {
            throw memberError("a member with RL fields after members without them")
        }
        container = .indexed
        fields = (value, start)
        gzip?.declaredEnd = start + value.memberByteCount
        // Whether the member may stand here comes before what it says of its content.
        startedHeader = header
        return .member(value, offset: start)
    }

    private func endMember(byteCount: Int, uncompressedByteCount: Int) throws -> Item? {
        guard let fields else { return nil }
        guard uncompressedByteCount == fields.value.uncompressedByteCount else {
            throw memberError(
                "a member that holds \(uncompressedByteCount) bytes and declares \(fields.value.uncompressedByteCount)")
        }
        if case .end(let indexOffset) = fields.value.kind {
            guard byteCount == MemberFields.endMemberByteCount else {
                throw memberError("an end member of \(byteCount) bytes, not \(MemberFields.endMemberByteCount)")
            }
            end = (indexOffset, fields.offset)
        }
        isMemberComplete = true
        return nil
    }
}

public import ExternalTerm
import GzipMembers

/// How a recording is written.
public struct WriterOptions: Hashable, Sendable {
    /// zlib's level, 0 to 9. 6 by default: the best that costs a running session nothing to speak of.
    public var level: Int
    /// When a member is full, in bytes before compression: 1 MiB by default, 32 MiB at the most.
    public var memberByteCount: Int
    /// When a batch of events is full, in bytes: 64 KiB by default, 32 MiB at the most; 0 makes every event a frame of
    /// its own.
    public var frameByteCount: Int
    /// Whether members start with keyframes where Spec/recording.md §7.3 wants them.
    public var writesKeyframes: Bool
    /// The most bytes of one event: what readers accept by default, 64 MiB less what a frame needs around it.
    public var eventByteCount: Int

    /// Creates options.
    public init(
        level: Int = 6, memberByteCount: Int = 1 << 20, frameByteCount: Int = 64 << 10, writesKeyframes: Bool = true,
        eventByteCount: Int = (64 << 20) - 16
    ) {
        self.level = min(max(level, 0), 9)
        // With one event more, both stay within what readers accept by default.
        self.memberByteCount = min(max(memberByteCount, 1), 32 << 20)
        self.frameByteCount = min(max(frameByteCount, 0), 32 << 20)
        self.writesKeyframes = writesKeyframes
        self.eventByteCount = eventByteCount
    }

    /// For recordings that are kept: the smallest form.
    public static let smallest = WriterOptions(level: 9)
}

/// Writes a recording, member by member, to any sink. Implements Spec/recording.md §4 to §7.
///
/// Memory is bounded by one member and the session's state. What has been written is a valid, unfinished recording after every
/// member; ``finish(reason:)`` adds the summary, the index and the end.
///
/// ```swift
/// let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "1", "view": "Shop"]))
/// try writer.append(offset: 0, kind: "mount", payload: .map(["assigns": .map(["count": 0])]))
/// try writer.append(offset: 40, kind: "render", payload: .map(["assigns": .map(["count": 1])]))
/// try writer.finish()
/// ```
public final class RecordingWriter {
    private var sink: any ByteSink
    private let encoder: MemberEncoder
    private var assembly: MemberAssembly
    private var isEnded = false
    /// Why the sink has taken only part of a member: nothing can follow that.
    private var failure: ReelError?

    /// What has been appended so far.
    public var summary: Summary { assembly.summary }

    /// Starts a recording. Nothing reaches the sink before the first member is full, or ``flush()``.
    ///
    /// - Throws: ``ReelError`` when no reader would take the header, or zlib has no memory.
    public convenience init(
        to sink: any ByteSink, header: Header, options: WriterOptions = WriterOptions()
    ) throws(ReelError) {
        do {
            self.init(
                to: sink, try MemberAssembly(header: header, options: options),
                encoder: try MemberEncoder(level: options.level))
        } catch {
            throw ReelError(wrapping: error)
        }
    }

    private init(to sink: any ByteSink, _ assembly: MemberAssembly, encoder: MemberEncoder) {
        self.sink = sink
        self.assembly = assembly
        self.encoder = encoder
    }

    /// Appends an event.
    ///
    /// - Parameters:
    ///   - offset: milliseconds from the session's start, 0 or more.
    ///   - kind: what kind of event it is.
    ///   - payload: what it carries; a map for all kinds that Spec/registry.md lists.
    /// - Throws: ``ReelError`` when the event is too large, or the sink fails.
    public func append(offset: Int, kind: Atom, payload: Term) throws(ReelError) {
        try checkOpen()
        try assembly.append(offset: offset, kind: kind, payload: payload)
        try writeFullMember()
    }

    /// Appends an event that has been read from another recording, in the canonical form.
    ///
    /// - Throws: ``ReelError`` when the event is too large, or the sink fails.
    public func append(_ event: Event) throws(ReelError) {
        try checkOpen()
        _ = try assembly.append(encoded: event.encoded.span, at: 0)
        try writeFullMember()
    }

    /// Appends the event that `body` writes: a valid term without a leading 131, in the canonical form.
    func append(_ body: (inout TermWriter) throws(ReelError) -> Void) throws(ReelError) {
        try checkOpen()
        try assembly.append(body)
        try writeFullMember()
    }

    private func checkOpen() throws(ReelError) {
        if let failure { throw failure }
        guard !isEnded else { throw ReelError(.inputOutput, "the recording has been finished") }
    }

    /// Starts a member with a keyframe like this one, because what has been appended does not add up to it.
    func resume(from keyframe: Keyframe) throws(ReelError) {
        try flush()
        assembly.resume(from: keyframe)
    }

    /// Writes what has been appended as a member, so that it is readable from now on.
    public func flush() throws(ReelError) {
        if let failure { throw failure }
        guard !isEnded, !assembly.isEmpty else { return }
        try write { (encoder) throws(ReelError) in try assembly.member(with: encoder) }
    }

    /// Ends the recording with its summary, its index and the end member.
    ///
    /// - Returns: the summary.
    @discardableResult
    public func finish(reason: Summary.Reason = .closed) throws(ReelError) -> Summary {
        if let failure { throw failure }
        guard !isEnded else { return summary }
        try write { (encoder) throws(ReelError) in try assembly.ending(reason: reason, with: encoder) }
        isEnded = true
        return summary
    }

    /// Ends the recording without a summary: it stays unfinished, and all that has been appended is readable.
    public func stop() throws(ReelError) {
        try flush()
        isEnded = true
    }

    private func writeFullMember() throws(ReelError) { if assembly.isFull { try flush() } }

    /// Gives the sink the members that `body` makes.
    private func write(_ body: (MemberEncoder) throws(ReelError) -> [UInt8]) throws(ReelError) {
        do {
            try sink.write(try body(encoder))
        } catch {
            let failure = ReelError(wrapping: error)
            self.failure = failure
            throw failure
        }
    }
}

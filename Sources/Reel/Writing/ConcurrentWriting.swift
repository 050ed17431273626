import FoundationEssentials
import GzipMembers

extension RecordingWriter {
    /// Writes a whole recording, the same bytes that a writer makes of the events one after the other, but compresses as many
    /// members at once as there are processors.
    ///
    /// ```swift
    /// let reader = try RecordingReader(InputFile("session.reel"))
    /// try await RecordingWriter.write(to: file, header: reader.header, options: .smallest) { try reader.next() }
    /// ```
    ///
    /// Memory is bounded by a member for each processor, and two more.
    ///
    /// - Parameters:
    ///   - reason: why the session ended; asked after the last event.
    ///   - next: the next event, in the canonical form, or nil after the last one.
    /// - Returns: the summary.
    /// - Throws: ``ReelError`` when an event is too large, the sink fails, or `next` does.
    @discardableResult
    public static func write(
        to sink: any ByteSink, header: Header, options: WriterOptions = WriterOptions(),
        reason: () -> Summary.Reason = { .closed }, events next: () throws -> Event?
    ) async throws(ReelError) -> Summary {
        try await write(to: sink, header: header, options: options, reason: reason) { assembly in
            guard let event = try next() else { return false }
            _ = try assembly.append(encoded: event.encoded.span, at: 0)
            return true
        }
    }

    /// The same, of the events that `next` appends until it returns false.
    static func write(
        to sink: any ByteSink, header: Header, options: WriterOptions, reason: () -> Summary.Reason,
        appending next: (inout MemberAssembly) throws -> Bool
    ) async throws(ReelError) -> Summary {
        do {
            var assembly = try MemberAssembly(header: header, options: options)
            var sink = sink
            try await withThrowingTaskGroup(of: CompressedMember.self) { group in
                var queue = MemberQueue()
                while try next(&assembly) {
                    guard assembly.isFull else { continue }
                    if queue.count > MemberQueue.processorCount, let member = try await group.next() {
                        try queue.take(member, of: &assembly, to: &sink)
                    }
                    let (filled, number) = (assembly.take(), queue.add())
                    let level = options.level
                    group.addTask { try CompressedMember(filled, number: number, encoder: MemberEncoder(level: level)) }
                }
                while let member = try await group.next() { try queue.take(member, of: &assembly, to: &sink) }
            }
            try sink.write(try assembly.ending(reason: reason(), with: MemberEncoder(level: options.level)))
            return assembly.summary
        } catch {
            throw ReelError(wrapping: error)
        }
    }
}

/// A member that has been compressed, before or after those around it.
private struct CompressedMember: Sendable {
    let number: Int
    let fields: MemberFields.DataFields
    let bytes: [UInt8]

    init(_ member: FilledMember, number: Int, encoder: MemberEncoder) throws(ReelError) {
        self.number = number
        fields = member.fields
        bytes = try member.compressed(with: encoder)
    }
}

/// The members that are being compressed, or wait for one before them.
private struct MemberQueue {
    static let processorCount = max(ProcessInfo.processInfo.activeProcessorCount, 1)

    private var addedCount = 0
    private var writtenCount = 0
    private var waiting: [Int: CompressedMember] = [:]

    /// How many have not been written yet.
    var count: Int { addedCount - writtenCount }

    /// Adds a member, and returns its number.
    mutating func add() -> Int {
        addedCount += 1
        return addedCount - 1
    }

    /// Writes a member that has been compressed, and those that have waited for it, when it is their turn.
    mutating func take(
        _ member: CompressedMember, of assembly: inout MemberAssembly, to sink: inout any ByteSink
    ) throws {
        waiting[member.number] = member
        while let next = waiting.removeValue(forKey: writtenCount) {
            try sink.write(next.bytes)
            assembly.note(next.fields, byteCount: next.bytes.count)
            writtenCount += 1
        }
    }
}

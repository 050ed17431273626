import ExternalTerm
import GzipMembers

/// What a recording that was cut short lacks: the members that finish it. Implements Spec/recording.md §4.4.
///
/// ```swift
/// let file = try RecordingFile(bytes)
/// let ending = try RecordingEnding(of: file, reason: .interrupted)
/// let finished = bytes.prefix(ending.offset) + ending.members
/// ```
public struct RecordingEnding: Sendable {
    /// Where the members belong: after the last data member that is whole. What follows there is to be cut off.
    public let offset: Int
    /// A member with the summary, unless the recording has one, an index, and the end.
    public let members: [UInt8]
    /// The recording's summary.
    public let summary: Summary

    /// Makes the end of a recording, all of whose events are read for it.
    ///
    /// - Throws: ``ReelError`` when a member is damaged, or the recording is not one of members without an end.
    public init(of file: RecordingFile, reason: Summary.Reason = .interrupted) throws(ReelError) {
        guard file.layout == .unfinished, let last = file.entries.last else {
            throw ReelError(.inputOutput, "the recording is not unfinished: it has an end, or no members")
        }
        var entries = file.entries
        var members: [UInt8] = []
        do {
            let encoder = try MemberEncoder(level: 6)
            func append(_ frame: [UInt8]?, _ fields: (Int) -> MemberFields.Kind) throws {
                let content =
                    frame.map { frame in
                        (0..<4).map { UInt8(truncatingIfNeeded: frame.count >> (24 - 8 * $0)) } + frame
                    } ?? []
                var member = MemberFields(version: .current, memberByteCount: 0, kind: fields(content.count))
                let headerByteCount = member.header.byteCount
                try encoder.encode(content.span, appendingTo: &members) { compressedByteCount in
                    member.memberByteCount = headerByteCount + compressedByteCount + 8
                    return member.header
                }
            }
            offset = last.offset + last.byteCount
            if let summary = try file.summary {
                self.summary = summary
            } else {
                var summary = try RecordingEnding.count(file)
                summary.reason = reason
                self.summary = summary
                var fields = MemberFields.DataFields(firstEvent: last.endEvent)
                fields.hasFinish = true
                try append(summary.term.external) { byteCount in
                    fields.uncompressedByteCount = byteCount
                    return .data(fields)
                }
                entries.append(IndexEntry(offset: offset, byteCount: members.count, fields: fields))
            }
            let indexOffset = entries.count == 1 ? 0 : offset + members.count
            if entries.count != 1 {
                try append(Index.term(entries).external) { .index(uncompressedByteCount: $0) }
            }
            try append(nil) { _ in .end(indexOffset: indexOffset) }
        } catch {
            throw ReelError(wrapping: error)
        }
        self.members = members
    }

    private static func count(_ file: RecordingFile) throws(ReelError) -> Summary {
        var summary = Summary()
        try file.forEachEvent { (event) throws(ReelError) in
            do {
                try summary.count(
                    EventHead(offset: event.offset, kind: event.kind, payload: event.payloadRange),
                    of: event.encoded.span)
            } catch {
                throw ReelError(wrapping: error)
            }
            return true
        }
        return summary
    }
}

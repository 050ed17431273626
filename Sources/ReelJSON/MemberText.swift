import FoundationEssentials
import Reel

/// The text of a data member's events, found by several tasks at once.
struct MemberText: Sendable {
    /// The events, with commas between them or, in lines, each with its line feed.
    var text: [UInt8] = []
    var eventCount = 0

    /// How many tasks there is work for.
    static let processorCount = max(ProcessInfo.processInfo.activeProcessorCount, 1)
    /// Less than this is not worth a task.
    private static let worthwhile = 48 << 10

    /// Writes the events of a member.
    ///
    /// - Parameter taskCount: how many tasks to divide the work among.
    /// - Returns: nil when there is anything about the member that has to be seen by the reader that goes step by step.
    static func of(
        _ members: DataMembers, at position: Int, style: JSONStyle, writesLines: Bool, taskCount: Int
    ) async -> MemberText? {
        guard let member = members.member(at: position) else { return nil }
        async let matchesChecksum = member.matchesChecksum()
        let shares = shares(of: member, among: taskCount)
        let parts = await withTaskGroup(of: (Int, Part?).self) { group in
            for (index, share) in shares.enumerated() {
                group.addTask { (index, part(of: member, share, members.depth, style, writesLines)) }
            }
            var parts = [Part?](repeating: nil, count: shares.count)
            for await (index, part) in group { parts[index] = part }
            return parts
        }
        var result = MemberText()
        var visited: [VisitedEvents?] = []
        for part in parts {
            guard let part else { return nil }
            visited += part.visited
            if part.text.isEmpty { continue }
            if result.text.isEmpty {
                result.text = part.text
            } else {
                if !writesLines { result.text.append(UInt8(ascii: ",")) }
                result.text += part.text
            }
        }
        guard await matchesChecksum, member.isSound(visited) else { return nil }
        result.eventCount = visited.reduce(0) { $0 + ($1?.count ?? 0) }
        return result
    }

    /// What one task has made of its frames.
    private struct Part: Sendable {
        var text: [UInt8]
        var visited: [VisitedEvents?]
    }

    /// Frames one after the other, about as many bytes for each task.
    private static func shares(of member: VisitedMember, among taskCount: Int) -> [Range<Int>] {
        let target = max(member.content.count / max(taskCount, 1), worthwhile)
        var shares: [Range<Int>] = []
        var first = 0
        var byteCount = 0
        for (index, frame) in member.frames.enumerated() {
            byteCount += frame.count
            if byteCount >= target || index == member.frames.count - 1 {
                shares.append(first..<index + 1)
                first = index + 1
                byteCount = 0
            }
        }
        return shares
    }

    private static func part(
        of member: VisitedMember, _ share: Range<Int>, _ depth: Int, _ style: JSONStyle, _ writesLines: Bool
    ) -> Part? {
        var transcoder = EventTranscoder(style: style, writesLines: writesLines)
        var json = JSONWriter(style: style)
        var visited: [VisitedEvents?] = []
        let content = member.content.span
        for frame in member.frames[share] {
            let term = content.extracting(frame)
            // Only lists are events that come many at a time; what else there is, is for the reader to see.
            if term.count > 1, term[1] == CommonTag.list {
                guard let events = transcoder.write(term, depth: depth, to: &json) else { return nil }
                visited.append(events)
            } else {
                visited.append(nil)
            }
        }
        return Part(text: json.bytes, visited: visited)
    }
}

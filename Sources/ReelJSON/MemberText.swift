import FoundationEssentials
import Reel
import Synchronization

/// The text of a data member's events, found by several tasks at once.
struct MemberText: Sendable {
    /// The text of each frame's events, in order: with a comma before each event but the recording's first or, in lines,
    /// with a line feed behind each event.
    var pieces: [[UInt8]] = []
    var eventCount = 0
    /// The summary, when the member holds it.
    var summary: Summary?

    /// How many tasks there is work for.
    static let processorCount = max(ProcessInfo.processInfo.activeProcessorCount, 1)

    /// Writes the events of a member.
    ///
    /// - Parameter taskCount: how many tasks to divide the work among.
    /// - Returns: nil when there is anything about the member that has to be seen by the reader that goes step by step.
    static func of(
        _ members: DataMembers, at position: Int, with tools: TranscodingTools, taskCount: Int
    ) async -> MemberText? {
        guard let member = members.member(at: position, into: tools.memoryForContent()) else { return nil }
        let jobs = JobQueue(count: member.frames.count + 1)
        let workerCount = min(taskCount, member.frames.count)
        var parts: [Part?] = []
        if workerCount > 1 {
            parts = await withTaskGroup(of: Part?.self) { group in
                for _ in 0..<workerCount {
                    group.addTask { part(of: member, at: position, jobs, depth: members.depth, tools) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        } else {
            parts = [part(of: member, at: position, jobs, depth: members.depth, tools)]
        }
        guard let text = MemberText(parts, of: member) else { return nil }
        tools.giveBack(content: member.content)
        return text
    }

    /// Puts together what the tasks have made.
    private init?(_ parts: [Part?], of member: VisitedMember) {
        var visited = [VisitedEvents?](repeating: nil, count: member.frames.count)
        pieces = [[UInt8]](repeating: [], count: member.frames.count)
        for part in parts {
            guard let part else { return nil }
            for frame in part.frames {
                visited[frame.index] = frame.events
                pieces[frame.index] = frame.text
            }
        }
        guard let tally = member.tally(visited) else { return nil }
        (eventCount, summary) = tally
    }

    /// What one task has made of its frames.
    private struct Part: Sendable {
        var frames: [(index: Int, events: VisitedEvents, text: [UInt8])] = []
    }

    /// Takes jobs as long as there are any: each frame is one, and the checksum is the last.
    private static func part(
        of member: VisitedMember, at position: Int, _ jobs: JobQueue, depth: Int, _ tools: TranscodingTools
    ) -> Part? {
        var part = Part()
        var transcoder = tools.transcoder()
        let content = member.content.span
        let firstEvents = position > 0 ? nil : member.frames.firstIndex { isList(content.extracting($0)) }
        while let index = jobs.next() {
            guard index < member.frames.count else {
                guard member.matchesChecksum() else { return nil }
                break
            }
            let term = content.extracting(member.frames[index])
            // Only lists are events that come many at a time; what else there is, is for the reader to see.
            guard isList(term) else { continue }
            var json = tools.writer(isBehindElement: index != firstEvents)
            guard let events = transcoder.write(term, depth: depth, to: &json) else { return nil }
            part.frames.append((index, events, json.finished()))
        }
        tools.giveBack(transcoder)
        return part
    }

    private static func isList(_ term: Span<UInt8>) -> Bool { term.count > 1 && term[1] == CommonTag.list }
}

/// The jobs that no task has taken yet.
private final class JobQueue: Sendable {
    private let count: Int
    private let taken = Atomic(0)

    init(count: Int) { self.count = count }

    /// The index of the next one.
    func next() -> Int? {
        let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }
}

/// What tasks need for their work and leave to the next one: transcoders, which remember what they have written, and memory.
final class TranscodingTools: Sendable {
    private let mapping: JSONMapping
    private let style: JSONStyle
    private let writesLines: Bool
    private let transcoders = Mutex<[EventTranscoder]>([])
    /// What members hold is larger than their frames' text: memory of the one kind is not taken for the other.
    private let contents = Mutex<[[UInt8]]>([])
    private let texts = Mutex<[[UInt8]]>([])

    init(mapping: JSONMapping, style: JSONStyle, writesLines: Bool) {
        self.mapping = mapping
        self.style = style
        self.writesLines = writesLines
    }

    func transcoder() -> EventTranscoder {
        transcoders.withLock { $0.popLast() }
            ?? EventTranscoder(mapping: mapping, style: style, writesLines: writesLines)
    }

    func giveBack(_ transcoder: consuming EventTranscoder) {
        let transcoder = transcoder
        transcoders.withLock { $0.append(transcoder) }
    }

    func memoryForContent() -> [UInt8] { contents.withLock { $0.popLast() } ?? [] }

    func giveBack(content: consuming [UInt8]) {
        let content = content
        contents.withLock { $0.append(content) }
    }

    /// A writer of events, which in a document are the elements of an object's array.
    ///
    /// - Parameter isBehindElement: whether others come before them.
    func writer(isBehindElement: Bool) -> JSONWriter {
        JSONWriter(
            style: style, depth: writesLines ? 0 : 2, isBehindElement: isBehindElement && !writesLines,
            in: texts.withLock { $0.popLast() } ?? [])
    }

    func giveBack(text: consuming [UInt8]) {
        let text = text
        texts.withLock { $0.append(text) }
    }
}

import ExternalTerm
import FoundationEssentials
import Reel
import Synchronization

/// The text of a data member's events, found by several tasks at once.
struct MemberText: Sendable {
    /// The text of the events, some frames' a piece, in order: with a comma before each event but the recording's first or, in
    /// lines, with a line feed after each event.
    private var pieces: [[UInt8]] = []
    /// How many pieces have been taken.
    private var takenCount = 0
    var eventCount = 0
    /// The summary, when the member holds it.
    var summary: Summary?

    /// The next piece, which nobody else has then: its memory can be used again.
    mutating func takePiece() -> [UInt8]? {
        guard takenCount < pieces.count else { return nil }
        var piece: [UInt8] = []
        swap(&piece, &pieces[takenCount])
        takenCount += 1
        return piece
    }

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
        let jobs = JobQueue(TranscodingJob.jobs(of: member, taskCount: taskCount))
        let workerCount = min(taskCount, jobs.pieceCount)
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
        guard let text = MemberText(parts, of: member, pieceCount: jobs.pieceCount) else { return nil }
        tools.giveBack(content: member.content)
        return text
    }

    /// Puts together what the tasks have made.
    private init?(_ parts: [Part?], of member: VisitedMember, pieceCount: Int) {
        var visited = [VisitedEvents?](repeating: nil, count: member.frames.count)
        pieces = [[UInt8]](repeating: [], count: pieceCount)
        for part in parts {
            guard let part else { return nil }
            for frame in part.frames { visited[frame.index] = frame.events }
            for piece in part.pieces { pieces[piece.index] = piece.text }
        }
        guard let tally = member.tally(visited) else { return nil }
        (eventCount, summary) = tally
    }

    /// What one task has made.
    private struct Part: Sendable {
        var frames: [(index: Int, events: VisitedEvents)] = []
        var pieces: [(index: Int, text: [UInt8])] = []
    }

    /// Takes jobs as long as there are any.
    private static func part(
        of member: VisitedMember, at position: Int, _ jobs: JobQueue, depth: Int, _ tools: TranscodingTools
    ) -> Part? {
        var part = Part()
        var transcoder = tools.transcoder()
        let content = member.content.span
        let firstEvents = position > 0 ? nil : member.frames.firstIndex { isList(content.extracting($0)) }
        while let job = jobs.next() {
            switch job {
            case .checksum: guard member.matchesChecksum() else { return nil }
            case .piece(let index, let frames, let byteCount):
                var json = tools.writer(
                    isBehindElement: firstEvents.map { !frames.contains($0) } ?? true, byteCount: byteCount)
                for frame in frames {
                    let term = content.extracting(member.frames[frame])
                    // Only lists are events that come many at a time; what else there is, is for the reader to see.
                    guard isList(term) else { continue }
                    guard let events = transcoder.write(term, depth: depth, to: &json) else { return nil }
                    part.frames.append((frame, events))
                }
                part.pieces.append((index, json.finished()))
            }
        }
        tools.giveBack(transcoder)
        return part
    }

    private static func isList(_ term: Span<UInt8>) -> Bool { term.count > 1 && term[1] == Tag.list }
}

/// Something about a member that has to be done.
private enum TranscodingJob {
    /// The frames with these indices are written, which take so many bytes.
    case piece(index: Int, frames: Range<Int>, byteCount: Int)
    /// The checksum is compared.
    case checksum

    /// All that there is to do: a piece a frame when several tasks share them, and else pieces that memory is not wasted on.
    static func jobs(of member: VisitedMember, taskCount: Int) -> [TranscodingJob] {
        let pieceByteCount = taskCount > 1 ? 0 : 128 << 10
        var jobs: [TranscodingJob] = []
        var (first, byteCount) = (0, 0)
        for (index, frame) in member.frames.enumerated() {
            byteCount += frame.count
            guard byteCount >= pieceByteCount || index == member.frames.count - 1 else { continue }
            jobs.append(.piece(index: jobs.count, frames: first..<index + 1, byteCount: byteCount))
            (first, byteCount) = (index + 1, 0)
        }
        return jobs + [.checksum]
    }
}

/// The jobs that no task has taken yet.
private final class JobQueue: Sendable {
    private let jobs: [TranscodingJob]
    private let taken = Atomic(0)

    init(_ jobs: [TranscodingJob]) { self.jobs = jobs }

    /// How many of them are pieces.
    var pieceCount: Int { jobs.count - 1 }

    /// The next one.
    func next() -> TranscodingJob? {
        let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < jobs.count ? jobs[index] : nil
    }
}

/// What tasks need for their work and leave to the next one: transcoders, which remember what they have written, and memory.
final class TranscodingTools: Sendable {
    private let options: RecordingJSONOptions
    private let transcoders = Mutex<[EventTranscoder]>([])
    /// What members hold is larger than their frames' text: memory of the one kind is not taken for the other.
    private let contents = Mutex<[[UInt8]]>([])
    private let texts = Mutex<[[UInt8]]>([])

    init(_ options: RecordingJSONOptions) { self.options = options }

    func transcoder() -> EventTranscoder { transcoders.withLock { $0.popLast() } ?? EventTranscoder(options) }

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
    /// - Parameters:
    ///   - isBehindElement: whether others come before them.
    ///   - byteCount: how many bytes they take as terms.
    func writer(isBehindElement: Bool, byteCount: Int) -> JSONWriter {
        var memory = texts.withLock { $0.popLast() } ?? []
        // Most text is about as long.
        memory.reserveCapacity(byteCount + byteCount / 4)
        return JSONWriter(
            style: options.eventStyle, depth: options.writesLines ? 0 : 2,
            isBehindElement: isBehindElement && !options.writesLines, in: memory)
    }

    func giveBack(text: consuming [UInt8]) {
        let text = text
        texts.withLock { $0.append(text) }
    }
}

import ExternalTerm
import Foundation
import Measured
import Reel
import ReelJSON
import Synchronization
import SystemPackage

/// Numbers from 0 on, each for whoever asks first.
private final class Turns: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
}

/// A recording of many members in a file, and what is done with it.
struct LargeRecording {
    let path: String

    private func open() throws -> InputFile { try InputFile(FilePath(path)) }

    // MARK: One processor

    func readEvents() throws {
        let reader = try RecordingReader(open())
        while try reader.next() != nil {}
    }

    func readTerms() throws {
        let reader = try RecordingReader(open())
        var terms = TermReader()
        while let event = try reader.next() { _ = try event.payload(with: &terms) }
    }

    func writeJSON() throws {
        let reader = try RecordingReader(open())
        let writer = try RecordingJSONWriter(to: NullSink(), header: reader.header)
        try writer.write(contentsOf: reader)
        try writer.finish(summary: reader.summary)
    }

    func rewrite() throws {
        let reader = try RecordingReader(open())
        let writer = try RecordingWriter(to: NullSink(), header: reader.header)
        while let event = try reader.next() { try writer.append(event) }
        try writer.finish()
    }

    // MARK: All processors

    func readEventsAtOnce() async throws { try await forEachEventAtOnce { { _ in } } }

    func readTermsAtOnce() async throws {
        try await forEachEventAtOnce {
            var terms = TermReader()
            return { _ = try $0.payload(with: &terms) }
        }
    }

    func writeJSONAtOnce() async throws { try await RecordingJSONWriter.write(open(), to: NullSink()) }

    func rewriteAtOnce() async throws {
        let reader = try RecordingReader(open())
        try await RecordingWriter.write(to: NullSink(), header: reader.header) { try reader.next() }
    }

    /// Reads every event, in as many tasks as there are processors: each has the recording open, does with its events what `body`
    /// has made for it, and takes the next member that nobody has taken.
    private func forEachEventAtOnce(_ body: @escaping @Sendable () -> (Event) throws -> Void) async throws {
        let turns = Turns()
        try await withThrowingTaskGroup { group in
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                group.addTask {
                    let file = try RecordingFile(open())
                    let body = body()
                    while true {
                        let position = turns.next()
                        guard position < file.entries.count else { return }
                        let member = file.entries[position]
                        guard member.eventCount > 0 else { continue }
                        var failure: (any Error)?
                        try file.forEachEvent(from: member.firstEvent) { event in
                            do { try body(event) } catch { failure = error }
                            return failure == nil && event.index + 1 < member.endEvent
                        }
                        if let failure { throw failure }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    // MARK: One place

    /// What a look at one place took.
    struct Look {
        var time: Duration
        /// How many members were inflated, the index included.
        var memberCount: Int
    }

    /// What the worst of `count` places takes, spread over the recording, each at its best of `rounds` tries, from opening
    /// the file on.
    func look(
        at count: Int, rounds: Int, _ body: (RecordingFile, _ event: Int) throws -> Void
    ) throws -> Look {
        let eventCount = try RecordingFile(open()).eventCount
        var worst = Look(time: .zero, memberCount: 0)
        for place in 0..<count {
            let event = (2 * place + 1) * eventCount / (2 * count)
            var best: Duration?
            for _ in 0..<rounds {
                var memberCount = 0
                let time = try ContinuousClock().measure {
                    let file = try RecordingFile(open())
                    try body(file, event)
                    memberCount = file.inflatedMemberCount
                }
                best = min(best ?? time, time)
                worst.memberCount = max(worst.memberCount, memberCount)
            }
            worst.time = max(worst.time, best ?? .zero)
        }
        return worst
    }
}

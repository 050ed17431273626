import ExternalTerm
import GzipMembers
import Reel
import ReelStore

/// Makes members of what sessions have recorded. There are a few of these for all sessions: each has compressors, which no session
/// has.
actor MemberMaker {
    private nonisolated let executor: QueueExecutor
    private let level: Int
    private var encoder: MemberEncoder?
    private var smallestEncoder: MemberEncoder?

    init(level: Int, number: Int) {
        self.level = level
        executor = QueueExecutor(label: "reel.recorder.\(number)")
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.reference }

    /// Members, and what the recording adds up to with them.
    struct Made: Sendable {
        var assembly: MemberAssembly
        var members: [UInt8]
    }

    /// Makes members of a running session's events.
    func members(of events: [[UInt8]], for assembly: MemberAssembly) throws(ReelError) -> Made {
        let encoder = try runningEncoder()
        var made = Made(assembly: assembly, members: [])
        try made.append(events, with: encoder)
        if !made.assembly.isEmpty { made.members += try made.assembly.member(with: encoder) }
        made.assembly.releaseMemory()
        return made
    }

    /// Makes the last members of a session's recording.
    func ending(
        of events: [[UInt8]], for assembly: MemberAssembly, reason: Summary.Reason
    ) throws(ReelError) -> Made {
        let encoder = try runningEncoder()
        var made = Made(assembly: assembly, members: [])
        try made.append(events, with: encoder)
        made.members += try made.assembly.ending(reason: reason, with: encoder)
        return made
    }

    /// Makes the whole recording of a session, in its smallest form.
    func recording(of events: [[UInt8]], header: Header, reason: Summary.Reason) throws(ReelError) -> Made {
        let encoder = try encoderForSmallest()
        var made = Made(assembly: try MemberAssembly(header: header, options: .smallest), members: [])
        try made.append(events, with: encoder)
        made.members += try made.assembly.ending(reason: reason, with: encoder)
        return made
    }

    /// Rewrites a finished recording in its smallest form; its bytes are read here.
    func compacted(_ content: any StoredContent, dropped: [Atom: Int]) throws -> [UInt8] {
        let encoder = try encoderForSmallest()
        let file = try RecordingFile(content)
        var made = Made(
            assembly: try MemberAssembly(
                header: try file.header.noting(dropped: dropped).naming(nil), options: .smallest),
            members: [])
        try file.forEachEvent { (event) throws(ReelError) in
            _ = try made.assembly.append(encoded: event.encoded.span, at: 0)
            if made.assembly.isFull { made.members += try made.assembly.member(with: encoder) }
            return true
        }
        made.members += try made.assembly.ending(reason: try file.summary?.reason ?? .closed, with: encoder)
        return made.members
    }

    private func runningEncoder() throws(ReelError) -> MemberEncoder {
        if let encoder { return encoder }
        let encoder = try MemberMaker.encoder(level)
        self.encoder = encoder
        return encoder
    }

    private func encoderForSmallest() throws(ReelError) -> MemberEncoder {
        if let smallestEncoder { return smallestEncoder }
        let encoder = try MemberMaker.encoder(WriterOptions.smallest.level)
        smallestEncoder = encoder
        return encoder
    }

    private static func encoder(_ level: Int) throws(ReelError) -> MemberEncoder {
        do {
            return try MemberEncoder(level: level)
        } catch {
            throw ReelError(.inputOutput, "no memory for a compressor: \(error)")
        }
    }
}

extension MemberMaker.Made {
    /// Appends events that stand one after the other, making members of those that are full.
    fileprivate mutating func append(_ pieces: [[UInt8]], with encoder: MemberEncoder) throws(ReelError) {
        for events in pieces {
            var position = 0
            while position < events.count {
                position = try assembly.append(encoded: events.span, at: position)
                if assembly.isFull { members += try assembly.member(with: encoder) }
            }
        }
    }
}

extension Header {
    /// The header with the process that records the session, or without one.
    func naming(_ process: ProcessIdentity?) -> Header {
        var header = self
        header.fields[atom: ProcessIdentity.key] = process?.term
        return header
    }

    /// The header with how many events of each kind were left out.
    func noting(dropped: [Atom: Int]) -> Header {
        guard !dropped.isEmpty else { return self }
        var header = self
        header.fields[atom: "dropped"] = .map(
            TermMap(dropped.map { TermMap.Pair(.string($0.key.name), .integer($0.value)) }))
        return header
    }
}

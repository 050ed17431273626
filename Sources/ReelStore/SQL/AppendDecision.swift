import Reel

/// What a database knows of a recording that is appended to.
package struct StoredState: Sendable {
    /// The recording's own number, which no other one ever has.
    package var key: Int64
    package var recording: StoredRecording
    /// Whether the finish frame is there, though perhaps not the end.
    package var hasFinish: Bool

    package init(key: Int64, recording: StoredRecording, hasFinish: Bool) {
        self.key = key
        self.recording = recording
        self.hasFinish = hasFinish
    }
}

/// What appending to a recording in a database comes to, the same in each.
package enum AppendDecision: Sendable {
    /// The bytes are there already, if those that the database has at this place are the same.
    case compare(StoredState)
    /// This is to be written, after what is there.
    case write(StoredRecording, hasFinish: Bool)

    /// Decides, without touching the database.
    ///
    /// - Parameter state: what the database has of the recording, or nil.
    package init(
        _ members: [UInt8], to id: RecordingID, at offset: Int, state: StoredState?, now: Int
    ) throws(StoreError) {
        guard offset >= 0 else { throw StoreError(.conflict, "a recording has no bytes before 0", storedByteCount: 0) }
        guard let state else {
            guard offset == 0 else { throw .conflict(id, at: offset, has: 0, finished: false) }
            var tally = MemberTally()
            try tally.take(members, of: id)
            guard let header = tally.header else {
                throw StoreError(.invalidRecording, "'\(id)': a recording without a member")
            }
            self = .write(
                StoredRecording(id: id, header: header, tally: tally, savedAt: now), hasFinish: tally.hasSummary)
            return
        }
        let recording = state.recording
        let conflict = StoreError.conflict(
            id, at: offset, has: recording.byteCount, finished: recording.isFinished)
        if offset < recording.byteCount || recording.isFinished || members.isEmpty {
            guard offset <= recording.byteCount, members.count <= recording.byteCount - offset else { throw conflict }
            self = .compare(state)
            return
        }
        guard offset == recording.byteCount else { throw conflict }
        var tally = MemberTally(
            continuing: recording.summary, byteCount: recording.byteCount, hasFinish: state.hasFinish)
        try tally.take(members, of: id)
        var grown = recording
        grown.savedAt = now
        grown.byteCount = tally.byteCount
        grown.isFinished = tally.isFinished
        grown.summary = tally.summary
        grown.summary.keepShownNames()
        self = .write(grown, hasFinish: tally.hasSummary)
    }

    /// The most bytes of a part: what is read to get at a few bytes.
    package static let partByteCount = 256 << 10

    /// Cuts members into the parts that a database keeps them in, each with its place in the recording.
    package static func parts(of members: [UInt8], at offset: Int) -> [(position: Int, bytes: ArraySlice<UInt8>)] {
        stride(from: 0, to: members.count, by: partByteCount).map { start in
            (offset + start, members[start..<min(start + partByteCount, members.count)])
        }
    }

    /// Puts a range together from the parts that it lies in.
    package static func bytes(
        in range: Range<Int>, of parts: [(position: Int, bytes: [UInt8])], _ id: RecordingID
    ) throws(StoreError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        for part in parts {
            let start = range.lowerBound + bytes.count - part.position
            // A part that is missing: the recording has been deleted meanwhile.
            guard start >= 0, start <= part.bytes.count else { throw .notFound(id) }
            bytes += part.bytes[start..<min(part.bytes.count, start + range.count - bytes.count)]
        }
        guard bytes.count == range.count else { throw .notFound(id) }
        return bytes
    }
}

extension MemberTally {
    /// Whether the finish frame has been counted.
    fileprivate var hasSummary: Bool { isAtEnd || isFinished }

    fileprivate mutating func take(_ members: [UInt8], of id: RecordingID) throws(StoreError) {
        do throws(ReelError) {
            try add(members)
        } catch {
            throw StoreError(invalid: id, error)
        }
    }
}

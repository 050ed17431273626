package import Reel

/// Another form of a recording that is to take its place: checked to its end before a store touches anything.
package struct Replacement: Sendable {
    private let id: RecordingID
    private let bytes: any RandomAccessBytes
    private let header: Header
    private let tally: MemberTally

    /// Reads the new form, member by member.
    package init(_ bytes: any RandomAccessBytes, of id: RecordingID) throws(StoreError) {
        var tally = MemberTally()
        if let error = tally.addAll(of: bytes) { throw StoreError(invalid: id, error) }
        guard tally.isFinished, let header = tally.header else {
            throw StoreError(.invalidRecording, "'\(id)': what is to replace it has no end")
        }
        self.id = id
        self.bytes = bytes
        self.header = header
        self.tally = tally
    }

    /// What replacing comes to, the same in each store.
    package enum Decision: Sendable {
        /// The new form is there already, if the bytes that the store has are the same.
        case compare
        /// This is to be written in place of what is there.
        case write(StoredRecording)
    }

    /// Decides, without touching the store.
    ///
    /// - Parameters:
    ///   - recording: what the store has.
    ///   - hasEnd: whether nobody appends to it any more.
    package func decision(
        over recording: StoredRecording, hasEnd: Bool, ifByteCount byteCount: Int
    ) throws(StoreError) -> Decision {
        guard hasEnd else {
            throw StoreError(
                .conflict, "'\(id)' has no end yet: only a finished recording is replaced",
                storedByteCount: recording.byteCount)
        }
        guard recording.byteCount == byteCount else {
            guard recording.byteCount == bytes.byteCount else { throw changed(recording) }
            return .compare
        }
        // The store has not been given anything new, so the time of that stays.
        let new = StoredRecording(id: id, header: header, tally: tally, savedAt: recording.savedAt)
        guard recording.damage == nil, new.eventCount == recording.eventCount, new.view == recording.view,
            new.url == recording.url, new.connectedAt == recording.connectedAt
        else {
            throw StoreError(
                .invalidRecording,
                "'\(id)': what is to replace it is another recording, of \(new.eventCount) events instead of"
                    + " \(recording.eventCount)\(recording.damage.map { ", or this one is damaged: \($0)" } ?? "")")
        }
        return .write(new)
    }

    /// The error of a recording that is no longer what the caller has read.
    package func changed(_ recording: StoredRecording) -> StoreError {
        StoreError(
            .conflict, "'\(id)' has \(recording.byteCount) bytes by now, and is not replaced",
            storedByteCount: recording.byteCount)
    }

    /// Calls `body` with the new form's bytes, part by part, and where each part starts.
    package func forEachPart(_ body: (_ position: Int, _ bytes: [UInt8]) throws -> Void) throws {
        for start in stride(from: 0, to: bytes.byteCount, by: AppendDecision.partByteCount) {
            let end = min(start + AppendDecision.partByteCount, bytes.byteCount)
            do {
                try body(start, try bytes.read(start..<end))
            } catch let error as ReelError {
                throw StoreError(invalid: id, error)
            }
        }
    }

    /// Whether the new form's bytes are those that `read` gives.
    package func isSame(_ read: (Range<Int>) throws -> [UInt8]) throws -> Bool {
        var isSame = true
        try forEachPart { position, bytes in
            if isSame { isSame = try read(position..<position + bytes.count) == bytes }
        }
        return isSame
    }
}

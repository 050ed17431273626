extension RecordingChange {
    /// The change as stores pass it from one process to another: a line of words.
    package var text: String {
        switch self {
        case .appended(let id, let byteCount, let eventCount): "appended \(id) \(byteCount) \(eventCount)"
        case .finished(let id): "finished \(id)"
        case .replaced(let id, let byteCount): "replaced \(id) \(byteCount)"
        case .deleted(let id): "deleted \(id)"
        case .unknown: "everything"
        }
    }

    /// Reads a change. One that only a later version knows may be any.
    package init(text: some StringProtocol) {
        let words = text.split(separator: " ")
        self = .unknown
        guard words.count >= 2, let id = RecordingID(validating: words[1]) else { return }
        let numbers = words.dropFirst(2).compactMap { Int($0) }
        switch (words[0], numbers.count, words.count) {
        case ("appended", 2, 4): self = .appended(id, byteCount: numbers[0], eventCount: numbers[1])
        case ("finished", 0, 2): self = .finished(id)
        case ("replaced", 1, 3): self = .replaced(id, byteCount: numbers[0])
        case ("deleted", 0, 2): self = .deleted(id)
        default: return
        }
    }

    /// What appending has come to.
    package static func appending(_ recording: StoredRecording) -> [RecordingChange] {
        let appended = RecordingChange.appended(
            recording.id, byteCount: recording.byteCount, eventCount: recording.eventCount)
        return recording.isFinished ? [appended, .finished(recording.id)] : [appended]
    }
}

import Reel
import ReelStore
import Synchronization

/// The devices of recordings that have been listed. A list does not say them, so each recording's header is read once.
final class DeviceCache: Sendable {
    /// A recording, and not another one that has its id later.
    private struct Key: Hashable {
        var id: RecordingID
        var connectedAt: Int?

        init(_ recording: StoredRecording) {
            id = recording.id
            connectedAt = recording.connectedAt
        }
    }

    /// The most recordings that are remembered.
    private static let most = 20_000
    /// The most bytes of a recording that are read for its header.
    private static let mostBytes = 64 << 10

    private let names = Mutex<[Key: String?]>([:])

    /// The devices of recordings, nil where none is known.
    func names(
        of recordings: [StoredRecording], in store: any RecordingStore, by reading: ReadingWork
    ) async -> [String?] {
        let known = names.withLock { names in recordings.map { names[Key($0)] } }
        if !known.contains(where: { $0 == nil }) { return known.map { $0 ?? nil } }
        var found = known.map { $0 ?? nil }
        await withTaskGroup(of: (Int, String?).self) { group in
            // A few at a time: a list is no reason to keep all of a store's connections busy.
            var missing = known.indices.filter { known[$0] == nil }[...]
            func next() {
                guard let index = missing.popFirst() else { return }
                let id = recordings[index].id
                group.addTask { (index, await DeviceCache.read(id, in: store, by: reading)) }
            }
            for _ in 0..<4 { next() }
            for await (index, name) in group {
                found[index] = name
                next()
            }
        }
        names.withLock { names in
            if names.count > DeviceCache.most { names.removeAll() }
            for (recording, name) in zip(recordings, found) { names[Key(recording)] = .some(name) }
        }
        return found
    }

    private static func read(
        _ id: RecordingID, in store: any RecordingStore, by reading: ReadingWork
    ) async -> String? {
        guard let content = try? await store.open(id) else { return nil }
        return try? await reading.run {
            // The header is the first frame: the start of the recording is enough, and no end is looked for.
            let bytes = try content.read(0..<min(content.byteCount, mostBytes))
            return Device.name(try RecordingReader(MemorySource(bytes)).header)
        }
    }
}

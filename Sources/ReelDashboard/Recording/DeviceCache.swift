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
    private static let mostBytes = 1 << 20

    /// Not what reads recordings to show them: a list does not wait for that.
    private let reading = ReadingWork(4, mostWaiting: 4_096, longest: .seconds(10))
    private let names = Mutex<[Key: String?]>([:])

    /// The devices of recordings, nil where none is known.
    func names(of recordings: [StoredRecording], in store: any RecordingStore) async -> [String?] {
        let known = names.withLock { names in recordings.map { names[Key($0)] } }
        if !known.contains(where: { $0 == nil }) { return known.map { $0 ?? nil } }
        var found = known.map { $0 ?? nil }
        await withTaskGroup(of: (Int, String?).self) { group in
            // A few at a time: a list is no reason to keep all of a store's connections busy.
            var missing = known.indices.filter { known[$0] == nil }[...]
            func next() {
                guard let index = missing.popFirst() else { return }
                let id = recordings[index].id
                group.addTask { (index, await self.read(id, in: store)) }
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

    private func read(_ id: RecordingID, in store: any RecordingStore) async -> String? {
        guard let content = try? await store.open(id) else { return nil }
        return try? await reading.run { permit in
            // The header is the first frame: no index is looked for, and no more is read than its member.
            let start = Start(
                bytes: PermittedContent(content: content, permit: permit), end: min(content.byteCount, Self.mostBytes))
            return Device.name(try RecordingReader(start).header)
        }
    }
    /// The start of a recording, piece by piece.
    private struct Start: ByteSource {
        let bytes: any RandomAccessBytes
        let end: Int
        var position = 0

        mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
            let next = min(position + max(count, 0), end)
            defer { position = next }
            if next > position { buffer += try bytes.read(position..<next) }
            return next - position
        }
    }
}

import Reel
import Zlib

/// Copies recordings from one store to another, member by member.
///
/// A copy that was interrupted goes on where it stopped: what the other store has already is compared, not sent again. What has
/// been copied is read back, and its checksum compared. A session that is still running is copied as far as it has come; later
/// another copy brings the rest.
///
/// ```swift
/// let copier = RecordingCopier(from: FileStore("recordings"), to: postgres)
/// try await copier.copyAll(RecordingQuery(view: "Shop.CartLive")) { id, outcome in print(id, outcome) }
/// ```
public struct RecordingCopier: Sendable {
    private let source: any RecordingStore
    private let target: any RecordingStore

    /// From this size on a recording is appended in several pieces.
    private static let pieceByteCount = 4 << 20

    /// What has become of a copy.
    public enum Outcome: Hashable, Sendable {
        /// The other store has it now; so many bytes were there before, so many were sent.
        case copied(before: Int, sent: Int)
        /// The other store had it all.
        case unchanged
    }

    /// Creates a copier.
    public init(from source: any RecordingStore, to target: any RecordingStore) {
        self.source = source
        self.target = target
    }

    /// Copies one recording.
    ///
    /// - Parameter progress: called now and then with how many bytes of how many are done.
    /// - Throws: ``StoreError``, of the kind ``StoreError/Kind/conflict`` when the other store has another recording under this id.
    public func copy(
        _ id: RecordingID, progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
    ) async throws(StoreError) -> Outcome {
        let content = try await source.open(id)
        return try await RecordingCopier.append(content, as: id, to: target, progress: progress)
    }

    /// Copies all recordings that match a query, several at a time. One that fails does not stop the others.
    ///
    /// - Parameters:
    ///   - atOnce: how many are copied at a time.
    ///   - report: called with what has become of each.
    /// - Throws: ``StoreError`` when the recordings cannot be listed.
    public func copyAll(
        _ query: RecordingQuery = RecordingQuery(), atOnce: Int = 4,
        _ report: @escaping @Sendable (RecordingID, Result<Outcome, StoreError>) -> Void
    ) async throws(StoreError) {
        let copier = self
        var cursor: RecordingCursor?
        repeat {
            let page = try await source.page(query, after: cursor, limit: 1_000)
            await SeveralAtOnce.forEach(page.recordings.map(\.id), atOnce: atOnce) { id in
                do throws(StoreError) {
                    report(id, .success(try await copier.copy(id)))
                } catch {
                    report(id, .failure(error))
                }
            }
            cursor = page.next
        } while cursor != nil
    }

    /// Appends what a store lacks of a recording.
    static func append(
        _ content: any RandomAccessBytes, as id: RecordingID, to target: any RecordingStore,
        progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
    ) async throws(StoreError) -> Outcome {
        let total = content.byteCount
        let before = try await target.recording(id)
        let start = before?.byteCount ?? 0
        guard start <= total else { throw .conflict(id, at: 0, has: start, finished: before?.isFinished == true) }
        var checksum = PrefixChecksum()
        if start > 0 {
            let there = try await target.open(id)
            checksum = try await BlockingWork.run { () throws(StoreError) in
                try PrefixChecksum(of: content, upTo: start)
            }
            let other = try await BlockingWork.run { () throws(StoreError) in try PrefixChecksum(of: there, upTo: start)
            }
            guard other == checksum else {
                throw .conflict(id, at: start, has: start, finished: before?.isFinished == true)
            }
        }
        var offset = start
        while offset < total, before?.isFinished != true {
            let position = offset
            let piece = try await BlockingWork.run { () throws(StoreError) in
                try wholeMembers(of: content, at: position, id)
            }
            guard !piece.isEmpty else { break }
            try await target.append(piece, to: id, at: offset)
            checksum.update(piece)
            offset += piece.count
            progress?(offset, total)
        }
        guard offset > start || before == nil && total == 0 else {
            guard before != nil else {
                throw StoreError(.invalidRecording, "'\(id)': not one whole member of a recording")
            }
            return .unchanged
        }
        let copy = try await target.open(id)
        let (end, expected) = (offset, checksum)
        let sum = try await BlockingWork.run { () throws(StoreError) in
            copy.byteCount >= end ? try PrefixChecksum(of: copy, upTo: end) : PrefixChecksum()
        }
        guard sum == expected else {
            throw StoreError(.inputOutput, "'\(id)': the copy has other bytes than the recording")
        }
        return .copied(before: start, sent: offset - start)
    }

    /// The whole members from `offset` on, as many as make a piece; an index with the end after it.
    private static func wholeMembers(
        of content: any RandomAccessBytes, at offset: Int, _ id: RecordingID
    ) throws(StoreError) -> [UInt8] {
        do {
            // A short recording appears at once, finished.
            if content.byteCount - offset <= 2 * pieceByteCount {
                let rest = try content.read(offset..<content.byteCount)
                var end = 0
                let source = MemorySource(rest)
                while end < rest.count, let count = try MemberTally.memberByteCount(at: end, of: source),
                    count <= rest.count - end
                {
                    end += count
                }
                return Array(rest.prefix(end))
            }
            var end = offset
            while end - offset < pieceByteCount, end < content.byteCount,
                let count = try MemberTally.memberByteCount(at: end, of: content), count <= content.byteCount - end
            {
                end += count
                // What is left would be the end: it must not be parted from its index.
                if content.byteCount - end <= pieceByteCount / 2, end - offset >= pieceByteCount / 2 { break }
            }
            return try content.read(offset..<end)
        } catch let error as ReelError {
            throw StoreError(invalid: id, error)
        } catch {
            throw StoreError(wrapping: error, "'\(id)'")
        }
    }
}

/// The checksum and the length of the first bytes of a recording.
private struct PrefixChecksum: Hashable, Sendable {
    private var checksum = CRC32()
    private var byteCount = 0

    init() {}

    init(of bytes: any RandomAccessBytes, upTo end: Int) throws(StoreError) {
        do {
            while byteCount < end { update(try bytes.read(byteCount..<min(byteCount + (1 << 20), end))) }
        } catch {
            throw StoreError(wrapping: error, "a recording")
        }
    }

    mutating func update(_ bytes: [UInt8]) {
        checksum.update(bytes.span)
        byteCount += bytes.count
    }
}

/// Work on many things, some of it at the same time.
enum SeveralAtOnce {
    static func forEach<Element: Sendable>(
        _ elements: [Element], atOnce: Int, _ body: @escaping @Sendable (Element) async -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, element) in elements.enumerated() {
                if index >= max(atOnce, 1) { await group.next() }
                group.addTask { await body(element) }
            }
        }
    }
}

public import Reel

/// A place that keeps recordings: a folder, a database.
///
/// A running session's members are appended as its recorder writes them; the members that hold the end finish it. A
/// recording is readable from its first member on. What ``append(_:to:at:)`` has returned from is kept, whatever happens to
/// the process or the machine after that.
///
/// ```swift
/// let store = try FileStore("recordings")
/// let id = try RecordingID("s-1")
/// try await store.append(members, to: id, at: 0)
/// for recording in try await store.page(RecordingQuery(view: "Shop.CartLive")).recordings {
///     print(recording.id, recording.summary.eventCount)
/// }
/// ```
///
/// All stores behave the same; the library `ReelStoreConformance` has the tests that say how.
public protocol RecordingStore: Sendable {
    /// Where the store is: ``StoreLocation`` reads it back.
    var location: StoreLocation { get }

    /// Appends whole members to a recording, or starts one.
    ///
    /// Appending the same bytes at the same place again changes nothing and is no error, so that a caller who does not know
    /// whether they have arrived may send them again. The recording is finished when the end is among them.
    ///
    /// - Parameters:
    ///   - members: whole members of a recording, sound and in order.
    ///   - offset: how many bytes of the recording come before them; 0 starts it.
    /// - Returns: what the store now says of the recording.
    /// - Throws: ``StoreError``, of the kind ``StoreError/Kind/conflict`` when the store has other bytes before or at `offset`.
    @discardableResult
    func append(_ members: [UInt8], to id: RecordingID, at offset: Int) async throws(StoreError) -> StoredRecording

    /// Puts another form of a finished recording, such as a smaller one, in its place.
    ///
    /// At any time there is the old form or the new one, whole. A reader that has opened the old one goes on with it: in a
    /// database for ten minutes, in which it still takes its room, and in a folder for as long as it is open. Replacing a
    /// recording by what is there already changes nothing and is no error, so that a caller who does not know whether it has
    /// been replaced may ask again. When the store was last given a part of it stays as it was.
    ///
    /// - Parameters:
    ///   - recording: the same events in other members, with an end. It is read part by part, so that it may be a file of any
    ///     size; what this store itself has opened it may not be, which could not be read while it writes.
    ///   - byteCount: how many bytes the recording had that the new form was made of.
    /// - Returns: what the store now says of the recording.
    /// - Throws: ``StoreError``, of the kind ``StoreError/Kind/conflict`` when the recording has another size by now or is still
    ///   running, ``StoreError/Kind/notFound`` when it is gone, ``StoreError/Kind/invalidRecording`` when the new form is
    ///   damaged, has no end or is not of the same session.
    @discardableResult
    func replace(
        _ id: RecordingID, with recording: any RandomAccessBytes, ifByteCount byteCount: Int
    ) async throws(StoreError) -> StoredRecording

    /// Opens a recording for reading, whether it is finished or not.
    ///
    /// - Throws: ``StoreError``, of the kind ``StoreError/Kind/notFound`` when there is none.
    func open(_ id: RecordingID) async throws(StoreError) -> any StoredContent

    /// What the store says of a recording, or nil when there is none.
    func recording(_ id: RecordingID) async throws(StoreError) -> StoredRecording?

    /// The recordings that match a query, one page of them.
    ///
    /// - Parameters:
    ///   - query: which ones, and in which order.
    ///   - cursor: where the page before ended; nil for the first one.
    ///   - limit: the most recordings of the page, 1 to 10,000.
    func page(
        _ query: RecordingQuery, after cursor: RecordingCursor?, limit: Int
    ) async throws(StoreError) -> RecordingPage

    /// Deletes recordings. A reader of one meanwhile gets its bytes or ``StoreError/Kind/notFound``, never others.
    ///
    /// - Parameter keepingUnfinished: whether a recording without an end is left alone.
    /// - Returns: those that were there and are now gone.
    @discardableResult
    func delete(_ ids: [RecordingID], keepingUnfinished: Bool) async throws(StoreError) -> [RecordingID]

    /// Deletes all recordings, finished or not.
    func clear() async throws(StoreError)

    /// What happens to the store's recordings from now on.
    ///
    /// It tells of what any process does to the store: of what is done through this value, and to PostgreSQL, at once, of the rest
    /// within a quarter of a second. Files that something else than a store puts into a folder are not told of.
    func changes() async throws(StoreError) -> AsyncStream<RecordingChange>

    /// Closes connections and files. The store is not used after that.
    func close() async
}

/// Something that has happened to a recording in a store.
public enum RecordingChange: Hashable, Sendable {
    /// A running session has grown, or a recording is new: so many bytes and events it has now.
    case appended(RecordingID, byteCount: Int, eventCount: Int)
    /// A recording has got its end.
    case finished(RecordingID)
    /// A finished recording has another form now: so many bytes it has.
    case replaced(RecordingID, byteCount: Int)
    /// A recording is gone.
    case deleted(RecordingID)
    /// Anything may have happened: the store was cleared, or could not be listened to for a while.
    case unknown
}

/// One page of a listing.
public struct RecordingPage: Hashable, Sendable {
    /// The recordings, in the order that was asked for.
    public var recordings: [StoredRecording]
    /// Where the next page starts, or nil when this is the last one.
    public var next: RecordingCursor?

    /// Creates a page.
    public init(recordings: [StoredRecording], next: RecordingCursor?) {
        self.recordings = recordings
        self.next = next
    }
}

extension RecordingStore {
    /// The first page of the recordings that match a query.
    public func page(
        _ query: RecordingQuery = RecordingQuery(), limit: Int = 50
    ) async throws(StoreError) -> RecordingPage {
        try await page(query, after: nil, limit: limit)
    }

    /// All recordings that match a query, read page by page.
    public func recordings(
        _ query: RecordingQuery = RecordingQuery(), pageSize: Int = 500
    ) -> StoredRecordings {
        StoredRecordings(store: self, query: query, pageSize: pageSize)
    }

    /// The recordings without an end: their sessions are running, or were cut off.
    public func unfinished() -> StoredRecordings { recordings(RecordingQuery(isFinished: false)) }

    /// Deletes a recording, finished or not.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    public func delete(_ id: RecordingID) async throws(StoreError) -> Bool {
        try await !delete([id], keepingUnfinished: false).isEmpty
    }

    /// Keeps a whole recording, or what there is of it.
    ///
    /// - Throws: ``StoreError``, of the kind ``StoreError/Kind/conflict`` when the store has another one under this id.
    @discardableResult
    public func put(_ recording: [UInt8], as id: RecordingID) async throws(StoreError) -> StoredRecording {
        try await append(recording, to: id, at: 0)
    }

    /// Puts another form of a finished recording, which is in memory, in its place.
    @discardableResult
    public func replace(
        _ id: RecordingID, with recording: [UInt8], ifByteCount byteCount: Int
    ) async throws(StoreError) -> StoredRecording {
        try await replace(id, with: MemorySource(recording), ifByteCount: byteCount)
    }

    /// Appends a running session's last members, which hold its end.
    ///
    /// - Throws: ``StoreError``, of the kind ``StoreError/Kind/invalidRecording`` when the end is not among them; they are
    ///   kept all the same.
    @discardableResult
    public func finish(
        _ id: RecordingID, with members: [UInt8], at offset: Int
    ) async throws(StoreError) -> StoredRecording {
        let recording = try await append(members, to: id, at: offset)
        guard recording.isFinished else {
            throw StoreError(.invalidRecording, "'\(id)' has no end: its last members are missing")
        }
        return recording
    }

    /// Finishes a recording whose session was cut off: adds the summary, the index and the end that it lacks.
    ///
    /// - Parameter reason: why the recording ended.
    /// - Returns: what the store now says of it; a finished recording stays as it is.
    @discardableResult
    public func finishInterrupted(
        _ id: RecordingID, reason: Summary.Reason = .interrupted
    ) async throws(StoreError) -> StoredRecording {
        let content = try await open(id)
        guard let recording = try await recording(id) else { throw .notFound(id) }
        if recording.isFinished { return recording }
        let ending = try await BlockingWork.run { () throws(StoreError) in
            do throws(ReelError) {
                return try RecordingEnding(of: RecordingFile(content), reason: reason)
            } catch {
                throw StoreError(invalid: id, error)
            }
        }
        return try await append(ending.members, to: id, at: ending.offset)
    }
}

/// The recordings that match a query, as they are read page by page.
///
/// What is added or deleted meanwhile may be missing or not; everything else comes once.
public struct StoredRecordings: AsyncSequence, Sendable {
    let store: any RecordingStore
    let query: RecordingQuery
    let pageSize: Int

    /// Reads the pages.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let store: any RecordingStore
        let query: RecordingQuery
        let pageSize: Int
        var page: ArraySlice<StoredRecording> = []
        var cursor: RecordingCursor?
        var isAtEnd = false

        public mutating func next() async throws(StoreError) -> StoredRecording? {
            try await next(isolation: nil)
        }

        public mutating func next(isolation: isolated (any Actor)?) async throws(StoreError) -> StoredRecording? {
            while page.isEmpty {
                if isAtEnd { return nil }
                let next = try await store.page(query, after: cursor, limit: pageSize)
                page = next.recordings[...]
                cursor = next.next
                isAtEnd = next.next == nil
            }
            return page.popFirst()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(store: store, query: query, pageSize: pageSize) }
}

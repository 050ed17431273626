public import Reel
import Synchronization
public import SystemPackage

/// A folder of recordings: one file each, which is a recording like any other.
///
/// A finished recording appears whole or not at all; one that is being written stands in the folder `running` beside them. Several
/// processes may use one folder. Files named `ID.reel` that somebody puts into the folder, or takes out of it, are noticed. A
/// listing reads a catalogue, which is made again from the ends of the files whenever it does not agree with the folder.
///
/// When ``append(_:to:at:)`` returns, the bytes have been written to the disk, unless the store was told not to wait for it.
public final class FileStore: RecordingStore {
    let layout: FileLayout
    private let running: RunningFiles
    private let syncs: Bool
    private let catalogue: Catalogue
    private let feed = ChangeFeed()
    private let log: ChangeLog
    private let poller: ChangePoller
    /// How many recordings have been placed: now and then it is seen whether the folder has grown.
    private let placed = Atomic<Int>(0)

    /// Opens the store in a folder.
    ///
    /// - Parameters:
    ///   - createsFolder: whether to make the folder when there is none.
    ///   - syncs: whether ``append(_:to:at:)`` waits until the disk has what is appended. Where it does not, the death of a process
    ///     loses no more than it would, but when the machine stops, running recordings may lose what came last. A recording that
    ///     is stored whole, or replaced, is waited for in any case.
    ///   - permissions: who may read and write the files that are made: the owner alone by default. Who may read them may look
    ///     into the folders that are made.
    /// - Throws: ``StoreError``, of the kind ``StoreError/Kind/notFound`` when there is none.
    public init(
        _ path: FilePath, createsFolder: Bool = true, syncs: Bool = true, permissions: FilePermissions = .ownerReadWrite
    ) throws(StoreError) {
        self.syncs = syncs
        layout = FileLayout(root: path, permissions: permissions)
        running = RunningFiles(layout: layout, syncs: syncs)
        catalogue = Catalogue(layout: layout)
        let log = ChangeLog(layout.changes, permissions: permissions)
        self.log = log
        poller = ChangePoller(feed) { log.news() }
        if let stamp = FileSystem.stamp(of: path) {
            guard stamp.isFolder else { throw StoreError(.invalidLocation, "a file, not a folder") }
        } else {
            guard createsFolder else { throw StoreError(.notFound, "no such folder") }
        }
        do {
            try layout.create()
        } catch {
            let error = StoreError(wrapping: error, "\(path)")
            // A folder that may only be read is read.
            guard error.kind == .readOnly else { throw error }
        }
    }

    public var location: StoreLocation { .folder(layout.root.string) }

    // MARK: Writing

    @discardableResult
    public func append(
        _ members: [UInt8], to id: RecordingID, at offset: Int
    ) async throws(StoreError) -> StoredRecording {
        try await BlockingWork.run { () throws(StoreError) in
            try self.locked(id) {
                let (recording, isNew) = try self.appendLocked(members, to: id, at: offset)
                if isNew { self.tell(RecordingChange.appending(recording)) }
                return recording
            }
        }
    }

    private func appendLocked(
        _ members: [UInt8], to id: RecordingID, at offset: Int
    ) throws -> (StoredRecording, isNew: Bool) {
        guard offset >= 0 else { throw StoreError(.conflict, "a recording has no bytes before 0", storedByteCount: 0) }
        try adoptFinished(id)
        if let path = existing(layout.finished(id)) {
            return (try unchanged(members, of: id, at: offset, in: path, upTo: nil), false)
        }
        guard let session = try running.session(id) else {
            guard offset == 0 else { throw StoreError.conflict(id, at: offset, has: 0, finished: false) }
            return (try start(id, with: members), true)
        }
        if offset < session.tally.byteCount {
            let path = layout.running(id)
            return (
                try unchanged(members, of: id, at: offset, in: path, upTo: session.tally.byteCount), false
            )
        }
        guard offset == session.tally.byteCount else {
            throw StoreError.conflict(id, at: offset, has: session.tally.byteCount, finished: false)
        }
        guard !members.isEmpty else { return (session.recording(id), false) }
        let grown = try running.append(members, to: session, of: id)
        if grown.tally.isFinished { try adoptFinished(id) }
        return (grown.recording(id), true)
    }

    /// Keeps a recording's first members.
    private func start(_ id: RecordingID, with members: [UInt8]) throws -> StoredRecording {
        var tally = MemberTally()
        do throws(ReelError) {
            try tally.add(members)
        } catch {
            throw StoreError(invalid: id, error)
        }
        guard let header = tally.header else {
            throw StoreError(.invalidRecording, "'\(id)': a recording without a member")
        }
        try layout.create()
        if tally.isFinished { try growIfNeeded() }
        let path = tally.isFinished ? layout.place(of: id) : layout.running(id)
        if tally.isFinished || syncs {
            let file = try AtomicFile(path, permissions: layout.permissions)
            try file.write(members)
            try file.commit()
        } else {
            try FileSystem.replace(path, with: members, permissions: layout.permissions)
        }
        guard let stamp = FileSystem.stamp(of: path) else { throw StoreError.notFound(id) }
        let recording = StoredRecording(id: id, header: header, tally: tally, savedAt: stamp.milliseconds)
        if tally.isFinished {
            catalogue.note(recording, stamp)
        } else {
            running.keep(RunningFiles.Session(header: header, tally: tally, stamp: stamp), of: id)
        }
        return recording
    }

    /// Checks that the bytes that are appended again are those that are there.
    private func unchanged(
        _ members: [UInt8], of id: RecordingID, at offset: Int, in path: FilePath, upTo end: Int?
    ) throws -> StoredRecording {
        let file = try InputFile(path, followsLinks: false)
        let byteCount = min(end ?? file.byteCount, file.byteCount)
        let range = offset..<min(offset + members.count, byteCount)
        guard offset <= byteCount, range.count == members.count, try file.read(range) == members,
            let recording = try recordingNow(id)
        else { throw StoreError.conflict(id, at: offset, has: byteCount, finished: end == nil) }
        return recording
    }

    /// Puts a recording whose end has been written to its place. A process may have died before it came to that.
    private func adoptFinished(_ id: RecordingID) throws {
        guard let session = try running.session(id), session.tally.isFinished else { return }
        try growIfNeeded()
        let place = layout.place(of: id)
        try FileSystem.move(layout.running(id), to: place)
        try FileSystem.sync(folder: place.removingLastComponent())
        try FileSystem.sync(folder: layout.running)
        running.forget(id)
        if let stamp = FileSystem.stamp(of: place) { catalogue.note(session.recording(id), stamp) }
    }

    @discardableResult
    public func replace(
        _ id: RecordingID, with recording: any RandomAccessBytes, ifByteCount byteCount: Int
    ) async throws(StoreError) -> StoredRecording {
        try await BlockingWork.run { () throws(StoreError) in
            let replacement = try Replacement(recording, of: id)
            // The new file is written before anybody has to wait for it.
            guard case (let path, .write) = try self.locked(id, { try self.decide(id, replacement, byteCount) }) else {
                return try self.locked(id) { try self.compare(id, replacement) }
            }
            do {
                let file = try AtomicFile(
                    path, permissions: FileSystem.permissions(of: path) ?? self.layout.permissions)
                try replacement.forEachPart { try file.write($1) }
                return try self.locked(id) { try self.replaceLocked(id, file, replacement, byteCount) }
            } catch {
                throw StoreError(wrapping: error, "'\(id)' in \(self.layout.root)")
            }
        }
    }

    private func decide(
        _ id: RecordingID, _ replacement: Replacement, _ byteCount: Int
    ) throws -> (FilePath, Replacement.Decision) {
        try adoptFinished(id)
        guard let recording = try recordingNow(id) else { throw StoreError.notFound(id) }
        let path = existing(layout.finished(id))
        let decision = try replacement.decision(over: recording, hasEnd: path != nil, ifByteCount: byteCount)
        guard let path else { throw StoreError.notFound(id) }
        return (path, decision)
    }

    private func replaceLocked(
        _ id: RecordingID, _ file: AtomicFile, _ replacement: Replacement, _ byteCount: Int
    ) throws -> StoredRecording {
        guard case (let path, .write(let recording)) = try decide(id, replacement, byteCount),
            let old = FileSystem.stamp(of: path)
        else { return try compare(id, replacement) }
        try file.commit()
        try FileSystem.setModified(path, to: old.modified)
        if let stamp = FileSystem.stamp(of: path) { catalogue.note(recording, stamp) }
        tell([.replaced(id, byteCount: recording.byteCount)])
        return recording
    }

    /// What there is, if it is the new form already.
    private func compare(_ id: RecordingID, _ replacement: Replacement) throws -> StoredRecording {
        guard let recording = try recordingNow(id), let path = existing(layout.finished(id)) else {
            throw StoreError.notFound(id)
        }
        let file = try InputFile(path, followsLinks: false)
        guard file.byteCount == recording.byteCount, try replacement.isSame({ try file.read($0) }) else {
            throw replacement.changed(recording)
        }
        return recording
    }

    private func growIfNeeded() throws {
        guard placed.add(1, ordering: .relaxed).oldValue % 64 == 0, !layout.isSharded,
            try FileSystem.names(in: layout.root).count > FileLayout.mostInRoot
        else { return }
        try layout.shard()
    }

    @discardableResult
    public func delete(
        _ ids: [RecordingID], keepingUnfinished: Bool
    ) async throws(StoreError) -> [RecordingID] {
        try await BlockingWork.run { () throws(StoreError) in
            var deleted: [RecordingID] = []
            for id in ids {
                try self.locked(id) {
                    guard try self.deleteLocked(id, keepingUnfinished: keepingUnfinished) else { return }
                    deleted.append(id)
                    self.tell([.deleted(id)])
                }
            }
            return deleted
        }
    }

    private func deleteLocked(_ id: RecordingID, keepingUnfinished: Bool) throws -> Bool {
        if keepingUnfinished {
            try adoptFinished(id)
            if FileSystem.stamp(of: layout.running(id), followsLinks: false) != nil { return false }
            guard let recording = try recordingNow(id), recording.isFinished || recording.damage != nil else {
                return false
            }
        }
        running.forget(id)
        var isDeleted = false
        for path in layout.finished(id) + [layout.running(id)] where try FileSystem.remove(path) {
            isDeleted = true
            try FileSystem.sync(folder: path.removingLastComponent())
        }
        return isDeleted
    }

    public func clear() async throws(StoreError) {
        try await BlockingWork.run { () throws(StoreError) in
            do {
                for folder in self.layout.folders.map(\.path) + [self.layout.running] {
                    for name in try FileSystem.names(in: folder) {
                        guard let id = FileLayout.id(ofFile: name) else { continue }
                        try self.locked(id) {
                            self.running.forget(id)
                            _ = try FileSystem.remove(folder.appending(name))
                        }
                    }
                    if FileSystem.stamp(of: folder) != nil { try FileSystem.sync(folder: folder) }
                }
                self.tell([.unknown])
            } catch {
                throw StoreError(wrapping: error, "\(self.layout.root)")
            }
        }
    }

    /// Tells everybody what has been done, while the lock of what it was done to is still held: so changes come in order.
    private func tell(_ changes: [RecordingChange]) {
        do {
            try log.append(changes)
            poller.wake()
        } catch {
            // What has been done stays done. Those who are near can still be told.
            for change in changes { feed.send(change) }
        }
    }

    /// Does something to a recording that nobody else is doing anything to.
    private func locked<Result>(_ id: RecordingID, _ body: () throws -> Result) throws(StoreError) -> Result {
        do {
            do {
                return try FileSystem.withLock(layout.lock(of: id), permissions: layout.permissions, body)
            } catch Errno.noSuchFileOrDirectory where FileSystem.stamp(of: layout.locks) == nil {
                try layout.create()
                return try FileSystem.withLock(layout.lock(of: id), permissions: layout.permissions, body)
            }
        } catch {
            throw StoreError(wrapping: error, "'\(id)' in \(layout.root)")
        }
    }

    // MARK: Reading

    public func open(_ id: RecordingID) async throws(StoreError) -> any StoredContent {
        try await BlockingWork.run { () throws(StoreError) in
            // While it is looked for it may be finished, and so moved; then it is in the place where it was looked for first.
            for _ in 0..<3 {
                for path in self.layout.finished(id) + [self.layout.running(id)] {
                    do {
                        return try FileContent(file: InputFile(path, followsLinks: false))
                    } catch Errno.noSuchFileOrDirectory {
                        continue
                    } catch let error as ReelError {
                        throw StoreError(invalid: id, error)
                    } catch {
                        throw StoreError(wrapping: error, "\(path)")
                    }
                }
            }
            throw .notFound(id)
        }
    }

    public func recording(_ id: RecordingID) async throws(StoreError) -> StoredRecording? {
        try await BlockingWork.run { () throws(StoreError) in
            do {
                return try self.recordingNow(id)
            } catch {
                throw StoreError(wrapping: error, "'\(id)' in \(self.layout.root)")
            }
        }
    }

    private func recordingNow(_ id: RecordingID) throws -> StoredRecording? {
        for _ in 0..<3 {
            for path in layout.finished(id) {
                if let stamp = FileSystem.stamp(of: path, followsLinks: false) {
                    return catalogue.known(id, stamp) ?? RecordingSurvey.recording(id, at: path, stamp)
                }
            }
            if let session = try running.session(id) { return session.recording(id) }
        }
        return nil
    }

    private func existing(_ paths: [FilePath]) -> FilePath? {
        paths.first { FileSystem.stamp(of: $0, followsLinks: false) != nil }
    }

    public func page(
        _ query: RecordingQuery, after cursor: RecordingCursor?, limit: Int
    ) async throws(StoreError) -> RecordingPage {
        try query.check(cursor, limit)
        if query.isEmpty { return RecordingPage(recordings: [], next: nil) }
        return try await BlockingWork.run { () throws(StoreError) in
            do {
                var listing = Listing(query, after: cursor, limit: limit)
                for (id, session) in try self.running.sessions() {
                    if session.tally.isFinished { try? self.locked(id) { try self.adoptFinished(id) } }
                    listing.add(running: session.recording(id))
                }
                listing.add(try self.catalogue.read())
                return listing.page()
            } catch {
                throw StoreError(wrapping: error, "\(self.layout.root)")
            }
        }
    }

    public func changes() async throws(StoreError) -> AsyncStream<RecordingChange> {
        try await BlockingWork.run { () throws(StoreError) in self.poller.listen() }
    }

    public func close() async {
        feed.finish()
        poller.wake()
    }
}

/// A recording's file, which stays open when its name is gone.
private struct FileContent: StoredContent {
    let file: InputFile

    var byteCount: Int { file.byteCount }

    func read(_ range: Range<Int>) throws -> [UInt8] { try file.read(range) }
}

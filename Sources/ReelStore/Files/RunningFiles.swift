import Reel
import Synchronization
import SystemPackage

/// The recordings of a folder that have no end yet, and what has been counted of them.
final class RunningFiles: Sendable {
    private let layout: FileLayout
    /// Whether to wait until the disk has what is appended.
    private let syncs: Bool
    private let sessions_ = Guarded<[RecordingID: Session]>([:])

    init(layout: FileLayout, syncs: Bool) {
        self.layout = layout
        self.syncs = syncs
    }

    /// What is known of an unfinished recording.
    struct Session {
        /// The recording's header; nil when its first member cannot be read.
        var header: Header?
        var tally: MemberTally
        /// The file as it was when it was counted.
        var stamp: FileSystem.Stamp
        /// Why the file could not be counted to its end, when that is no member that is still being written.
        var damage: String?

        func recording(_ id: RecordingID) -> StoredRecording {
            var recording = StoredRecording(id: id, header: header, tally: tally, savedAt: stamp.milliseconds)
            recording.damage = damage
            return recording
        }
    }

    /// The session of this id as it is now, or nil when there is none.
    func session(_ id: RecordingID) throws -> Session? {
        let path = layout.running(id)
        guard let stamp = FileSystem.stamp(of: path, followsLinks: false), !stamp.isFolder else {
            forget(id)
            return nil
        }
        var tally = MemberTally()
        if let known = sessions_.withLock({ $0[id] }), known.stamp.inode == stamp.inode,
            known.tally.byteCount <= stamp.byteCount
        {
            if known.stamp == stamp { return known }
            tally = known.tally
        }
        do {
            let error = tally.addAll(of: try InputFile(path, followsLinks: false))
            let session = Session(
                header: tally.header, tally: tally, stamp: stamp,
                damage: error?.kind == .truncated && tally.byteCount > 0 ? nil : error?.description)
            keep(session, of: id)
            return session
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch let error as ReelError {
            // A pipe or a link that somebody has put here keeps nobody from the others.
            return Session(header: nil, tally: MemberTally(), stamp: stamp, damage: error.description)
        }
    }

    /// All sessions there are.
    func sessions() throws -> [(RecordingID, Session)] {
        try FileSystem.names(in: layout.running).compactMap { name in
            guard let id = FileLayout.id(ofFile: name), let session = try session(id) else { return nil }
            return (id, session)
        }
    }

    /// Appends members to a session's file, after the last whole one: what a writer that died has left there is cut off.
    func append(_ members: [UInt8], to session: Session, of id: RecordingID) throws -> Session {
        var grown = session
        do throws(ReelError) {
            try grown.tally.add(members)
        } catch {
            throw StoreError(invalid: id, error)
        }
        let path = layout.running(id)
        let end = Int64(session.tally.byteCount)
        let descriptor = try FileDescriptor.open(path, .writeOnly, options: [.closeOnExec, .nonBlocking, .noFollow])
        try descriptor.closeAfter {
            if session.stamp.byteCount > session.tally.byteCount { try descriptor.resize(to: end) }
            do {
                try descriptor.seek(offset: end, from: .start)
                try descriptor.writeAll(members)
                if syncs { try FileSystem.sync(descriptor) }
            } catch {
                // What has not been acknowledged should not be there either. If this fails too, the next append does it.
                try? descriptor.resize(to: end)
                forget(id)
                throw error
            }
        }
        guard let stamp = FileSystem.stamp(of: path) else { throw StoreError.notFound(id) }
        grown.stamp = stamp
        grown.damage = nil
        keep(grown, of: id)
        return grown
    }

    func keep(_ session: Session, of id: RecordingID) { sessions_.withLock { $0[id] = session } }

    func forget(_ id: RecordingID) { sessions_.withLock { _ = $0.removeValue(forKey: id) } }
}

import ExternalTerm
import Logging
import Reel
import ReelStore

/// Finishing what processes have left that are gone.
extension Engine {
    /// Finishes the unfinished recordings whose sessions nobody records any more.
    ///
    /// A session is recorded by the process that its header names. Where that cannot be asked for, on another machine or in another
    /// container, it counts as gone when the recording has not grown for the configured time.
    ///
    /// - Returns: the recordings that have been finished.
    func finishInterrupted() async -> [RecordingID] {
        var finished: [RecordingID] = []
        do {
            for try await recording in store.unfinished() where running(recording.id) == nil {
                if await finishIfInterrupted(recording) { finished.append(recording.id) }
            }
        } catch {
            logger.error("interrupted recordings not looked for", metadata: ["error": "\(error)"])
        }
        return finished
    }

    private func finishIfInterrupted(_ recording: StoredRecording) async -> Bool {
        let id = recording.id
        do {
            let content = try await store.open(id)
            guard try await isAbandoned(recording, content) else { return false }
            // It may have been finished by its own process, or by another that looks as well.
            let ended = try await store.finishInterrupted(id)
            guard ended.summary.reason == .interrupted else { return false }
        } catch {
            metrics.fail(.storing)
            logger.error("interrupted recording not finished", metadata: ["session": "\(id)", "error": "\(error)"])
            return false
        }
        logger.notice("interrupted recording finished", metadata: ["session": "\(id)"])
        if configuration.compacts { queue.push(.compact(id, dropped: [:])) }
        return true
    }

    /// Whether nobody records the session any more.
    private func isAbandoned(_ recording: StoredRecording, _ content: any StoredContent) async throws -> Bool {
        let field = try await content.reading { try RecordingFile($0).header.fields[atom: ProcessIdentity.key] }
        if let isLiving = ProcessIdentity(field)?.isLiving { return !isLiving }
        return .milliseconds(WallClock.now - recording.savedAt) >= configuration.abandonedAfter
    }

    /// Rewrites a finished recording to its smallest form. It is as good without, so that a failure is only told.
    func compact(_ id: RecordingID, dropped: [Atom: Int]) async {
        do {
            let content = try await store.open(id)
            let byteCount = content.byteCount
            let compacted = try await maker.compacted(content, dropped: dropped)
            guard compacted.count < byteCount || !dropped.isEmpty else { return }
            try await store.replace(id, with: compacted, ifByteCount: byteCount)
        } catch {
            logger.warning("recording not compacted", metadata: ["session": "\(id)", "error": "\(error)"])
        }
    }
}

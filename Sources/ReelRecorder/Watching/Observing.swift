import Reel
import ReelStore
import Synchronization

/// What an observer finds at its place.
enum Observation: Sendable {
    /// Events, which start at so many bytes; the last one may be cut.
    case recorded([UInt8], byteOffset: Int)
    /// The events up to this one are in the store.
    case stored(upTo: Int)
    case nothingYet
    /// The session has ended, and there is nothing more.
    case ended
    case failed(WatchError)
}

extension SessionCore {
    /// The place after the last event.
    var end: SessionEvents.Place {
        state.withLock { SessionEvents.Place(event: $0.eventCount, byteOffset: $0.recordedByteCount) }
    }

    /// Looks at the events from a place on, without keeping the session from recording for longer than copying a piece takes.
    func observe(
        _ place: SessionEvents.Place, _ slow: SessionEvents.SlowObserver, upTo byteCount: Int
    ) -> Observation {
        state.withLock { state in
            if place.event >= state.eventCount {
                switch state.phase {
                case .running: return .nothingYet
                case .closing, .ended: return .ended
                }
            }
            if case .isDropped(let behind) = slow, state.eventCount - place.event > behind { return .failed(.tooSlow) }
            if place.event < state.storedCount {
                if case .ended(.discarded) = state.phase { return .ended }
                return .stored(upTo: state.storedCount)
            }
            switch state.phase {
            case .ended(.failed(let reason)): return .failed(.lost(reason))
            case .ended: return .ended
            case .running, .closing: break
            }
            // Events from the store end where those in memory start.
            let offset = place.byteOffset.map { max($0, state.storedByteCount) } ?? state.storedByteCount
            let start = offset - state.storedByteCount
            let sendingByteCount = state.sending?.byteCount ?? 0
            let bytes =
                start < sendingByteCount
                ? state.sending?.piece(from: start) ?? [] : state.waiting.piece(from: start - sendingByteCount)
            return .recorded(Array(bytes.prefix(byteCount)), byteOffset: offset)
        }
    }

    /// Waits until there is an event after a place, or will be none, or the task is cancelled.
    func wait(after place: SessionEvents.Place) async {
        let key = state.withLock { state in
            state.observerCount += 1
            return state.observerCount
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.eventCount > place.event || state.phase != .running || Task.isCancelled { return true }
                    state.observers[key] = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.observers.removeValue(forKey: key) }?.resume()
        }
    }

    /// Reads events from the store: some of those from one to another.
    func stored(from first: Int, upTo end: Int) async throws(WatchError) -> [Event] {
        do {
            let content = try await engine.store.open(id)
            let events = try await content.reading { content in
                var events: [Event] = []
                var byteCount = 0
                try RecordingFile(content).forEachEvent(from: first) { event in
                    guard event.index < end, byteCount < 256 << 10 else { return false }
                    byteCount += event.encoded.count
                    events.append(event)
                    return true
                }
                return events
            }
            guard !events.isEmpty else {
                throw StoreError(.invalidRecording, "'\(id)' has no event \(first), which has been stored")
            }
            return events
        } catch {
            // What is not kept may have been deleted meanwhile.
            if case .ended(.discarded) = state.withLock({ $0.phase }) { return [] }
            throw .store(error as? StoreError ?? StoreError(.inputOutput, "\(error)"))
        }
    }
}

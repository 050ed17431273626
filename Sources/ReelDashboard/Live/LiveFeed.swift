import Logging
import ReelStore

/// Tells viewers how recordings grow.
///
/// The store is listened to once, for all viewers, and only while there are any. A viewer is told of the newest state and nothing
/// else, so that a slow one needs no more memory than a fast one.
package actor LiveFeed {
    private struct Followed {
        var state: LiveState
        var viewers: [Int: AsyncStream<LiveState>.Continuation] = [:]
    }

    private let store: any RecordingStore
    private let mostViewers: Int
    private let interval: Duration
    private var followed: [RecordingID: Followed] = [:]
    private var lastViewer = 0
    private var listening: Task<Void, Never>?

    /// Creates a feed.
    ///
    /// - Parameter interval: how often viewers are told the state again, so that those who are gone are found out.
    init(store: any RecordingStore, mostViewers: Int, interval: Duration) {
        self.store = store
        self.mostViewers = mostViewers
        self.interval = interval
    }

    /// How many viewers there are.
    package var viewerCount: Int { followed.values.reduce(0) { $0 + $1.viewers.count } }

    /// A recording's states from now on, the newest of them each time, and the same one again when nothing has happened for a while.
    func states(of id: RecordingID) async throws -> AsyncStream<LiveState> {
        guard viewerCount < mostViewers else {
            throw DashboardError.busy("\(mostViewers) viewers are following recordings already", retryAfter: 30)
        }
        let (stream, continuation) = AsyncStream<LiveState>.makeStream(bufferingPolicy: .bufferingNewest(1))
        lastViewer += 1
        let viewer = lastViewer
        // Registered before anything is waited for, so that neither the number of viewers nor a change is missed.
        let known = followed[id]?.state
        followed[id, default: Followed(state: known ?? .running(byteCount: 0, eventCount: 0))].viewers[viewer] =
            continuation
        continuation.onTermination = { [weak self] _ in
            Task { await self?.leave(id, viewer) }
        }
        do {
            try await listen()
            try await refresh(id)
        } catch {
            continuation.finish()
            leave(id, viewer)
            throw error
        }
        if let state = followed[id]?.state { continuation.yield(state) }
        return stream
    }

    private func leave(_ id: RecordingID, _ viewer: Int) {
        followed[id]?.viewers[viewer] = nil
        if followed[id]?.viewers.isEmpty == true { followed[id] = nil }
        guard followed.isEmpty else { return }
        listening?.cancel()
        listening = nil
    }

    // MARK: Changes

    private func listen() async throws {
        guard listening == nil else { return }
        let interval = interval
        let store = store
        listening = Task { [weak self] in
            await withDiscardingTaskGroup { group in
                group.addTask { [weak self] in
                    while !Task.isCancelled {
                        // A store that could not be listened to, or has stopped to tell, is asked again.
                        if let changes = try? await store.changes() {
                            await self?.refreshAll()
                            for await change in changes { await self?.take(change) }
                        }
                        try? await Task.sleep(for: interval)
                    }
                }
                group.addTask { [weak self] in
                    while !Task.isCancelled {
                        try? await Task.sleep(for: interval)
                        await self?.refreshAll()
                        await self?.remind()
                    }
                }
            }
        }
    }

    private func take(_ change: RecordingChange) async {
        switch change {
        case .appended(let id, let byteCount, let eventCount):
            set(.running(byteCount: byteCount, eventCount: eventCount), of: id)
        case .finished(let id), .replaced(let id, _): try? await refresh(id)
        case .deleted(let id): set(.deleted, of: id)
        case .unknown: await refreshAll()
        }
    }

    private func refreshAll() async {
        for id in followed.keys { try? await refresh(id) }
    }

    /// Asks the store for a recording's state.
    private func refresh(_ id: RecordingID) async throws {
        guard followed[id] != nil else { return }
        guard let recording = try await store.recording(id) else { return set(.deleted, of: id) }
        let (byteCount, eventCount) = (recording.byteCount, recording.eventCount)
        set(
            recording.isFinished
                ? .finished(byteCount: byteCount, eventCount: eventCount)
                : .running(byteCount: byteCount, eventCount: eventCount), of: id)
    }

    private func set(_ state: LiveState, of id: RecordingID) {
        guard let old = followed[id]?.state, old != state else { return }
        // What the store was asked for may have been overtaken by what it told.
        if case .running(let byteCount, _) = state {
            switch old {
            case .running(let before, _) where before > byteCount: return
            case .finished: return
            default: break
            }
        }
        followed[id]?.state = state
        for viewer in followed[id]?.viewers.values.map({ $0 }) ?? [] { viewer.yield(state) }
    }

    private func remind() {
        for followed in followed.values {
            for viewer in followed.viewers.values { viewer.yield(followed.state) }
        }
    }
}

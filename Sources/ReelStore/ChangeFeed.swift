import Synchronization

/// Tells everybody who listens what has happened.
package final class ChangeFeed: Sendable {
    private let listeners = Guarded<(next: Int, streams: [Int: AsyncStream<RecordingChange>.Continuation])>((0, [:]))

    package init() {}

    /// What happens from now on. A listener that does not keep up loses the oldest changes and is told of `unknown`.
    package func listen() -> AsyncStream<RecordingChange> {
        let (stream, continuation) = AsyncStream<RecordingChange>.makeStream(bufferingPolicy: .bufferingNewest(1_024))
        let key = listeners.withLock { listeners in
            listeners.next += 1
            listeners.streams[listeners.next] = continuation
            return listeners.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { _ = $0.streams.removeValue(forKey: key) }
        }
        return stream
    }

    package func send(_ change: RecordingChange) {
        let streams = listeners.withLock { Array($0.streams.values) }
        for stream in streams {
            if case .dropped = stream.yield(change) { stream.yield(.unknown) }
        }
    }

    /// Whether anybody listens.
    package var hasListeners: Bool { listeners.withLock { !$0.streams.isEmpty } }

    package func finish() {
        let streams = listeners.withLock { listeners in
            defer { listeners.streams = [:] }
            return Array(listeners.streams.values)
        }
        for stream in streams { stream.finish() }
    }
}

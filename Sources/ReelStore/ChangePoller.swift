import Dispatch
import Synchronization

/// Looks now and then for what other processes have done to a store, for as long as somebody listens.
///
/// What is done through the store itself is found in the same place, and at once: the caller calls ``wake()``. So all
/// changes come in one order, each once.
package final class ChangePoller: Sendable {
    /// How long a change of another process may take to be told.
    package static let interval = Duration.milliseconds(250)

    private let feed: ChangeFeed
    /// What has happened since it was last asked; the first time, nothing.
    private let look: @Sendable () -> [RecordingChange]
    private let isRunning = Guarded(false)
    private let isAwake = DispatchSemaphore(value: 0)

    package init(_ feed: ChangeFeed, look: @escaping @Sendable () -> [RecordingChange]) {
        self.feed = feed
        self.look = look
    }

    /// What happens from now on.
    package func listen() -> AsyncStream<RecordingChange> {
        isRunning.withLock { isRunning in
            // What has happened before is told to those who listened before.
            for change in look() where isRunning { feed.send(change) }
            if !isRunning {
                isRunning = true
                DispatchQueue(label: "reel.changes").async { self.run() }
            }
            return feed.listen()
        }
    }

    /// Looks at once.
    package func wake() { isAwake.signal() }

    private func run() {
        let (seconds, attoseconds) = ChangePoller.interval.components
        let pause = DispatchTimeInterval.milliseconds(Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000))
        repeat {
            _ = isAwake.wait(timeout: .now() + pause)
            // Those who wake it several times need it to look once.
            while isAwake.wait(timeout: .now()) == .success {}
        } while lookOnce()
    }

    /// Tells what has happened. Returns whether somebody still listens.
    private func lookOnce() -> Bool {
        isRunning.withLock { isRunning in
            isRunning = feed.hasListeners
            if isRunning { for change in look() { feed.send(change) } }
            return isRunning
        }
    }
}

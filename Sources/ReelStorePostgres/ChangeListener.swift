import Dispatch
import ReelStore
import Synchronization

/// Hears what other processes say they have done, over a connection of its own.
final class ChangeListener: Sendable {
    private let url: String
    private let feed: ChangeFeed
    private let pipe: WakePipe
    private let isClosed = Atomic<Bool>(false)
    private let hasStarted = Mutex(false)

    init(_ url: String, _ feed: ChangeFeed) throws(PostgresError) {
        self.url = url
        self.feed = feed
        pipe = try WakePipe()
    }

    /// Listens from now on. Starting again changes nothing.
    func start() throws(PostgresError) {
        let outcome: Result<Void, PostgresError> = hasStarted.withLock { hasStarted in
            if hasStarted { return .success(()) }
            do throws(PostgresError) {
                let connection = try ChangeListener.connect(url)
                hasStarted = true
                // A thread of its own: it waits for as long as the store is open.
                DispatchQueue(label: "reel.postgres.listener").async { self.listen(connection) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    func close() {
        isClosed.store(true, ordering: .relaxed)
        pipe.wake()
    }

    private static func connect(_ url: String) throws(PostgresError) -> PostgresConnection {
        let connection = try PostgresConnection(url)
        try connection.execute("LISTEN \(Announcement.channel)")
        return connection
    }

    private func listen(_ first: PostgresConnection) {
        var connection = first
        while !isClosed.load(ordering: .relaxed) {
            do throws(PostgresError) {
                for notification in try connection.notifications(wake: pipe.readEnd)
                where notification.channel == Announcement.channel {
                    feed.send(RecordingChange(text: notification.payload))
                }
            } catch {
                guard let next = reconnect() else { return }
                connection = next
                // Nobody knows what was said meanwhile.
                feed.send(.unknown)
            }
        }
    }

    private func reconnect() -> PostgresConnection? {
        var pause = 10
        while !isClosed.load(ordering: .relaxed) {
            if let connection = try? ChangeListener.connect(url) { return connection }
            _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(pause))
            pause = min(pause * 2, 2_000)
        }
        return nil
    }
}

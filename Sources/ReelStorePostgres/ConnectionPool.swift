import Dispatch
import ReelStore
import Synchronization

/// Connections to one database: as many as are needed at once, up to a number, made anew when the database was away.
final class ConnectionPool: Sendable {
    private let url: String
    private let mostConnections: Int
    private let patience: Duration
    private let state = Mutex(State())

    private struct State {
        var idle: [PostgresConnection] = []
        /// How many connections are in use.
        var inUse = 0
        /// The callers that wait for one to be given back, the first one first.
        var waiting: [@Sendable () -> Void] = []
        var isClosed = false
    }

    /// - Parameter patience: how long to try again when the database is away.
    init(_ url: String, mostConnections: Int, patience: Duration) {
        self.url = url
        self.mostConnections = max(mostConnections, 1)
        self.patience = patience
    }

    /// Does something with a connection, on a thread that may wait.
    ///
    /// When the connection is lost meanwhile it is done again with another one: doing it twice must come to the same.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(StoreError) -> Value {
        await withCheckedContinuation { continuation in acquire { continuation.resume() } }
        return try await BlockingWork.run { () throws(StoreError) in
            defer { self.release() }
            return try self.attempt(body)
        }
    }

    /// Does the same, and waits.
    func runBlocking<Value>(_ body: (PostgresConnection) throws -> Value) throws(StoreError) -> Value {
        let isFree = DispatchSemaphore(value: 0)
        acquire { isFree.signal() }
        isFree.wait()
        defer { release() }
        return try attempt(body)
    }

    /// Closes the connections that nobody uses, and those that are in use when they are given back.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.idle = []
        }
    }

    // MARK: Places

    /// Calls `body` as soon as there is a place for a connection.
    private func acquire(_ body: @escaping @Sendable () -> Void) {
        let isFree = state.withLock { state in
            guard state.inUse < mostConnections else {
                state.waiting.append(body)
                return false
            }
            state.inUse += 1
            return true
        }
        if isFree { body() }
    }

    /// Gives a place back, or on.
    private func release() {
        let next = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.waiting.isEmpty else {
                state.inUse -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?()
    }

    // MARK: Connections

    private func attempt<Value>(_ body: (PostgresConnection) throws -> Value) throws(StoreError) -> Value {
        let end = ContinuousClock.now + patience
        var pause = Duration.milliseconds(5)
        while true {
            var last: PostgresError
            do {
                let connection = try state.withLock { $0.idle.popLast() } ?? PostgresConnection(url)
                do {
                    let value = try body(connection)
                    keep(connection)
                    return value
                } catch let error as PostgresError {
                    if !error.isConnectionLost {
                        // A transaction that failed is not to be somebody else's.
                        if (try? connection.execute("ROLLBACK")) != nil { keep(connection) }
                        guard error.isPassing else { throw error }
                    }
                    last = error
                } catch {
                    if (try? connection.execute("ROLLBACK")) != nil { keep(connection) }
                    throw error
                }
            } catch let error as PostgresError where error.isConnectionLost && error.isPassing {
                last = error
            } catch {
                throw StoreError(database: error)
            }
            last.message = last.message.isEmpty ? "the connection was lost" : last.message
            guard ContinuousClock.now + pause < end else { throw StoreError(database: last) }
            _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(Int(pause / .milliseconds(1))))
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    private func keep(_ connection: PostgresConnection) {
        state.withLock { state in if !state.isClosed { state.idle.append(connection) } }
    }
}

extension PostgresError {
    /// Whether it may go away by itself: the database restarts, or two were in each other's way.
    var isPassing: Bool {
        if let state {
            return ["40001", "40P01", "53300", "55P03"].contains(state) || state.hasPrefix("08")
                || state.hasPrefix("57P0")
        }
        // What is said before there is a connection has no state. What the server says then stays so, unless it is starting,
        // stopping or full; where there is no server, one may come.
        if message.contains("FATAL:") {
            return [
                "starting up", "shutting down", "recovery", "too many", "remaining connection slots", "terminating",
            ]
            .contains { message.contains($0) }
        }
        return !["certificate", "SSL", "password"].contains { message.contains($0) }
    }
}

extension StoreError {
    init(database error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as PostgresError:
            let kind: Kind =
                switch error.state {
                case nil: error.isInvalidURL ? .invalidLocation : .unavailable
                case "53100"?, "53200"?, "53400"?: .full
                case "25006"?, "42501"?: .readOnly
                case let state? where state.hasPrefix("08") || state.hasPrefix("57P") || state.hasPrefix("28"):
                    .unavailable
                case "3D000"?: .notFound
                default: error.isConnectionLost ? .unavailable : .inputOutput
                }
            self.init(kind, error.message + (error.state.map { " (\($0))" } ?? ""))
        default: self.init(.inputOutput, "\(error)")
        }
    }
}

import Dispatch
import Reel
import ReelStore
import ReelStorePostgres
import ReelStoreSQLite
import Synchronization
import SystemPackage

/// Stores as commands use them: opened by their location, and waited for.
enum StoreAccess {
    /// Does something with a store, and closes it.
    ///
    /// - Parameter creates: whether a store that is not there is made.
    /// - Throws: `ExitCode` when it fails, or ends with a status that is not fine.
    static func with(
        _ argument: StoreArgument, creates: Bool = false, mode: ModeOption? = nil,
        _ body: @escaping @Sendable (any RecordingStore) async throws -> ExitStatus
    ) throws {
        let location = argument.location
        try ExitStatus.of("\(location)") {
            try wait {
                try await with(location, creates: creates, mode: mode, body)
            }
        }
    }

    /// Does something with a store, and closes it.
    static func with<Result>(
        _ location: StoreLocation, creates: Bool = false, mode: ModeOption? = nil,
        _ body: (any RecordingStore) async throws -> Result
    ) async throws -> Result {
        let store = try await open(location, creates: creates, mode: mode)
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    /// Opens a store.
    ///
    /// - Parameter syncs: whether a folder's disk is waited for each time that something is appended.
    static func open(
        _ location: StoreLocation, creates: Bool, syncs: Bool = true, mode: ModeOption? = nil
    ) async throws -> any RecordingStore {
        let permissions = mode?.permissions ?? .ownerReadWrite
        switch location {
        case .folder(let path):
            return try FileStore(
                FilePath(argument: path), createsFolder: creates, syncs: syncs, permissions: permissions)
        case .sqlite(let path): return try SQLiteStore(path, createsFile: creates, permissions: permissions)
        case .postgres(let url): return try await PostgresStore(url)
        case .phoenixReplay(let url): return try await PhoenixReplayStore(url)
        }
    }

    /// Waits for work that is done asynchronously: commands are not.
    private static func wait<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Value, any Error>?>(nil)
        Task {
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(try await body())
            } catch {
                outcome = .failure(error)
            }
            result.withLock { $0 = outcome }
            done.signal()
        }
        done.wait()
        guard let outcome = result.withLock({ $0 }) else { throw Failure(.inputOutput, "nothing came of it") }
        return try outcome.get()
    }
}

extension Failure {
    /// What a store says.
    init(_ error: StoreError, input: String) {
        let status: ExitStatus =
            switch error.kind {
            case .invalidID, .invalidQuery, .invalidLocation, .readOnly: .usage
            case .notFound: .noInput
            case .conflict, .invalidRecording: .inputFellShort
            case .full, .unavailable, .inputOutput: .inputOutput
            }
        let advice: String? =
            switch error.kind {
            case .conflict: "keep it under another id"
            case .unavailable where input.hasPrefix("sqlite:"): "try again when it is done"
            case .full: "make room, or see 'reel store gc'"
            case .unavailable: "is the database running, and does the URL name it?"
            default: nil
            }
        self.init(status, error.reason, input: input, advice: advice)
    }
}

/// What has come of many things that were done at once.
final class StoreOutcomes: Sendable {
    private struct State {
        var status = ExitStatus.fine
        var done = 0
        var byteCount = 0
        var unchanged = 0
    }

    private let state = Mutex(State())

    /// How many have been done.
    var done: Int { state.withLock { $0.done } }
    /// How many bytes have been sent.
    var byteCount: Int { state.withLock { $0.byteCount } }
    /// Of how many nothing had to be sent.
    var unchanged: Int { state.withLock { $0.unchanged } }
    /// The gravest status.
    var status: ExitStatus { state.withLock { $0.status } }

    func add(_ outcome: RecordingCopier.Outcome) {
        state.withLock { state in
            state.done += 1
            switch outcome {
            case .copied(_, let sent): state.byteCount += sent
            case .unchanged: state.unchanged += 1
            }
        }
    }

    /// Says what went wrong, between the others.
    func add(_ failure: Failure) {
        state.withLock { state in
            StandardError.say(failure)
            state.status = max(state.status, failure.status)
        }
    }
}

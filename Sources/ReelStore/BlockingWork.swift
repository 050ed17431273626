import Dispatch

/// Work that waits for a disk or a database, done where it keeps no task from running.
package enum BlockingWork {
    private static let queue = DispatchQueue(label: "reel.store", attributes: .concurrent)

    /// Does blocking work on another thread.
    package static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(StoreError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Does blocking work that may fail in any way on another thread.
    package static func runAny<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Does the same with each number below `count`, several at a time, and returns when all is done.
    package static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}

/// The system's clock.
package enum WallClock {
    /// The time now, in milliseconds since 1970.
    package static var now: Int { FileSystem.now / 1_000_000 }
}

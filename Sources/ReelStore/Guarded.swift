package import Synchronization

/// A value that one thread at a time may use.
///
/// It is a `Mutex`. Under contention that is taken and given up in the standard library, which is not built for the thread
/// sanitizer: it sees no order between two threads then, and reports races where there are none. So in a build for the
/// sanitizer (`-DTHREAD_SANITIZER`) each thread says by itself that it has seen what the one before it did.
#if THREAD_SANITIZER
    package struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
        private let mutex: Mutex<Value>
        private let turn = Atomic<Bool>(false)

        package init(_ value: consuming sending Value) { mutex = Mutex(value) }

        package borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            try mutex.withLock { value throws(Failure) in
                _ = turn.load(ordering: .acquiring)
                defer { turn.store(true, ordering: .releasing) }
                return try body(&value)
            }
        }
    }
#else
    package typealias Guarded = Mutex
#endif

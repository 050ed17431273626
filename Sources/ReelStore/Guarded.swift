package import Synchronization

/// A value that one thread at a time may use: a `Mutex` that the thread sanitizer understands.
///
/// Under contention a `Mutex` is taken and given up in the standard library, which is not built for the sanitizer: it sees no
/// order between two threads then, and reports races where there are none. So each thread says by itself that it has seen
/// what the one before it did, which takes a load and a store.
package struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
    @usableFromInline let mutex: Mutex<Value>
    @usableFromInline let turn = Atomic<Bool>(false)

    @inlinable
    package init(_ value: consuming sending Value) { mutex = Mutex(value) }

    /// Calls `body` with the value, when no other thread uses it.
    @inlinable
    @inline(__always)
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

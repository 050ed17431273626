import Glibc

/// A clock that nobody sets: nanoseconds from some start.
enum MonotonicTime {
    @inline(__always)
    static var now: UInt64 {
        var time = timespec()
        // Safe: the system writes into the variable, which outlives the call. The standard library's clocks take twice as long.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }
}

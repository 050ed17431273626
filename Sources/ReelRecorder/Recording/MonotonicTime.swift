import Dispatch

/// A clock that nobody sets: nanoseconds from some start.
enum MonotonicTime {
    static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }
}

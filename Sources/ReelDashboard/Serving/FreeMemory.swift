import CMalloc

/// Memory that has been freed, and that the system does not have back yet: the allocator keeps what lies between pieces in use.
package enum FreeMemory {
    /// How much of it is kept for what comes next.
    private static let most = 64 << 20

    /// Gives the memory back when there is much of it. To look takes microseconds, to give it back milliseconds.
    package static func giveBack() {
        if mallinfo2().fordblks > most { malloc_trim(0) }
    }
}

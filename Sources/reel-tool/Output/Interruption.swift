import Glibc
import Synchronization

/// Signals that ask the tool to end: half a file is taken away first.
enum Interruption {
    /// The signal that has come, or 0.
    private static let signal = Atomic<Int32>(0)

    /// Lets signals wait, from now on, until it is asked for them. A second one ends the process as ever.
    static func wait() {
        // Before the first signal needs it.
        signal.store(0, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            Glibc.signal(number) { number in
                Interruption.signal.store(number, ordering: .relaxed)
                Glibc.signal(number, SIG_DFL)
            }
        }
    }

    /// Ends the process when a signal has come, after `cleaningUp`.
    static func check(cleaningUp: () -> Void) {
        let number = signal.load(ordering: .relaxed)
        guard number != 0 else { return }
        cleaningUp()
        exit(128 + number)
    }
}

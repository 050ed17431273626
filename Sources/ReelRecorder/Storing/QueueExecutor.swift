import Dispatch

/// Runs an actor on a thread of its own, so that what computes for long, or waits for a disk, keeps no task of the application
/// from running.
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label, qos: .utility) }

    /// The executor as an actor names it.
    ///
    /// Safe: who names it owns it, and so it lives as long as the actor does.
    @safe var reference: UnownedSerialExecutor { unsafe asUnownedSerialExecutor() }

    func enqueue(_ job: consuming ExecutorJob) {
        // Safe: the job is run once, here.
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.reference) }
    }
}

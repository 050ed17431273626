import Dispatch
import ExternalTerm
import Synchronization
import SystemPackage

/// The answers to a sender. Implements Spec/port.md §3.
///
/// Nothing is done about a sender that has gone: what it has sent is recorded all the same.
final class PortOutput: Sendable {
    // Waiting for a pipe takes a thread, and none of those that tasks share.
    private let queue = DispatchQueue(label: "reel.record.output")
    private let isOpen = Atomic<Bool>(true)

    /// Writes a term, and waits until the pipe has taken it.
    func send(_ term: Term) async {
        enqueue(term)
        await drain()
    }

    /// Has a term written after those before it.
    func enqueue(_ term: Term) {
        let content = term.external
        let frame = (TermFraming.packet4.head(content.count) ?? []) + content
        queue.async {
            guard self.isOpen.load(ordering: .relaxed),
                (try? FileDescriptor.standardOutput.writeAll(frame)) == nil
            else { return }
            self.isOpen.store(false, ordering: .relaxed)
        }
    }

    /// Waits until the pipe has taken what has been enqueued.
    func drain() async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
    }
}

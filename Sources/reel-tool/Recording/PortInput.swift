import Dispatch
import ExternalTerm
import Reel
import Synchronization
import SystemPackage

/// The frames that a sender writes: a big-endian length of four bytes, and so many bytes. Implements Spec/port.md §1.
///
/// What is held is a frame at the most, and a piece of what follows it.
struct PortInput {
    /// The most bytes of a frame.
    static let mostBytes = 64 << 20

    /// What has been read; the range of a frame stands in here.
    private(set) var bytes: [UInt8] = []
    /// How many frames have been read, or left out.
    private(set) var count = 0
    private var position = 0
    // Waiting for a pipe takes a thread, and none of those that tasks share.
    private let queue = DispatchQueue(label: "reel.record.input")
    /// What ends the input before its end.
    let interruption = Interruption()

    /// Ends an input that is waited for, such as when a signal asks the process to end.
    final class Interruption: Sendable {
        private struct State {
            var isInterrupted = false
            var waiting: CheckedContinuation<[UInt8], any Error>?
        }

        private let state = Mutex(State())

        /// Whether the input has been ended so.
        var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

        /// Ends the input now.
        func interrupt() {
            let waiting = state.withLock { state -> CheckedContinuation<[UInt8], any Error>? in
                state.isInterrupted = true
                return state.waiting.take()
            }
            waiting?.resume(returning: [])
        }

        /// Has a continuation wait. Returns false when there is nothing to wait for any more.
        fileprivate func wait(_ continuation: CheckedContinuation<[UInt8], any Error>) -> Bool {
            state.withLock { state in
                guard !state.isInterrupted else { return false }
                state.waiting = continuation
                return true
            }
        }

        fileprivate func resume(with result: Result<[UInt8], any Error>) {
            state.withLock { $0.waiting.take() }?.resume(with: result)
        }
    }

    enum Frame {
        case content(Range<Int>)
        /// It was longer than a frame may be, and has been left out.
        case tooLarge(byteCount: Int)
    }

    /// The next frame, or nil at the end, which may be that of ``interruption``.
    ///
    /// - Throws: ``PortError`` when the input ends inside a frame.
    mutating func next() async throws -> Frame? {
        do {
            return try await read()
        } catch let error as PortError {
            // The rest of the frame may have been on its way.
            guard interruption.isInterrupted else { throw error }
            return nil
        }
    }

    private mutating func read() async throws -> Frame? {
        guard try await fill(4) else {
            guard position == bytes.count else { throw truncated() }
            return nil
        }
        let length = bytes.span.uint32(at: position)
        position += 4
        count += 1
        guard length <= PortInput.mostBytes else {
            var left = length
            while left > 0 {
                guard try await fill(1) else { throw truncated() }
                let step = min(left, bytes.count - position)
                position += step
                left -= step
            }
            return .tooLarge(byteCount: length)
        }
        guard try await fill(length) else { throw truncated() }
        defer { position += length }
        return .content(position..<position + length)
    }

    /// Reads until there are so many bytes after `position`. Returns false when the input ends before.
    private mutating func fill(_ wanted: Int) async throws -> Bool {
        while bytes.count - position < wanted {
            if position > 0 {
                bytes.removeSubrange(..<position)
                position = 0
            }
            let piece = try await readPiece()
            guard !piece.isEmpty else { return false }
            bytes += piece
        }
        return true
    }

    private func readPiece() async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            guard interruption.wait(continuation) else { return continuation.resume(returning: []) }
            queue.async { [interruption] in
                interruption.resume(
                    with: Result {
                        var source = DescriptorSource(.standardInput)
                        var piece: [UInt8] = []
                        _ = try source.read(upTo: 64 << 10, appendingTo: &piece)
                        return piece
                    })
            }
        }
    }

    private func truncated() -> PortError { PortError(.truncated, "the input ends inside a frame") }
}

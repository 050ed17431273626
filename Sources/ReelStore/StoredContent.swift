public import Reel

/// A recording that has been opened in a store: any part of its bytes.
///
/// It is the recording that was opened, to its end: when that is deleted or replaced meanwhile, and even when another one takes
/// its id, reading gives its bytes or fails.
///
/// `RandomAccessBytes` blocks while it reads, as `RecordingFile` needs it to; in async code read through ``bytes(_:)`` or
/// ``pieces(from:upTo:)``.
public protocol StoredContent: RandomAccessBytes {}

extension StoredContent {
    /// Reads exactly the bytes of `range`, which lies within the recording.
    public func bytes(_ range: Range<Int>) async throws(StoreError) -> [UInt8] {
        try await BlockingWork.run { () throws(StoreError) in
            do {
                return try read(range)
            } catch let error as StoreError {
                throw error
            } catch {
                throw StoreError(.inputOutput, "\(error)")
            }
        }
    }

    /// The recording from `offset` on, piece by piece.
    public func pieces(from offset: Int = 0, upTo pieceByteCount: Int = 256 << 10) -> StoredPieces {
        StoredPieces(content: self, position: offset, pieceByteCount: max(pieceByteCount, 1))
    }

    /// Does something with the recording that blocks, such as reading it as a `RecordingFile`, where blocking does no harm.
    ///
    /// ```swift
    /// let event = try await content.reading { try RecordingFile($0).event(at: 1_204) }
    /// ```
    public func reading<Result: Sendable>(
        _ body: @escaping @Sendable (Self) throws -> Result
    ) async throws -> Result {
        try await BlockingWork.runAny { try body(self) }
    }
}

/// A recording, piece by piece.
public struct StoredPieces: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let content: any StoredContent
    var position: Int
    let pieceByteCount: Int

    public mutating func next() async throws(StoreError) -> [UInt8]? {
        try await next(isolation: nil)
    }

    public mutating func next(isolation: isolated (any Actor)?) async throws(StoreError) -> [UInt8]? {
        let end = Swift.min(content.byteCount, position + pieceByteCount)
        guard position < end else { return nil }
        let piece = try await content.bytes(position..<end)
        position = end
        return piece
    }

    public func makeAsyncIterator() -> StoredPieces { self }
}

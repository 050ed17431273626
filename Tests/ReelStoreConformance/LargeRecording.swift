import ExternalTerm
import Reel
import Synchronization
import Zlib

/// A recording that deflate makes no smaller, made member by member.
package struct LargeRecording {
    package let byteCount: Int

    package init(byteCount: Int) { self.byteCount = byteCount }

    private static let eventByteCount = 64_000

    package var eventCount: Int { byteCount / LargeRecording.eventByteCount + 1 }

    private final class Pending: ByteSink, Sendable {
        let bytes = Mutex<[UInt8]>([])

        func write(_ bytes: [UInt8]) { self.bytes.withLock { $0 += bytes } }

        func take() -> [UInt8] {
            bytes.withLock { bytes in
                defer { bytes = [] }
                return bytes
            }
        }
    }

    /// Calls `body` with pieces of about 4 MiB, each of whole members.
    package func forEachPiece(
        eventsPerPiece: Int = 64, _ body: ([UInt8]) async throws -> Void
    ) async throws {
        let sink = Pending()
        let writer = try RecordingWriter(
            to: sink, header: Header(fields: ["id": "large", "view": "Large"]), options: WriterOptions(level: 1))
        var random = SeededNumbers(seed: 99)
        var bytes: [UInt8] = []
        for index in 0..<eventCount {
            bytes.removeAll(keepingCapacity: true)
            for _ in 0..<LargeRecording.eventByteCount / 8 {
                let word = random.next()
                for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * shift))) }
            }
            try writer.append(offset: index, kind: "event", payload: .map(["name": "chunk", "data": .binary(bytes)]))
            if (index + 1).isMultiple(of: eventsPerPiece) {
                try writer.flush()
                try await body(sink.take())
            }
        }
        try writer.finish()
        try await body(sink.take())
    }

    /// The same recording in other members.
    func form(eventsPerPiece: Int) async throws -> LargeForm {
        var pieces: [[UInt8]] = []
        try await forEachPiece(eventsPerPiece: eventsPerPiece) { pieces.append($0) }
        return LargeForm(pieces: pieces)
    }
}

/// A recording in memory, in pieces of any size.
struct LargeForm: RandomAccessBytes {
    private let pieces: [[UInt8]]
    private let starts: [Int]
    let byteCount: Int
    let checksum: Checksum

    init(pieces: [[UInt8]]) {
        var starts: [Int] = []
        var byteCount = 0
        var checksum = Checksum()
        for piece in pieces {
            starts.append(byteCount)
            byteCount += piece.count
            checksum.update(piece)
        }
        self.pieces = pieces
        self.starts = starts
        self.byteCount = byteCount
        self.checksum = checksum
    }

    func read(_ range: Range<Int>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for (piece, start) in zip(pieces, starts) {
            let part = range.clamped(to: start..<start + piece.count)
            if !part.isEmpty { bytes += piece[part.lowerBound - start..<part.upperBound - start] }
        }
        return bytes
    }
}

/// The checksum and the length of bytes that come in pieces.
struct Checksum: Equatable {
    private var checksum = CRC32()
    private var byteCount = 0

    mutating func update(_ bytes: [UInt8]) {
        checksum.update(bytes.span)
        byteCount += bytes.count
    }
}

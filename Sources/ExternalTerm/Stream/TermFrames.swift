import Zlib

/// Finds the terms in bytes that come piece by piece.
///
/// Where a term ends is found by its tags, each of which is looked at once however small the pieces are. Whether it is a valid
/// one is for whatever reads it. Memory is bounded by the longest term, and by a piece.
///
/// ```
/// var frames = TermFrames(.packet4)
/// while let piece = try connection.read() {
///     frames.append(piece.span)
///     while let term = try frames.next() { print(try Term(external: frames.bytes.span.extracting(term))) }
/// }
/// frames.end()
/// while let term = try frames.next() { print(try Term(external: frames.bytes.span.extracting(term))) }
/// ```
///
/// Implements Spec/terms.md §9.
public struct TermFrames {
    /// How the terms stand.
    public let framing: TermFraming
    /// The most bytes that a term may have.
    public let longestTerm: Int
    /// What has come and is needed still; the range that ``next()`` returns stands in here.
    public private(set) var bytes: [UInt8] = []
    /// How many terms have been returned.
    public private(set) var count = 0
    /// Where the term that was returned last starts, in bytes from the first that has come.
    public private(set) var offset = 0
    /// Whether no more bytes will come.
    public private(set) var isEnded = false

    /// How many bytes have been dropped, and where in `bytes` the next term starts, or the length before it.
    private var dropped = 0
    private var position = 0
    /// How far the tags of the next term have been looked at, from `position` on.
    private var scan: Scan?
    private var inflation: Inflation?

    private struct Scan {
        var byteCount: Int
        /// How many terms are to come until it ends.
        var pending: Int
    }

    /// A compressed term on the way to its end.
    private struct Inflation {
        let inflater: Inflater
        let declared: Int
        var byteCount = 6
        var produced = 0
        var isFinished = false
    }

    /// The most bytes that a term has by default: 1 GiB.
    public static let defaultLongestTerm = 1 << 30

    /// Starts with the first byte of a file or a stream.
    public init(_ framing: TermFraming, longestTerm: Int = defaultLongestTerm) {
        self.framing = framing
        self.longestTerm = longestTerm
    }

    /// Takes bytes that follow those so far.
    public mutating func append(_ piece: Span<UInt8>) {
        drop()
        bytes.append(copying: piece)
    }

    /// Lets `body` append bytes that follow those so far.
    package mutating func append<Result>(_ body: (inout [UInt8]) throws -> Result) rethrows -> Result {
        drop()
        return try body(&bytes)
    }

    /// Says that no more bytes will come.
    public mutating func end() { isEnded = true }

    private mutating func drop() {
        guard position > 0 else { return }
        bytes.removeSubrange(..<position)
        dropped += position
        position = 0
    }

    /// Where in ``bytes`` the next term stands, with its 131; nil when it is not whole, or there is none.
    ///
    /// - Throws: ``TermError`` when no term can stand there, or the bytes end inside one. Offsets count from the first byte that
    ///   has come.
    public mutating func next() throws(TermError) -> Range<Int>? {
        let term = framing == .terms ? try nextTerm() : try nextPacket()
        guard let term else {
            guard bytes.count - position <= longestTerm else { throw tooLong(bytes.count - position, at: position) }
            return nil
        }
        count += 1
        offset = dropped + term.lowerBound
        position = term.upperBound
        return term
    }

    private func error(_ code: TermError.Code, at place: Int, _ reason: String) -> TermError {
        TermError(code, at: dropped + place, reason)
    }

    private func tooLong(_ byteCount: Int, at place: Int) -> TermError {
        error(.limitExceeded, at: place, "a term of \(byteCount) bytes or more, beyond the limit of \(longestTerm)")
    }

    // MARK: Lengths

    private mutating func nextPacket() throws(TermError) -> Range<Int>? {
        let left = bytes.count - position
        let head = framing.lengthByteCount
        guard left >= head else {
            guard !isEnded || left == 0 else { throw error(.truncated, at: position, "the bytes end inside a length") }
            return nil
        }
        let length = Int(truncatingIfNeeded: bytes.span.number(in: position..<position + head))
        guard length <= longestTerm else { throw tooLong(length, at: position) }
        guard left >= head + length else {
            guard !isEnded else {
                throw error(.truncated, at: position, "a length of \(length) bytes, of which \(left - head) are there")
            }
            return nil
        }
        return position + head..<position + head + length
    }

    // MARK: Terms one after the other

    private mutating func nextTerm() throws(TermError) -> Range<Int>? {
        guard position < bytes.count else { return nil }
        guard bytes[position] == Tag.version else {
            throw error(.notExternalTerm, at: position, "a byte of \(bytes[position]), not 131, where a term starts")
        }
        guard position + 1 < bytes.count else {
            guard !isEnded else { throw error(.truncated, at: position + 1, "the bytes end after a 131") }
            return nil
        }
        let end =
            switch bytes[position + 1] {
            case Tag.compressed: try endOfCompressedTerm()
            // It goes on to the end, whatever that is.
            case Tag.local: isEnded ? bytes.count : nil
            default: try endOfPlainTerm()
            }
        guard let end else { return nil }
        scan = nil
        inflation = nil
        return position..<end
    }

    private mutating func endOfPlainTerm() throws(TermError) -> Int? {
        if scan == nil, let end = CommonTerm.end(of: bytes.span, at: position + 1, room: .max) { return end }
        var scan = scan ?? Scan(byteCount: 1, pending: 1)
        do throws(TermError) {
            if let end = try TermFrames.end(of: bytes.span, from: position, &scan) { return end }
        } catch {
            guard error.code == .truncated, !isEnded else {
                throw self.error(error.code, at: error.offset, error.reason)
            }
        }
        self.scan = scan
        return nil
    }

    /// Where the term ends whose tags have been looked at so far, from `start` on.
    ///
    /// - Throws: ``TermError`` before a tag that is none, or is not all there.
    private static func end(of bytes: Span<UInt8>, from start: Int, _ scan: inout Scan) throws(TermError) -> Int? {
        var reader = TokenReader(bytes, at: start + scan.byteCount)
        while scan.pending > 0 {
            if reader.skipCommonLeaf() {
                scan.pending -= 1
            } else {
                scan.pending += try reader.next().followingTermCount - 1
            }
            scan.byteCount = reader.offset - start
        }
        return start + scan.byteCount
    }

    private mutating func endOfCompressedTerm() throws(TermError) -> Int? {
        guard bytes.count - position >= 6 else {
            guard !isEnded else { throw error(.truncated, at: bytes.count, "a compressed term that ends early") }
            return nil
        }
        do {
            var inflation =
                try self.inflation
                ?? Inflation(inflater: Inflater(.zlib), declared: bytes.span.uint32(at: position + 2))
            var output: [UInt8] = []
            while !inflation.isFinished {
                output.removeAll(keepingCapacity: true)
                // What it holds is not needed here; one byte more than declared shows that there is more.
                let step = try inflation.inflater.inflate(
                    bytes.span.extracting(position + inflation.byteCount..<bytes.count), appendingTo: &output,
                    atMost: min(64 << 10, inflation.declared + 1 - inflation.produced))
                inflation.byteCount += step.consumed
                inflation.produced += step.produced
                inflation.isFinished = step.isFinished
                guard inflation.produced <= inflation.declared else {
                    throw error(
                        .malformedCompression, at: position + 2, "a compressed term that holds more than it declares")
                }
                guard !step.isFinished, step.consumed + step.produced == 0 else { continue }
                guard !isEnded else { throw error(.truncated, at: bytes.count, "a compressed term that ends early") }
                self.inflation = inflation
                return nil
            }
            return position + inflation.byteCount
        } catch let error as TermError {
            throw error
        } catch {
            throw self.error(
                .malformedCompression, at: position + 6, "a compressed term that does not inflate: \(error)")
        }
    }
}

import ExternalTerm

/// Walks through one term that is larger than memory should be: a window over its bytes in which the terms inside it are found.
struct TermWindow {
    private var source: any ByteSource
    private let limits: ReaderLimits
    /// The bytes in the window; those before `position` have been walked over.
    private(set) var bytes: [UInt8] = []
    private(set) var position = 0
    /// How many bytes came before the window.
    private var offset = 0
    private var isEnded = false

    init(_ source: any ByteSource, limits: ReaderLimits) {
        self.source = source
        self.limits = limits
    }

    /// How many bytes have been walked over.
    var walkedByteCount: Int { offset + position }

    /// Makes the window longer. Returns false at the end of the source.
    private mutating func fill() throws -> Bool {
        guard !isEnded else { return false }
        if position > 0 {
            bytes.removeSubrange(..<position)
            offset += position
            position = 0
        }
        // As much again as is there: a term that takes many fills is parsed anew only a few times.
        isEnded = try source.read(upTo: max(256 << 10, bytes.count), appendingTo: &bytes) == 0
        return !isEnded
    }

    private func truncated(_ what: String) -> ReelError {
        ReelError(.truncated, "the term ends in the middle of \(what)", offset: offset + bytes.count)
    }

    /// Reads what follows the term, which counts for nothing, so that the checksum after it is compared.
    mutating func finish() throws {
        repeat {
            position = bytes.count
            guard walkedByteCount <= limits.totalByteCount else {
                throw ReelError(
                    .limitExceeded, "more than the limit of \(limits.totalByteCount) bytes after the term",
                    section: "recording.md §9")
            }
        } while try fill()
    }

    /// Takes one byte.
    mutating func byte(_ what: String) throws -> UInt8 {
        try require(1, what)
        defer { position += 1 }
        return bytes[position]
    }

    /// Takes a big-endian number of four bytes.
    mutating func uint32(_ what: String) throws -> Int {
        try require(4, what)
        defer { position += 4 }
        return bytes.span.uint32(at: position)
    }

    /// Makes the window hold so many bytes more than have been walked over.
    private mutating func require(_ byteCount: Int, _ what: String) throws {
        while bytes.count - position < byteCount { guard try fill() else { throw truncated(what) } }
    }

    /// Finds the next term, which is then in ``bytes`` as a whole until the next call.
    ///
    /// - Parameter enclosing: how many terms enclose it.
    mutating func term(_ what: String, enclosing: Int) throws -> Range<Int> {
        var limits = limits.term
        limits.depth -= enclosing
        while true {
            do throws(TermError) {
                var parser = TermParser(bytes.span, at: position, limits: limits)
                try parser.skipToEnd()
                let start = position
                position = parser.offset
                return start..<position
            } catch {
                guard error.code == .truncated else {
                    throw ReelError(
                        error.code == .limitExceeded ? .limitExceeded : .malformedTerm, "\(error.reason), in \(what)",
                        offset: offset + error.offset, section: "terms.md §3")
                }
            }
            guard bytes.count - position <= self.limits.frameByteCount else {
                throw ReelError(
                    .limitExceeded, "\(what) of more than the limit of \(self.limits.frameByteCount) bytes",
                    offset: offset + position, section: "recording.md §9")
            }
            guard try fill() else { throw truncated(what) }
        }
    }

    /// Reads the next term, which `enclosing` terms enclose.
    mutating func value(_ what: String, enclosing: Int) throws -> Term {
        let range = try term(what, enclosing: enclosing)
        return try Term.decode(bytes.span, at: range.lowerBound, limits: limits.term).term
    }
}

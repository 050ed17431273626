import Reel

/// Walks through a JSON text that is larger than memory should be: a window over it in which the values inside it are
/// found.
struct JSONWindow {
    private var source: any ByteSource
    private let limits: ReaderLimits
    /// The bytes in the window; those before `position` have been walked over.
    private var bytes: [UInt8] = []
    private var position = 0
    /// How many bytes came before the window.
    private var base = 0
    private var isEnded = false
    /// Why the source has nothing more, when it has failed after giving some bytes.
    private var failure: (any Error)?

    init(_ source: any ByteSource, limits: ReaderLimits) {
        self.source = source
        self.limits = limits
    }

    /// How many bytes have been walked over.
    var offset: Int { base + position }

    /// Makes the window longer, unless the source has ended.
    private mutating func fill() throws {
        if let failure { throw failure }
        bytes.removeSubrange(..<position)
        base += position
        position = 0
        let start = bytes.count
        // As much again as is there: a value that takes many fills is parsed anew only a few times.
        let wanted = start + max(256 << 10, start)
        do {
            while bytes.count < wanted, !isEnded {
                isEnded = try source.read(upTo: wanted - bytes.count, appendingTo: &bytes) == 0
            }
        } catch {
            guard bytes.count > start else { throw error }
            failure = error
        }
        guard base + bytes.count <= limits.totalByteCount else {
            throw ReelError(
                .limitExceeded, "text of more than the limit of \(limits.totalByteCount) bytes", offset: 0,
                section: "recording.md §9")
        }
    }

    /// The next byte that is no white space, or nil at the end. It is not taken.
    mutating func peek() throws -> UInt8? {
        while true {
            while position < bytes.count {
                switch bytes[position] {
                case 0x20, 0x09, 0x0A, 0x0D: position += 1
                case let byte: return byte
                }
            }
            if isEnded { return nil }
            try fill()
        }
    }

    /// Takes the next byte that is no white space when it is `character`, and tells whether it was.
    mutating func take(_ character: Unicode.Scalar) throws -> Bool {
        guard let byte = try peek() else {
            throw ReelError(JSONError(.truncated, at: 0, "the text ends inside a value"), at: offset)
        }
        guard byte == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Takes the next value, which nests no deeper than `depth`, as `body` reads it.
    ///
    /// When the window ends inside the value, `body` starts again with a longer one.
    mutating func value<Value>(
        depth: Int, _ body: (inout JSONParser) throws(JSONError) -> Value
    ) throws -> Value {
        _ = try peek()
        while true {
            var end = bytes.count
            do throws(JSONError) {
                var parser = JSONParser(bytes.span, at: position, limits: JSONLimits(depth: depth, byteCount: .max))
                let value = try body(&parser)
                end = parser.offset
                // A number or a word may go on after the window.
                let isClosed = [UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "\"")].contains(bytes[end - 1])
                if end < bytes.count || isEnded || isClosed, end - position <= limits.frameByteCount {
                    position = end
                    return value
                }
            } catch {
                guard error.code == .truncated, !isEnded else { throw ReelError(error, at: base) }
            }
            guard end - position <= limits.frameByteCount else {
                throw ReelError(
                    .limitExceeded, "a value of more than the limit of \(limits.frameByteCount) bytes", offset: offset,
                    section: "recording.md §9")
            }
            try fill()
        }
    }
}

extension ReelError {
    /// The error that JSON which is not sound means for a recording, of text that starts at `base`.
    init(_ error: JSONError, at base: Int) {
        let kind: Kind =
            switch error.code {
            case .truncated: .truncated
            case .limitExceeded: .limitExceeded
            case .trailingBytes: .trailingData
            case .malformed, .malformedText, .duplicateKey, .meaningless: .malformedTerm
            }
        self.init(kind, error.reason, offset: base + error.offset, section: "json.md §5")
    }
}

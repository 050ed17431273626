import Zlib

/// What stands around a term: the leading 131, and compression (80) or LOCAL_EXT (121) when they are used.
///
/// Implements Spec/terms.md §3.1.
package enum TermEnvelope {
    /// The term follows as it is, from this offset.
    case plain(start: Int)
    /// The term was compressed: its bytes, without a leading 131, and how many bytes of the input it took. As in what
    /// is not compressed, other bytes may follow it.
    case inflated([UInt8], byteCount: Int)
    /// The term is LOCAL_EXT: everything that follows.
    case local(Range<Int>)

    package static func open(_ bytes: Span<UInt8>, limits: TermLimits) throws(TermError) -> TermEnvelope {
        var reader = TokenReader(bytes, at: 0)
        guard bytes.count > 0 else { throw TermError(.truncated, at: 0, "no bytes at all") }
        guard try reader.byte() == Tag.version else {
            throw TermError(.notExternalTerm, at: 0, "a first byte of \(bytes[0]), not 131")
        }
        guard bytes.count > 1 else { throw TermError(.truncated, at: 1, "nothing after the first byte") }
        switch bytes[1] {
        case Tag.compressed: return try inflate(bytes, limits: limits)
        case Tag.local: return .local(2..<bytes.count)
        default: return .plain(start: 1)
        }
    }

    /// The first bytes of a term, without its leading 131 and as they were before compression, as far as they are there.
    package static func head(of bytes: Span<UInt8>, upTo count: Int) -> [UInt8] {
        var content: [UInt8] = []
        guard bytes.count > 6, bytes[1] == Tag.compressed else {
            content.append(copying: bytes.extracting(min(1, bytes.count)..<min(count + 1, bytes.count)))
            return content
        }
        // What does not inflate has no first bytes, or fewer.
        _ = try? Inflater(.zlib).inflate(bytes.extracting(6..<bytes.count), appendingTo: &content, atMost: count)
        return content
    }

    private static func inflate(_ bytes: Span<UInt8>, limits: TermLimits) throws(TermError) -> TermEnvelope {
        var reader = TokenReader(bytes, at: 2)
        let declared = Int(try reader.uint32())
        guard declared <= limits.inflatedByteCount else {
            throw TermError(
                .limitExceeded, at: 2,
                "a compressed term of \(declared) bytes, more than the limit of \(limits.inflatedByteCount)")
        }
        let tooLong = TermError(.malformedCompression, at: 2, "a compressed term that holds more than it declares")
        var content: [UInt8] = []
        do {
            let inflater = try Inflater(.zlib)
            var consumed = reader.offset
            while true {
                // One byte more than declared, so that a stream which holds more is noticed.
                let step = try inflater.inflate(
                    bytes.extracting(consumed..<bytes.count), appendingTo: &content,
                    atMost: declared + 1 - content.count)
                consumed += step.consumed
                guard content.count <= declared else { throw tooLong }
                if step.isFinished { break }
                guard step.consumed + step.produced > 0 else {
                    throw TermError(.truncated, at: bytes.count, "a compressed term that ends early")
                }
            }
            guard content.count == declared else {
                throw TermError(
                    .malformedCompression, at: 2,
                    "a compressed term of \(content.count) bytes that declares \(declared)")
            }
            return .inflated(content, byteCount: consumed)
        } catch let error as TermError {
            throw error
        } catch {
            // The byte too many stands before what is damaged.
            guard content.count <= declared else { throw tooLong }
            throw TermError(
                .malformedCompression, at: reader.offset, "a compressed term that does not inflate: \(error)")
        }
    }
}

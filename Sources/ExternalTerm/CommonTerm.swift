import Zlib

/// Goes past whole terms of the kinds that most terms consist of, in one pass that checks what ``TermParser`` checks.
///
/// Maps have to have their keys in order, all of one kind: then no key can come twice.
package enum CommonTerm {
    /// What nests deeper is ``TermParser``'s, which takes no stack for it.
    private static let deepest = 100

    /// Where the term at `offset` ends, or nil when it is anything that is not known here, or is no valid term.
    ///
    /// - Parameter room: how many containers may enclose a term in it.
    package static func end(of bytes: Span<UInt8>, at offset: Int, room: Int) -> Int? {
        end(bytes, at: offset, room: min(room, deepest))
    }

    private static func end(_ bytes: Span<UInt8>, at offset: Int, room: Int) -> Int? {
        guard offset < bytes.count else { return nil }
        if let end = endOfLeaf(bytes, at: offset) { return end <= bytes.count ? end : nil }
        let left = bytes.count - offset
        switch bytes[offset] {
        case Tag.newFloat:
            // All bits of the exponent are set in what is not finite.
            guard left >= 9, bytes[offset + 1] & 0x7F != 0x7F || bytes[offset + 2] < 0xF0 else { return nil }
            return offset + 9
        case Tag.smallBig:
            guard left >= 3, left - 3 >= Int(bytes[offset + 1]) else { return nil }
            return offset + 3 + Int(bytes[offset + 1])
        case Tag.smallTuple:
            guard left >= 2 else { return nil }
            return end(bytes, at: offset + 2, count: Int(bytes[offset + 1]), room: room)
        case Tag.list:
            guard left >= 6 else { return nil }
            let count = bytes.uint32(at: offset + 1)
            guard count > 0, count <= left - 5,
                let tail = end(bytes, at: offset + 5, count: count, room: room), tail < bytes.count,
                bytes[tail] == Tag.nil
            else { return nil }
            return tail + 1
        case Tag.map: return endOfMap(bytes, at: offset, room: room)
        default:
            // Rarer terms that are no containers.
            var reader = TokenReader(bytes, at: offset)
            guard let token = try? reader.next(), token.followingTermCount == 0 else { return nil }
            return reader.offset
        }
    }

    /// Where so many terms end.
    private static func end(_ bytes: Span<UInt8>, at start: Int, count: Int, room: Int) -> Int? {
        guard room > 0 || count == 0 else { return nil }
        var offset = start
        for _ in 0..<count {
            guard let next = end(bytes, at: offset, room: room - 1) else { return nil }
            offset = next
        }
        return offset
    }

    private static func endOfMap(_ bytes: Span<UInt8>, at start: Int, room: Int) -> Int? {
        let left = bytes.count - start
        guard left >= 5 else { return nil }
        let count = bytes.uint32(at: start + 1)
        guard 2 * count <= left - 5, room > 0 || count == 0 else { return nil }
        var offset = start + 5
        var last: Key?
        for _ in 0..<count {
            guard let key = Key(bytes, at: offset) else { return nil }
            if let last, !last.precedes(key, in: bytes) { return nil }
            last = key
            // Most values are leaves, which take no call.
            if let end = endOfLeaf(bytes, at: key.end) {
                guard end <= bytes.count else { return nil }
                offset = end
            } else {
                guard let end = end(bytes, at: key.end, room: room - 1) else { return nil }
                offset = end
            }
        }
        return offset
    }

    /// Where the term at `offset`, a byte that is there, ends if it is one of the commonest: perhaps behind the end of the bytes.
    @inline(__always)
    private static func endOfLeaf(_ bytes: Span<UInt8>, at offset: Int) -> Int? {
        // So the bytes below are there; the last few terms are read in another way.
        guard bytes.count - offset >= 5 else { return nil }
        switch bytes[offset] {
        case Tag.smallInteger: return offset + 2
        case Tag.integer: return offset + 5
        case Tag.nil: return offset + 1
        case Tag.binary: return offset + 5 + bytes.uint32(at: offset + 1)
        case Tag.smallAtomUTF8:
            let name = offset + 2..<offset + 2 + Int(bytes[offset + 1])
            guard name.upperBound <= bytes.count else { return name.upperBound }
            return isASCII(bytes, name) ? name.upperBound : nil
        default: return nil
        }
    }

    /// Whether all bytes of a range are ASCII.
    @inline(__always)
    private static func isASCII(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var merged: UInt64 = 0
        var position = range.lowerBound
        while position < range.upperBound {
            merged |= bytes.shortWord(position..<min(position + 8, range.upperBound))
            position += 8
        }
        return merged & 0x8080_8080_8080_8080 == 0
    }

    /// A key of one of the kinds that most keys are of.
    struct Key {
        /// Where it stands.
        var start: Int
        var end: Int
        /// Its tag, the same for all integers.
        var kind: UInt8
        /// What tells most keys of a kind apart: less, if it is not equal, in the key that comes first.
        var rank: UInt64

        /// Reads the key at `offset`, of which nothing has been checked.
        @inline(__always)
        init?(_ bytes: Span<UInt8>, at offset: Int) {
            let left = bytes.count - offset
            guard left >= 6 else { return nil }
            start = offset
            kind = bytes[offset]
            switch kind {
            case Tag.smallAtomUTF8:
                end = offset + 2 + Int(bytes[offset + 1])
                guard end < bytes.count else { return nil }
                let name = offset + 2..<end
                rank = bytes.shortWord(offset + 2..<min(offset + 10, end)).byteSwapped
                guard name.count <= 8 ? rank & 0x8080_8080_8080_8080 == 0 : isASCII(bytes, name) else { return nil }
            case Tag.binary:
                let count = bytes.uint32(at: offset + 1)
                // A value follows.
                guard count < left - 5 else { return nil }
                end = offset + 5 + count
                rank = bytes.shortWord(offset + 5..<offset + 5 + min(count, 8)).byteSwapped
            case Tag.smallInteger:
                end = offset + 2
                rank = UInt64(bytes[offset + 1]) + 1 << 31
                kind = Tag.integer
            case Tag.integer:
                end = offset + 5
                rank = UInt64(UInt32(truncatingIfNeeded: bytes.uint32(at: offset + 1)) ^ 1 << 31)
            default: return nil
            }
        }

        /// Whether the key comes before another one of the same kind.
        @inline(__always)
        func precedes(_ other: Key, in bytes: Span<UInt8>) -> Bool {
            guard kind == other.kind else { return false }
            return rank < other.rank
                || rank == other.rank && MapKeys.leafPrecedes(in: bytes, start, other.start) == true
        }
    }
}

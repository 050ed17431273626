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
        end(bytes, at: offset, AnyForm.self, room: min(room, deepest))
    }

    /// The same, and nil when the term is not in the canonical form of Spec/terms.md §4.
    static func canonicalEnd(of bytes: Span<UInt8>, at offset: Int, room: Int) -> Int? {
        end(bytes, at: offset, CanonicalForm.self, room: min(room, deepest))
    }

    /// Which terms there may be: a type, so that the compiler makes code for each by itself.
    private protocol Form {
        static var isCanonical: Bool { get }
    }
    private enum AnyForm: Form { static var isCanonical: Bool { false } }
    private enum CanonicalForm: Form { static var isCanonical: Bool { true } }

    private static func end<F: Form>(_ bytes: Span<UInt8>, at offset: Int, _ form: F.Type, room: Int) -> Int? {
        guard offset < bytes.count else { return nil }
        if let end = endOfLeaf(bytes, at: offset, form) { return end <= bytes.count ? end : nil }
        let left = bytes.count - offset
        switch bytes[offset] {
        case Tag.newFloat:
            // All bits of the exponent are set in what is not finite.
            guard left >= 9, bytes[offset + 1] & 0x7F != 0x7F || bytes[offset + 2] < 0xF0 else { return nil }
            return offset + 9
        case Tag.smallBig:
            guard left >= 3, left - 3 >= Int(bytes[offset + 1]) else { return nil }
            return !form.isCanonical ? offset + 3 + Int(bytes[offset + 1]) : endOfCanonicalBig(bytes, at: offset)
        case Tag.string where form.isCanonical:
            guard left >= 3, case let count = bytes.uint16(at: offset + 1), count > 0,
                count <= left - 3
            else { return nil }
            return offset + 3 + count
        case Tag.smallTuple:
            guard left >= 2 else { return nil }
            return end(bytes, at: offset + 2, count: Int(bytes[offset + 1]), form, room: room)
        case Tag.list:
            guard left >= 6 else { return nil }
            let count = bytes.uint32(at: offset + 1)
            guard count > 0, count <= left - 5,
                let tail = end(bytes, at: offset + 5, count: count, form, room: room), tail < bytes.count,
                bytes[tail] == Tag.nil, !form.isCanonical || !isString(bytes, at: offset, tail: tail, count: count)
            else { return nil }
            return tail + 1
        case Tag.map: return endOfMap(bytes, at: offset, form, room: room)
        default:
            guard !form.isCanonical || isRareCanonical(bytes, at: offset) else { return nil }
            // Rarer terms that are no containers, and leaves close to the end.
            var reader = TokenReader(bytes, at: offset)
            guard let token = try? reader.next(), token.followingTermCount == 0 else { return nil }
            return reader.offset
        }
    }

    /// Where so many terms end.
    private static func end<F: Form>(_ bytes: Span<UInt8>, at start: Int, count: Int, _ form: F.Type, room: Int) -> Int?
    {
        guard room > 0 || count == 0 else { return nil }
        var offset = start
        for _ in 0..<count {
            guard let next = end(bytes, at: offset, form, room: room - 1) else { return nil }
            offset = next
        }
        return offset
    }

    private static func endOfMap<F: Form>(_ bytes: Span<UInt8>, at start: Int, _ form: F.Type, room: Int) -> Int? {
        let left = bytes.count - start
        guard left >= 5 else { return nil }
        let count = bytes.uint32(at: start + 1)
        guard 2 * count <= left - 5, room > 0 || count == 0 else { return nil }
        var offset = start + 5
        var last: Key?
        for _ in 0..<count {
            guard let key = Key(bytes, at: offset), !form.isCanonical || key.isCanonical(in: bytes) else { return nil }
            if let last, !last.precedes(key, in: bytes) { return nil }
            last = key
            // Most values are leaves, which take no call.
            if let end = endOfLeaf(bytes, at: key.end, form) {
                guard end <= bytes.count else { return nil }
                offset = end
            } else {
                guard let end = end(bytes, at: key.end, form, room: room - 1) else { return nil }
                offset = end
            }
        }
        return offset
    }

    /// Where the term at `offset`, a byte that is there, ends if it is one of the commonest: perhaps after the end of the bytes.
    @inline(__always)
    private static func endOfLeaf<F: Form>(_ bytes: Span<UInt8>, at offset: Int, _ form: F.Type) -> Int? {
        // So the bytes below are there; the last few terms are read in another way.
        guard bytes.count - offset >= 5 else { return nil }
        switch bytes[offset] {
        case Tag.smallInteger: return offset + 2
        case Tag.integer: return !form.isCanonical || isCanonicalInteger(bytes, at: offset) ? offset + 5 : nil
        case Tag.nil: return offset + 1
        case Tag.binary: return offset + 5 + bytes.uint32(at: offset + 1)
        case Tag.smallAtomUTF8:
            let name = offset + 2..<offset + 2 + Int(bytes[offset + 1])
            guard name.upperBound <= bytes.count else { return name.upperBound }
            return bytes.isASCII(name) ? name.upperBound : nil
        case Tag.atom where !form.isCanonical:
            // What older nodes write.
            let name = offset + 3..<offset + 3 + bytes.uint16(at: offset + 1)
            guard name.upperBound <= bytes.count else { return name.upperBound }
            return name.count < 256 && bytes.isASCII(name) ? name.upperBound : nil
        default: return nil
        }
    }

    /// Whether a list whose elements are canonical would be a string: all of them are integers of one byte.
    private static func isString(_ bytes: Span<UInt8>, at start: Int, tail: Int, count: Int) -> Bool {
        guard count <= TermWriter.longestString, tail - start == 5 + 2 * count else { return false }
        for index in 0..<count where bytes[start + 5 + 2 * index] != Tag.smallInteger { return false }
        return true
    }

    /// Whether the integer of 32 bits at `offset` needs more than one byte.
    @inline(__always)
    private static func isCanonicalInteger(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
        bytes[offset + 1] | bytes[offset + 2] | bytes[offset + 3] != 0
    }

    /// Where the integer at `offset`, all of which is there, ends if it needs more than 32 bits and has no zero bytes at its end.
    private static func endOfCanonicalBig(_ bytes: Span<UInt8>, at offset: Int) -> Int? {
        let count = Int(bytes[offset + 1])
        let isNegative = bytes[offset + 2]
        guard count > 4, isNegative < 2, bytes[offset + 2 + count] != 0 else { return nil }
        return offset + 3 + count
    }

    /// Whether the term at `offset` is canonical if it is valid: a leaf in its only form, an identifier.
    private static func isRareCanonical(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
        switch bytes[offset] {
        case Tag.smallInteger, Tag.nil, Tag.smallAtomUTF8: return true
        case Tag.newPid: return endOfName(bytes, at: offset + 1) != nil
        case Tag.newerReference: return endOfName(bytes, at: offset + 3) != nil
        case Tag.export:
            guard let module = endOfName(bytes, at: offset + 1), let function = endOfName(bytes, at: module)
            else { return false }
            return bytes[function] == Tag.smallInteger
        default: return false
        }
    }

    /// Where the atom at `offset` ends, before the end of the bytes, if its length takes one byte.
    private static func endOfName(_ bytes: Span<UInt8>, at offset: Int) -> Int? {
        guard bytes.count - offset >= 2, bytes[offset] == Tag.smallAtomUTF8,
            case let end = offset + 2 + Int(bytes[offset + 1]), end < bytes.count
        else { return nil }
        return end
    }

    /// A key of one of the kinds that most keys are of.
    struct Key {
        /// Where it stands.
        var start: Int
        var end: Int
        /// Its tag, the same for all integers and for all atoms.
        var kind: UInt8
        /// What tells most keys of a kind apart: less, if it is not equal, in the key that comes first.
        var rank: UInt64
        /// Where the bytes start of which `rank` has the first.
        private var content: Int

        /// Reads the key at `offset`, of which nothing has been checked.
        @inline(__always)
        init?(_ bytes: Span<UInt8>, at offset: Int) {
            let left = bytes.count - offset
            // A key takes at least two bytes, and its value one.
            guard left >= 3 else { return nil }
            start = offset
            kind = bytes[offset]
            content = offset + 2
            switch kind {
            case Tag.smallAtomUTF8, Tag.atom:
                if kind == Tag.atom {
                    content = offset + 3
                    end = content + bytes.uint16(at: offset + 1)
                    kind = Tag.smallAtomUTF8
                } else {
                    end = content + Int(bytes[offset + 1])
                }
                guard end < bytes.count, end - content < 256 else { return nil }
                rank = bytes.shortWord(content..<min(content + 8, end)).byteSwapped
                guard end - content <= 8 ? rank & 0x8080_8080_8080_8080 == 0 : bytes.isASCII(content..<end) else {
                    return nil
                }
            case Tag.binary:
                // A value follows.
                guard left > 5, case let count = bytes.uint32(at: offset + 1), count < left - 5 else { return nil }
                content = offset + 5
                end = content + count
                rank = bytes.shortWord(content..<content + min(count, 8)).byteSwapped
            case Tag.smallInteger:
                end = offset + 2
                rank = UInt64(bytes[offset + 1]) + 1 << 31
                kind = Tag.integer
            case Tag.integer:
                guard left > 5 else { return nil }
                end = offset + 5
                rank = UInt64(UInt32(truncatingIfNeeded: bytes.uint32(at: offset + 1)) ^ 1 << 31)
            default: return nil
            }
        }

        /// Whether the key, which has been read, is in the canonical form.
        @inline(__always)
        func isCanonical(in bytes: Span<UInt8>) -> Bool {
            bytes[start] != Tag.atom && (bytes[start] != Tag.integer || CommonTerm.isCanonicalInteger(bytes, at: start))
        }

        /// Whether the key comes before another one of the same kind.
        @inline(__always)
        func precedes(_ other: Key, in bytes: Span<UInt8>) -> Bool {
            guard kind == other.kind else { return false }
            if rank != other.rank { return rank < other.rank }
            return kind != Tag.integer && bytes.compare(content..<end, other.content..<other.end) == .less
        }
    }
}

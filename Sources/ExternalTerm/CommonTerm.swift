/// Goes past whole terms of the kinds that most terms consist of, in one pass that checks what ``TermParser`` checks.
///
/// Maps have to have their keys in order, all of one kind: then no key can come twice.
enum CommonTerm {
    /// What nests deeper is ``TermParser``'s, which takes no stack for it.
    private static let deepest = 100

    /// Where the term at `offset` ends, or nil when it is anything that is not known here, or is no valid term.
    ///
    /// - Parameter room: how many containers may enclose a term in it.
    static func end(of bytes: Span<UInt8>, at offset: Int, room: Int) -> Int? {
        end(bytes, at: offset, room: min(room, deepest))
    }

    private static func end(_ bytes: Span<UInt8>, at offset: Int, room: Int) -> Int? {
        let left = bytes.count - offset
        guard left > 0 else { return nil }
        switch bytes[offset] {
        case Tag.smallInteger: return left >= 2 ? offset + 2 : nil
        case Tag.integer: return left >= 5 ? offset + 5 : nil
        case Tag.nil: return offset + 1
        case Tag.smallAtomUTF8, Tag.binary: return endOfName(bytes, at: offset)
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
        var lastKey = -1
        for _ in 0..<count {
            guard let value = endOfKey(bytes, at: offset),
                lastKey < 0 || precedes(bytes, lastKey, offset),
                let next = end(bytes, at: value, room: room - 1)
            else { return nil }
            lastKey = offset
            offset = next
        }
        return offset
    }

    // MARK: Keys

    /// Where the key at `offset` ends.
    @inline(__always)
    private static func endOfKey(_ bytes: Span<UInt8>, at offset: Int) -> Int? {
        guard offset < bytes.count else { return nil }
        switch bytes[offset] {
        case Tag.smallAtomUTF8, Tag.binary: return endOfName(bytes, at: offset)
        case Tag.smallInteger: return bytes.count - offset >= 2 ? offset + 2 : nil
        case Tag.integer: return bytes.count - offset >= 5 ? offset + 5 : nil
        default: return nil
        }
    }

    /// Whether the key at `left` comes before the one at `right`. Both have been read.
    @inline(__always)
    private static func precedes(_ bytes: Span<UInt8>, _ left: Int, _ right: Int) -> Bool {
        if let precedes = MapKeys.leafPrecedes(in: bytes, left, right) { return precedes }
        guard let left = integer(bytes, at: left), let right = integer(bytes, at: right) else { return false }
        return left < right
    }

    private static func integer(_ bytes: Span<UInt8>, at offset: Int) -> Int? {
        switch bytes[offset] {
        case Tag.smallInteger: Int(bytes[offset + 1])
        case Tag.integer: Int(Int32(truncatingIfNeeded: bytes.uint32(at: offset + 1)))
        default: nil
        }
    }

    /// Where a short atom of ASCII or a binary ends.
    @inline(__always)
    private static func endOfName(_ bytes: Span<UInt8>, at offset: Int) -> Int? {
        let left = bytes.count - offset
        if bytes[offset] == Tag.binary {
            guard left >= 5 else { return nil }
            let count = bytes.uint32(at: offset + 1)
            return count <= left - 5 ? offset + 5 + count : nil
        }
        guard left >= 2 else { return nil }
        let count = Int(bytes[offset + 1])
        guard count <= left - 2 else { return nil }
        let name = bytes.extracting(offset + 2..<offset + 2 + count)
        var merged: UInt8 = 0
        for index in 0..<count { merged |= name[index] }
        return merged < 0x80 ? offset + 2 + count : nil
    }
}

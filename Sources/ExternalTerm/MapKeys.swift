/// Puts the keys of an encoded map in order where they stand.
enum MapKeys {
    /// The positions in `starts` in the order of the terms there, canonical or leaves of any form, or nil when they are in order
    /// already.
    ///
    /// Returns an empty array when two of them are equal.
    static func order(in bytes: Span<UInt8>, starts: [Int]) -> [Int]? {
        guard !areAscending(in: bytes, starts: starts[...]) else { return nil }
        let order = starts.indices.sorted { precedes(in: bytes, starts[$0], starts[$1]) }
        let hasDuplicate = zip(order, order.dropFirst()).contains { !precedes(in: bytes, starts[$0], starts[$1]) }
        return hasDuplicate ? [] : order
    }

    /// Whether each of the terms at `starts`, canonical or leaves of any form, is greater than the one before it.
    static func areAscending(in bytes: Span<UInt8>, starts: ArraySlice<Int>) -> Bool {
        guard var previous = starts.first else { return true }
        for start in starts.dropFirst() {
            guard precedes(in: bytes, previous, start) else { return false }
            previous = start
        }
        return true
    }

    /// Whether the key at `left` comes before the one at `right`, or nil when they are not both short atoms or both binaries.
    ///
    /// Both have been read once.
    static func leafPrecedes(in bytes: Span<UInt8>, _ left: Int, _ right: Int) -> Bool? {
        switch (bytes[left], bytes[right]) {
        case (Tag.smallAtomUTF8, Tag.smallAtomUTF8):
            let (leftCount, rightCount) = (Int(bytes[left + 1]), Int(bytes[right + 1]))
            return bytes.compare(left + 2..<left + 2 + leftCount, right + 2..<right + 2 + rightCount) == .less
        case (Tag.binary, Tag.binary):
            let (leftCount, rightCount) = (bytes.uint32(at: left + 1), bytes.uint32(at: right + 1))
            return bytes.compare(left + 5..<left + 5 + leftCount, right + 5..<right + 5 + rightCount) == .less
        default: return nil
        }
    }

    private static func precedes(in bytes: Span<UInt8>, _ left: Int, _ right: Int) -> Bool {
        // These are what most maps are made of.
        leafPrecedes(in: bytes, left, right) ?? (EncodedOrder.compare(bytes, left, right) == .less)
    }
}

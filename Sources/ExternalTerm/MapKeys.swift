/// Compares the keys of an encoded map where they stand.
enum MapKeys {
    /// Whether any two of the keys that start at `starts` are equal.
    ///
    /// Keys that come in order, as a canonical map's do, are compared with their neighbours and nothing is allocated.
    static func haveDuplicate(in bytes: Span<UInt8>, starts: ArraySlice<Int>) throws(TermError) -> Bool {
        guard !(try areAscending(in: bytes, starts: starts)) else { return false }
        let sorted = try decoded(in: bytes, starts: starts).sorted { $0.key < $1.key }
        return haveDuplicate(sorted)
    }

    /// The positions in `starts` in the order of the keys there, or nil when that is the order they have already.
    ///
    /// Returns an empty array when two keys are equal.
    static func order(in bytes: Span<UInt8>, starts: [Int]) throws(TermError) -> [Int]? {
        guard !(try areAscending(in: bytes, starts: starts[...])) else { return nil }
        let sorted = try decoded(in: bytes, starts: starts[...]).sorted { $0.key < $1.key }
        return haveDuplicate(sorted) ? [] : sorted.map(\.position)
    }

    private static func haveDuplicate(_ sorted: [(key: Term, position: Int)]) -> Bool {
        zip(sorted, sorted.dropFirst()).contains { TermOrder.compare($0.key, $1.key) == .equal }
    }

    private static func areAscending(in bytes: Span<UInt8>, starts: ArraySlice<Int>) throws(TermError) -> Bool {
        guard var previous = starts.first else { return true }
        for start in starts.dropFirst() {
            guard try precedes(in: bytes, previous, start) else { return false }
            previous = start
        }
        return true
    }

    private static func precedes(in bytes: Span<UInt8>, _ left: Int, _ right: Int) throws(TermError) -> Bool {
        // Keys have been read once: their heads are there. Two short atoms are what most maps are made of.
        if bytes[left] == Tag.smallAtomUTF8, bytes[right] == Tag.smallAtomUTF8 {
            let (leftCount, rightCount) = (Int(bytes[left + 1]), Int(bytes[right + 1]))
            return bytes.precedes(left + 2..<left + 2 + leftCount, right + 2..<right + 2 + rightCount)
        }
        var leftReader = TokenReader(bytes, at: left)
        var rightReader = TokenReader(bytes, at: right)
        switch (try leftReader.next(), try rightReader.next()) {
        case (.atom(let left), .atom(let right)) where !left.isLatin1 && !right.isLatin1:
            return bytes.precedes(left.range, right.range)
        case (.binary(let left), .binary(let right)):
            return bytes.precedes(left, right)
        case (.integer(let left), .integer(let right)):
            return left < right
        default:
            let left = try Term.decode(bytes, at: left, limits: .anyDepth).term
            return left < (try Term.decode(bytes, at: right, limits: .anyDepth).term)
        }
    }

    private static func decoded(
        in bytes: Span<UInt8>, starts: ArraySlice<Int>
    ) throws(TermError) -> [(key: Term, position: Int)] {
        var keys: [(key: Term, position: Int)] = []
        keys.reserveCapacity(starts.count)
        for (position, start) in starts.enumerated() {
            keys.append((try Term.decode(bytes, at: start, limits: .anyDepth).term, position))
        }
        return keys
    }
}

extension TermLimits {
    /// For terms whose depth has been checked; trees stay bounded by ``deepestTree``.
    static let anyDepth = TermLimits(depth: .max)
}

extension Span<UInt8> {
    /// Whether the bytes of one range come before those of another, compared as unsigned numbers.
    func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        let common = Swift.min(left.count, right.count)
        for step in 0..<common {
            let (mine, theirs) = (self[left.lowerBound + step], self[right.lowerBound + step])
            if mine != theirs { return mine < theirs }
        }
        return left.count < right.count
    }
}

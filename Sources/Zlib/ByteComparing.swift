extension Span<UInt8> {
    /// The eight bytes at `offset`, the first of them lowest.
    @inlinable
    @inline(__always)
    package func word(at offset: Int) -> UInt64 {
        let bytes = extracting(offset..<offset + 8)
        var word: UInt64 = 0
        for index in 0..<8 { word |= UInt64(bytes[index]) << (8 * UInt64(truncatingIfNeeded: index)) }
        return word
    }

    /// The bytes in `range`, no more than eight, the first of them lowest.
    @inlinable
    @inline(__always)
    package func shortWord(_ range: Range<Int>) -> UInt64 {
        let length = range.count
        if count - range.lowerBound >= 8 {
            let word = self.word(at: range.lowerBound)
            return length >= 8 ? word : word & ((1 << (8 * UInt64(truncatingIfNeeded: length))) &- 1)
        }
        var word: UInt64 = 0
        for index in range.reversed() { word = word << 8 | UInt64(self[index]) }
        return word
    }

    /// How many bytes from `offset` on are those of `other` from `start` on.
    @inlinable
    package func equalByteCount(at offset: Int, _ other: Span<UInt8>, at start: Int) -> Int {
        let count = min(self.count - offset, other.count - start)
        let left = extracting(offset..<offset + count)
        let right = other.extracting(start..<start + count)
        // Most differ soon, or not for long.
        guard count >= 8 else {
            var position = 0
            while position < count, left[position] == right[position] { position += 1 }
            return position
        }
        let difference = left.word(at: 0) ^ right.word(at: 0)
        guard difference == 0 else { return difference.trailingZeroBitCount / 8 }
        var position = 8
        while count - position >= Self.comparedByteCount, left.isEqual(to: right, in: position) {
            position += Self.comparedByteCount
        }
        while count - position >= 8 {
            let difference = left.word(at: position) ^ right.word(at: position)
            guard difference == 0 else { return position + difference.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < count, left[position] == right[position] { position += 1 }
        return position
    }

    /// As many bytes as are compared at once.
    @inlinable
    static var comparedByteCount: Int { 64 }

    /// Whether as many bytes from `position` on are those of `other`.
    @inlinable
    @inline(__always)
    func isEqual(to other: Span<UInt8>, in position: Int) -> Bool {
        let left = extracting(position..<position + Self.comparedByteCount)
        let right = other.extracting(position..<position + Self.comparedByteCount)
        var difference = SIMD2<UInt64>.zero
        for offset in stride(from: 0, to: Self.comparedByteCount, by: 16) {
            difference |= left.words(at: offset) ^ right.words(at: offset)
        }
        return difference[0] | difference[1] == 0
    }

    /// The sixteen bytes at `offset`.
    @inlinable
    @inline(__always)
    func words(at offset: Int) -> SIMD2<UInt64> {
        let bytes = extracting(offset..<offset + 16)
        // Safe: so many bytes are there, and none is read after the closure has returned. It is here, among what is unsafe,
        // because spans give out one byte at a time.
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe UnsafeRawBufferPointer(buffer).loadUnaligned(as: SIMD2<UInt64>.self)
        }
    }
}

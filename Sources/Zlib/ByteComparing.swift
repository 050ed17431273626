extension Span<UInt8> {
    /// The eight bytes at `offset`, the first of them lowest.
    @inlinable
    @inline(__always)
    package func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && count - offset >= 8, "eight bytes that are there")
        // Safe: the bytes are there, and none is read after the closure has returned.
        return unsafe withUnsafeBytes { bytes in
            unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }

    /// The bytes in `range`, no more than eight, the first of them lowest.
    @inlinable
    @inline(__always)
    package func shortWord(_ range: Range<Int>) -> UInt64 { shortWord(at: range.lowerBound, count: range.count) }

    /// The `length` bytes at `offset`, no more than eight, the first of them lowest.
    @inlinable
    @inline(__always)
    package func shortWord(at offset: Int, count length: Int) -> UInt64 {
        if count &- offset >= 8 {
            let word = self.word(at: offset)
            return length >= 8 ? word : word & ((1 &<< (8 &* UInt64(truncatingIfNeeded: length))) &- 1)
        }
        var word: UInt64 = 0
        for index in (0..<length).reversed() { word = word << 8 | UInt64(self[offset + index]) }
        return word
    }

    /// Whether all bytes in `range` are ASCII.
    @inlinable
    @inline(__always)
    package func isASCII(_ range: Range<Int>) -> Bool {
        var merged: UInt64 = 0
        var position = range.lowerBound
        while position < range.upperBound {
            merged |= shortWord(position..<min(position + 8, range.upperBound))
            position += 8
        }
        return merged & 0x8080_8080_8080_8080 == 0
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

extension Array where Element == UInt8 {
    /// Appends a copy of `bytes`.
    @inlinable
    package mutating func append(copying bytes: Span<UInt8>) {
        append(addingCapacity: bytes.count) { span in span.append(copying: bytes) }
    }

    /// Appends the lowest `byteCount` bytes of `word`, no more than eight, the lowest one first, and a copy of `bytes`.
    @inlinable
    package mutating func append(_ word: UInt64, byteCount: Int, copying bytes: Span<UInt8>) {
        append(addingCapacity: bytes.count + 8) { span in
            span.append(word, byteCount: byteCount)
            span.append(copying: bytes)
        }
    }

    /// Appends a copy of bytes that the array has already.
    @inlinable
    package mutating func append(copyingOwn range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes that the array has")
        let distance = count - range.lowerBound
        append(addingCapacity: range.count) { span in
            // Safe: the room is right after the bytes that are there, which range keeps to, and both do not overlap.
            unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
                guard let room = buffer.baseAddress else { return }
                unsafe room.initialize(from: room - distance, count: range.count)
                initializedCount = range.count
            }
        }
    }

    /// Appends the lowest `byteCount` bytes of `word`, no more than eight, the lowest one first.
    @inlinable
    @inline(__always)
    package mutating func append(_ word: UInt64, byteCount: Int) {
        append(addingCapacity: 8) { span in span.append(word, byteCount: byteCount) }
    }

    /// Creates a copy of `bytes`.
    @inlinable
    package init(copying bytes: Span<UInt8>) {
        self.init()
        append(copying: bytes)
    }
}

extension Array {
    /// A number that arrays have in common which share their storage, and no others that are there at the same time: a multiple of 16.
    @inlinable
    package var storageIdentity: Int {
        // Safe: the address is not used as one.
        unsafe withUnsafeBufferPointer { buffer in Int(bitPattern: buffer.baseAddress) }
    }
}

extension OutputSpan<UInt8> {
    /// Appends the lowest `byteCount` bytes of `word`, no more than eight, the lowest one first. There has to be room for eight.
    @inlinable
    @inline(__always)
    package mutating func append(_ word: UInt64, byteCount: Int) {
        precondition(freeCapacity >= 8 && 0...8 ~= byteCount, "no room for a word")
        // Safe: there is room for eight bytes, and those that count are initialized.
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            unsafe UnsafeMutableRawBufferPointer(buffer).storeBytes(
                of: word.littleEndian, toByteOffset: count, as: UInt64.self)
            count += byteCount
        }
    }

    /// Appends a copy of `bytes`, for which there has to be room.
    @inlinable
    @inline(__always)
    package mutating func append(copying bytes: Span<UInt8>) {
        precondition(bytes.count <= freeCapacity, "no room for the bytes")
        // Safe: there is room, which is initialized before it is counted.
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            unsafe bytes.withUnsafeBufferPointer { source in
                let (source, start) = (UnsafeRawBufferPointer(source), count)
                let target = UnsafeMutableRawBufferPointer(buffer)
                // Most are short, and copied faster than a call takes: their first and their last bytes, which may overlap.
                switch source.count {
                case 8...16:
                    let first = unsafe source.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
                    let last = unsafe source.loadUnaligned(fromByteOffset: source.count - 8, as: UInt64.self)
                    unsafe target.storeBytes(of: first, toByteOffset: start, as: UInt64.self)
                    unsafe target.storeBytes(of: last, toByteOffset: start + source.count - 8, as: UInt64.self)
                case 4...7:
                    let first = unsafe source.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
                    let last = unsafe source.loadUnaligned(fromByteOffset: source.count - 4, as: UInt32.self)
                    unsafe target.storeBytes(of: first, toByteOffset: start, as: UInt32.self)
                    unsafe target.storeBytes(of: last, toByteOffset: start + source.count - 4, as: UInt32.self)
                case ..<4: for index in source.indices { unsafe target[start + index] = source[index] }
                default: unsafe UnsafeMutableRawBufferPointer(rebasing: target[start...]).copyMemory(from: source)
                }
            }
            count += bytes.count
        }
    }
}

import ExternalTerm

/// Writes an event's bytes into memory that has been reserved for them: the path that every event of a running application takes.
///
/// It looks once for each value whether there is room. Where there is not, nothing more is written, and ``hasOverflowed`` says so;
/// so it is with text that has to be sanitized as terms are, which ``isRefused`` tells.
@safe
struct EventWriter: ~Copyable, ~Escapable {
    // The memory is that of the span that this was made of, which it does not outlive, and is written to within `capacity` only.
    private let memory: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private(set) var count = 0
    private(set) var hasOverflowed = false
    private(set) var isRefused = false

    /// Appends what `body` writes to `output`, or nothing when there is no room for all of it. Returns whether there was.
    @inline(__always)
    static func append(to output: inout OutputSpan<UInt8>, _ body: (inout EventWriter) -> Void) -> Bool {
        // Safe: what is counted has been written, and there was room for it.
        unsafe output.withUnsafeMutableBufferPointer { buffer, count in
            guard let memory = buffer.baseAddress else { return false }
            var writer = unsafe EventWriter(memory: memory + count, capacity: buffer.count - count)
            body(&writer)
            guard !writer.hasOverflowed else { return false }
            count += writer.count
            return true
        }
    }

    @_lifetime(immortal)
    private init(memory: UnsafeMutablePointer<UInt8>, capacity: Int) {
        unsafe self.memory = memory
        self.capacity = capacity
    }

    @inline(__always)
    private mutating func hasRoom(for byteCount: Int) -> Bool {
        if byteCount <= capacity &- count { return true }
        hasOverflowed = true
        return false
    }

    /// Writes text that stands in the program.
    @inline(__always)
    mutating func write(_ text: StaticString) {
        guard hasRoom(for: text.utf8CodeUnitCount) else { return }
        // Safe: there is room, and the text is as long as it says.
        unsafe (memory + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        count &+= text.utf8CodeUnitCount
    }

    /// Writes bytes.
    @inline(__always)
    mutating func write(_ bytes: [UInt8]) {
        guard hasRoom(for: bytes.count) else { return }
        // Safe: there is room.
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe (memory + count).update(from: start, count: source.count)
        }
        count += bytes.count
    }

    /// Writes a tuple's head, and its first element: an offset, which is 0 or more.
    @inline(__always)
    mutating func writeHead(_ offset: Int) {
        guard hasRoom(for: EventWriter.headByteCount) else { return }
        put(Tag.smallTuple)
        put(3)
        if offset < 256 {
            put(Tag.smallInteger)
            put(UInt8(truncatingIfNeeded: offset))
        } else if offset <= Int(Int32.max) {
            put(Tag.integer)
            putLength(offset)
        } else {
            let byteCount = 8 - offset.leadingZeroBitCount / 8
            put(Tag.smallBig)
            put(UInt8(truncatingIfNeeded: byteCount))
            put(0)
            for index in 0..<byteCount { put(UInt8(truncatingIfNeeded: offset >> (8 * index))) }
        }
    }

    /// The most bytes of a tuple's head and an offset.
    static let headByteCount = 2 + 11

    /// Writes a binary that holds text.
    @inline(__always)
    mutating func write(binary text: String) {
        let isWritten: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { bytes in
            guard hasRoom(for: bytes.count &+ 5) else { return }
            // Safe: there is room.
            var place = unsafe memory + count
            _ = unsafe EventWriter.write(bytes, at: &place)
            count = unsafe place - memory
        }
        if isWritten == nil { refuse() }
    }

    /// The most bytes of a pair besides its key and its value: two heads.
    static let pairByteCount = 5 + 5

    /// Writes the pair of a map whose key and value are text, as the verdict on the key has it. Returns whether there is one.
    ///
    /// What is to be filtered is refused: it has to be remembered for what pages write of it.
    @inline(__always)
    mutating func write(_ key: String, _ value: String, _ verdicts: borrowing KeyVerdicts) -> Bool {
        let isThere: Bool?? = unsafe key.utf8.withContiguousStorageIfAvailable { keyBytes in
            unsafe value.utf8.withContiguousStorageIfAvailable { valueBytes in
                guard hasRoom(for: keyBytes.count &+ valueBytes.count &+ EventWriter.pairByteCount) else { return true }
                // Safe: there is room.
                var place = unsafe memory + count
                let text = unsafe EventWriter.write(keyBytes, at: &place)
                var verdict: SanitizerVerdict?
                if let text { verdict = verdicts.known(text) }
                if verdict == nil { verdict = verdicts.asked(key) }
                // The usual one first, and without a jump through a table.
                if verdict == .keep {
                    let text = unsafe EventWriter.write(valueBytes, at: &place)
                    if unsafe text?.mayHoldAddress ?? ShortText.mayHoldAddress(valueBytes) { refuse() }
                } else if verdict == .remove {
                    return false
                } else {
                    refuse()
                }
                count = unsafe place - memory
                return true
            }
        }
        guard let isThere = isThere ?? nil else {
            refuse()
            return true
        }
        return isThere
    }

    /// Writes a binary where there is room for it. Returns its bytes as numbers when they are short.
    @inline(__always)
    private static func write(
        _ bytes: UnsafeBufferPointer<UInt8>, at place: inout UnsafeMutablePointer<UInt8>
    ) -> ShortText? {
        unsafe writeHead(bytes.count, at: &place)
        guard let start = bytes.baseAddress else { return nil }
        defer { unsafe place += bytes.count }
        if let text = unsafe ShortText(copying: start, bytes.count, to: place) { return text }
        unsafe place.update(from: start, count: bytes.count)
        return nil
    }

    /// Writes the head of a binary where there is room for it.
    @inline(__always)
    private static func writeHead(_ byteCount: Int, at place: inout UnsafeMutablePointer<UInt8>) {
        unsafe place.pointee = Tag.binary
        unsafe UnsafeMutableRawPointer(place).storeBytes(
            of: UInt32(truncatingIfNeeded: byteCount).bigEndian, toByteOffset: 1, as: UInt32.self)
        unsafe place += 5
    }

    /// Leaves the text to what sanitizes terms.
    @inline(never)
    private mutating func refuse() {
        isRefused = true
        hasOverflowed = true
    }

    /// Writes the head of a map whose size is not known yet. Returns where it is to be noted.
    @inline(__always)
    mutating func writeMapHead() -> Int {
        guard hasRoom(for: 5) else { return count }
        put(Tag.map)
        putLength(0)
        return count - 4
    }

    /// Notes the size of a map.
    @inline(__always)
    mutating func note(size: Int, at position: Int) {
        guard !hasOverflowed else { return }
        let end = count
        count = position
        putLength(size)
        count = end
    }

    @inline(__always)
    private mutating func putLength(_ length: Int) {
        // Safe: the caller has seen that there is room.
        unsafe UnsafeMutableRawPointer(memory + count).storeBytes(
            of: UInt32(truncatingIfNeeded: length).bigEndian, as: UInt32.self)
        count &+= 4
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        // Safe: the caller has seen that there is room.
        unsafe memory[count] = byte
        count &+= 1
    }
}

/// Text of 1 to 24 bytes as numbers: texts of the same length are the same when these are.
struct ShortText {
    let byteCount: Int
    let first: UInt64
    let second: UInt64
    let third: UInt64
    /// Not 0 when there may be an address in the text that carries something sensitive.
    private let addressMarks: UInt64

    /// Copies text, and makes the numbers on the way: to call `memcpy` would take longer. Returns nil, and copies nothing, when the
    /// text is empty or longer.
    ///
    /// Text of up to 15 bytes comes in two words that have just been stored: a load that reads from both would wait for them.
    @inline(__always)
    init?(copying source: UnsafePointer<UInt8>, _ byteCount: Int, to target: UnsafeMutablePointer<UInt8>) {
        let source = unsafe UnsafeRawPointer(source)
        let target = UnsafeMutableRawPointer(target)
        // Safe: what is loaded and stored lies within the bytes; together it is all of them.
        @inline(__always) func word(_ offset: Int) -> UInt64 {
            let word = unsafe source.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            unsafe target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
            return word
        }
        @inline(__always) func halves(_ offset: Int, _ last: Int) -> UInt64 {
            let halves = unsafe (
                source.loadUnaligned(fromByteOffset: offset, as: UInt32.self),
                source.loadUnaligned(fromByteOffset: last, as: UInt32.self)
            )
            unsafe target.storeBytes(of: halves.0, toByteOffset: offset, as: UInt32.self)
            unsafe target.storeBytes(of: halves.1, toByteOffset: last, as: UInt32.self)
            return UInt64(halves.0) | UInt64(halves.1) << 32
        }
        @inline(__always) func byte(_ offset: Int) -> UInt64 {
            let byte = unsafe source.load(fromByteOffset: offset, as: UInt8.self)
            unsafe target.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
            return UInt64(byte)
        }
        // Up to three bytes from an offset to the end, of which there is one at least.
        @inline(__always) func bytes(_ offset: Int) -> UInt64 {
            byte(offset) | byte(offset &+ (byteCount &- offset) / 2) << 8 | byte(byteCount &- 1) << 16
        }
        self.byteCount = byteCount
        // The usual lengths first.
        switch byteCount {
        case 4..<8:
            (first, second, third) = (halves(0, byteCount &- 4), 0, 0)
            addressMarks = ShortText.addressMarks(first)
        case 12..<16:
            (first, second, third) = (word(0), halves(8, byteCount &- 4), 0)
            addressMarks = ShortText.addressMarks(first) | ShortText.addressMarks(second)
        case 9..<12:
            (first, second, third) = (word(0), bytes(8), 0)
            addressMarks = ShortText.addressMarks(first) | ShortText.addressMarks(second)
        case 16...24:
            (first, second, third) = (word(0), word(8), word(byteCount &- 8))
            addressMarks =
                ShortText.addressMarks(first) | ShortText.addressMarks(second) | ShortText.addressMarks(third)
        case 1..<4:
            (first, second, third) = (bytes(0), 0, 0)
            addressMarks = ShortText.addressMarks(first)
        case 8:
            (first, second, third) = (word(0), 0, 0)
            addressMarks = ShortText.addressMarks(first)
        default: return nil
        }
    }

    /// Makes the numbers, or returns nil when the text is empty or longer than 24 bytes.
    init?(_ text: String) {
        var text = text
        let made: ShortText? = text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return nil }
            return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { copy in
                // Safe: no more than 24 bytes are copied.
                unsafe copy.baseAddress.flatMap { unsafe ShortText(copying: start, bytes.count, to: $0) }
            }
        }
        guard let made else { return nil }
        self = made
    }
}

// MARK: - Addresses

extension ShortText {
    /// Whether a byte may be part of an address that carries something sensitive: `=` follows a key, `:` stands before an authority.
    /// `;` and `<` are taken for such as well, because the four are neighbours.
    @inline(__always)
    static func marksAddress(_ byte: UInt8) -> Bool { UInt8(ascii: ":")...UInt8(ascii: "=") ~= byte }

    /// Whether there may be an address in the text that carries something sensitive.
    @inline(__always)
    var mayHoldAddress: Bool { addressMarks != 0 }

    /// Whether there may be an address in text of any length that carries something sensitive.
    @inline(__always)
    static func mayHoldAddress(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count >= 8, let start = UnsafeRawBufferPointer(bytes).baseAddress else {
            return unsafe bytes.contains(where: marksAddress)
        }
        // Safe: the last number ends with the bytes, and the others before it.
        var marks = addressMarks(unsafe start.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
        for offset in stride(from: 0, to: bytes.count - 8, by: 8) {
            marks |= addressMarks(unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        return marks != 0
    }

    /// A number that is not 0 when one of the eight bytes marks an address.
    @inline(__always)
    private static func addressMarks(_ bytes: UInt64) -> UInt64 {
        // The highest bit of each byte: whether it is `:` or more, and not `>` or more, and was not set before.
        let low = bytes & 0x7F7F_7F7F_7F7F_7F7F
        return (low &+ 0x4646_4646_4646_4646) & ~(low &+ 0x4242_4242_4242_4242) & ~bytes & 0x8080_8080_8080_8080
    }
}

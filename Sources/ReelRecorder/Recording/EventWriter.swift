/// Writes an event's bytes into memory that has been reserved for them: the path that every event of a running application takes.
///
/// It looks once for each value whether there is room. Where there is not, nothing more is written, and ``hasOverflowed`` says so.
@safe
struct EventWriter: ~Copyable, ~Escapable {
    // The memory is that of the span that this was made of, which it does not outlive, and is written to within `capacity` only.
    private let memory: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private(set) var count = 0
    private(set) var hasOverflowed = false

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
        if byteCount <= capacity - count { return true }
        hasOverflowed = true
        return false
    }

    /// Writes text that stands in the program.
    @inline(__always)
    mutating func write(_ text: StaticString) {
        guard hasRoom(for: text.utf8CodeUnitCount) else { return }
        // Safe: there is room, and the text is as long as it says.
        unsafe (memory + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
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
        put(104)
        put(3)
        if offset < 256 {
            put(97)
            put(UInt8(truncatingIfNeeded: offset))
        } else if offset <= Int(Int32.max) {
            put(98)
            putLength(offset)
        } else {
            let byteCount = 8 - offset.leadingZeroBitCount / 8
            put(110)
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
        let isWritten: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe write(binary: $0) }
        if isWritten == nil { writeSlowly(binary: text) }
    }

    /// Text whose bytes are elsewhere than in Swift's own memory.
    @inline(never)
    private mutating func writeSlowly(binary text: String) {
        let bytes = Array(text.utf8)
        unsafe bytes.withUnsafeBufferPointer { unsafe write(binary: $0) }
    }

    @inline(__always)
    private mutating func write(binary bytes: UnsafeBufferPointer<UInt8>) {
        guard hasRoom(for: bytes.count + 5) else { return }
        put(109)
        putLength(bytes.count)
        // Safe: there is room.
        if let start = bytes.baseAddress { unsafe EventWriter.copy(start, to: memory + count, bytes.count) }
        count += bytes.count
    }

    /// Copies bytes. Short ones, which most are, are two numbers that may overlap: a call of `memcpy` would take longer.
    @inline(__always)
    private static func copy(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, _ count: Int) {
        let source = unsafe UnsafeRawPointer(source)
        let target = UnsafeMutableRawPointer(target)
        @inline(__always) func move<Word: BitwiseCopyable>(_ type: Word.Type, _ size: Int) {
            let last = unsafe source.loadUnaligned(fromByteOffset: count - size, as: Word.self)
            unsafe target.storeBytes(of: source.loadUnaligned(as: Word.self), as: Word.self)
            unsafe target.storeBytes(of: last, toByteOffset: count - size, as: Word.self)
        }
        // Safe: what is loaded and stored lies within the bytes.
        switch count {
        case 8...16: move(UInt64.self, 8)
        case 17...32: move(SIMD2<UInt64>.self, 16)
        case 4...7: move(UInt32.self, 4)
        case 2...3: move(UInt16.self, 2)
        default: unsafe target.copyMemory(from: source, byteCount: count)
        }
    }

    /// Writes the pair of a map whose key and value are text, as the verdict on the key has it. Returns whether there is one.
    @inline(__always)
    mutating func write(_ key: String, _ value: String, _ verdicts: borrowing KeyVerdicts) -> Bool {
        let start = count
        let words: KeyWords?? = unsafe key.utf8.withContiguousStorageIfAvailable { bytes in
            unsafe write(binary: bytes)
            return unsafe KeyWords(bytes)
        }
        var verdict: SanitizerVerdict?
        switch words {
        case .some(.some(let words)): verdict = verdicts.known(words)
        case .some(nil): break
        case nil: writeSlowly(binary: key)
        }
        switch verdict ?? verdicts.asked(key) {
        case .keep: write(binary: value)
        case .filter: write(binary: SanitizedValue.filtered)
        case .remove:
            count = start
            return false
        }
        return true
    }

    /// Writes the head of a map whose size is not known yet. Returns where it is to be noted.
    @inline(__always)
    mutating func writeMapHead() -> Int {
        guard hasRoom(for: 5) else { return count }
        put(116)
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
        count += 4
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        // Safe: the caller has seen that there is room.
        unsafe memory[count] = byte
        count += 1
    }
}

/// A short key as numbers: keys of the same length are the same when these are.
struct KeyWords: Hashable {
    let byteCount: Int
    let first: UInt64
    let second: UInt64
    let third: UInt64

    /// Makes the numbers, or returns nil when the key is empty or longer than 24 bytes.
    init?(_ key: String) {
        var key = key
        guard let words = key.withUTF8({ unsafe KeyWords($0) }) else { return nil }
        self = words
    }

    /// Makes the numbers, or returns nil when the key is empty or longer than 24 bytes.
    @inline(__always)
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        byteCount = bytes.count
        // Safe: each number is read from within the bytes; what they cover together is all of them.
        guard let start = UnsafeRawBufferPointer(bytes).baseAddress else { return nil }
        @inline(__always) func word(_ offset: Int) -> UInt64 {
            unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        @inline(__always) func half(_ offset: Int) -> UInt64 {
            UInt64(unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        switch byteCount {
        case 4..<8: (first, second, third) = (half(0), half(byteCount - 4), 0)
        case 8...16: (first, second, third) = (word(0), word(byteCount - 8), 0)
        case 17...24: (first, second, third) = (word(0), word(8), word(byteCount - 8))
        case 1..<4:
            first =
                UInt64(unsafe bytes[0]) | UInt64(unsafe bytes[byteCount / 2]) << 8
                | UInt64(unsafe bytes[byteCount - 1]) << 16
            second = 0
            third = 0
        default: return nil
        }
    }
}

import Zlib

/// Text that is being written into memory which is there already.
///
/// What does not fit is not written, and ``isFull`` says so: the writer starts over with more memory.
struct TextBuffer: ~Copyable, ~Escapable {
    private var memory: MutableSpan<UInt8>
    /// How many bytes have been written.
    private(set) var count: Int
    /// Whether something has not been written.
    private(set) var isFull = false

    /// Writes into `memory` from `count` on.
    @_lifetime(copy memory)
    init(_ memory: consuming MutableSpan<UInt8>, from count: Int) {
        self.memory = memory
        self.count = count
    }

    /// The bytes in `range`, which have been written.
    @_lifetime(borrow self)
    func text(_ range: Range<Int>) -> Span<UInt8> { memory.span.extracting(range) }

    /// Forgets what has been written from `count` on.
    @_lifetime(self: copy self)
    mutating func truncate(to count: Int) {
        self.count = count
        isFull = false
    }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func put(_ byte: UInt8) {
        guard count < memory.count else {
            isFull = true
            return
        }
        memory[count] = byte
        count += 1
    }

    /// Writes bytes as they are.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func put(_ bytes: Span<UInt8>) {
        let length = bytes.count
        guard length <= memory.count - count else {
            isFull = true
            return
        }
        var target = memory._mutatingExtracting(count..<count + length)
        for index in 0..<length { target[index] = bytes[index] }
        count += length
    }

    /// Writes a key.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func put(_ key: borrowing JSONKey) { put(key.text.span) }

    /// Writes bytes of which there are seldom more than sixteen.
    ///
    /// - Parameter range: where they stand in `bytes`.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func put(short range: Range<Int>, of bytes: Span<UInt8>) {
        let start = range.lowerBound
        guard range.count <= 16, bytes.count - start >= 16, memory.count - count >= 16 else {
            return put(bytes.extracting(range))
        }
        // Those beyond the end are written over.
        memory.put(bytes.word(at: start), at: count)
        memory.put(bytes.word(at: start + 8), at: count + 8)
        count += range.count
    }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func put(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        guard memory.count - count >= 4 else {
            isFull = true
            return
        }
        memory[count] = first
        memory[count + 1] = second
        memory[count + 2] = third
        memory[count + 3] = fourth
        count += 4
    }

    /// Writes an integer in decimal digits.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func put(decimal value: Int) {
        guard value.magnitude < 10 else { return put(long: value) }
        if value < 0 { put(UInt8(ascii: "-")) }
        put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value.magnitude))
    }

    @_lifetime(self: copy self)
    private mutating func put(long value: Int) {
        guard memory.count - count >= 20 else {
            isFull = true
            return
        }
        if value < 0 { put(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var length = 1
        var bound: UInt = 10
        while length < 20, rest >= bound {
            length += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        var position = count + length
        count = position
        repeat {
            position -= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            memory[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        } while rest > 0
    }

    /// What has to be known of bytes before they are text.
    enum Quoted {
        /// They are written.
        case written
        /// They are written if they are UTF-8: there is more than ASCII among them, and nothing that needs an escape.
        case unlessInvalid
        /// Nothing is written.
        case none
    }

    /// Writes bytes in quotes when none of them needs an escape, or writes nothing.
    ///
    /// - Parameter range: where they stand in `bytes`.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func put(text range: Range<Int>, of bytes: Span<UInt8>, isHTMLSafe: Bool) -> Quoted {
        let length = range.count
        guard length + 18 <= memory.count - count else {
            isFull = true
            return .written
        }
        let start = range.lowerBound
        var marked: UInt64 = 0
        var merged: UInt64 = 0
        if length <= 16, bytes.count - start >= 16 {
            // As many bytes as there may be, those beyond the string included.
            let (low, high) = (bytes.word(at: start), bytes.word(at: start + 8))
            memory.put(low, at: count + 1)
            memory.put(high, at: count + 9)
            let lowMask = TextBuffer.mask(length)
            let highMask = TextBuffer.mask(length &- 8)
            marked = TextBuffer.marked(low) & lowMask | TextBuffer.marked(high) & highMask
            merged = low & lowMask | high & highMask
        } else {
            let source = bytes.extracting(range)
            var target = memory._mutatingExtracting(count + 1..<count + 1 + length)
            var special: UInt8 = 0
            var all: UInt8 = 0
            for index in 0..<length {
                let byte = source[index]
                target[index] = byte
                special |= TextBuffer.isSpecial(byte)
                all |= byte
            }
            marked = special == 0 ? 0 : 0x80
            merged = UInt64(all)
        }
        guard marked == 0 else { return .none }
        if isHTMLSafe, TextBuffer.hasMarkup(bytes.extracting(range)) { return .none }
        memory[count] = UInt8(ascii: "\"")
        memory[count + 1 + length] = UInt8(ascii: "\"")
        count += length + 2
        return merged & TextBuffer.highBits == 0 ? .written : .unlessInvalid
    }

    /// Writes bytes in quotes when they are ASCII and none of them needs an escape, or returns false; then what has been
    /// written means nothing.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func put(quoted range: Range<Int>, of bytes: Span<UInt8>, isHTMLSafe: Bool) -> Bool {
        if case .written = put(text: range, of: bytes, isHTMLSafe: isHTMLSafe) { return true }
        return false
    }

    /// A word whose first `length` bytes are all ones, and no byte when that is negative.
    @inline(__always)
    private static func mask(_ length: Int) -> UInt64 {
        // Shifting by 64 or more gives 0.
        length <= 0 ? 0 : ~0 >> UInt64(truncatingIfNeeded: max(64 &- 8 &* length, 0))
    }

    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// For each byte that is a control character, DEL, a quote or a backslash, its highest bit.
    @inline(__always)
    private static func marked(_ word: UInt64) -> UInt64 {
        let rest = word & ~highBits
        // The highest bit of a byte is set by the addition when the byte without it is at least so much.
        let atLeastSpace = rest &+ 0x6060_6060_6060_6060
        let notQuote = (rest ^ 0x2222_2222_2222_2222) &+ ~highBits
        let notBackslash = (rest ^ 0x5C5C_5C5C_5C5C_5C5C) &+ ~highBits
        let notDelete = (rest ^ 0x7F7F_7F7F_7F7F_7F7F) &+ ~highBits
        return ~(atLeastSpace & notQuote & notBackslash & notDelete | word) & highBits
    }

    /// 1 for a control character, DEL, a quote or a backslash; 0 for any other.
    @inline(__always)
    private static func isSpecial(_ byte: UInt8) -> UInt8 {
        (byte < 0x20 ? 1 : 0) | (byte == 0x7F ? 1 : 0) | (byte == 0x22 ? 1 : 0) | (byte == 0x5C ? 1 : 0)
    }

    /// Whether there is anything that means something in HTML, or may end a line in older JavaScript.
    private static func hasMarkup(_ bytes: Span<UInt8>) -> Bool {
        var found: UInt8 = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            found |= (byte == 0x26 ? 1 : 0) | (byte == 0x3C ? 1 : 0) | (byte == 0x3E ? 1 : 0) | (byte == 0xE2 ? 1 : 0)
        }
        return found != 0
    }
}

extension MutableSpan<UInt8> {
    /// Writes eight bytes, the lowest first.
    @inline(__always)
    @_lifetime(self: copy self)
    fileprivate mutating func put(_ word: UInt64, at offset: Int) {
        var target = _mutatingExtracting(offset..<offset + 8)
        for index in 0..<8 {
            target[index] = UInt8(truncatingIfNeeded: word >> (8 * UInt64(truncatingIfNeeded: index)))
        }
    }
}

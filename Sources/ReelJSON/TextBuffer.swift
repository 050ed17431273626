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
    @_lifetime(self: copy self)
    mutating func put(decimal value: Int) {
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

    /// Writes bytes in quotes when they are ASCII and none of them needs an escape, or returns false and writes nothing.
    ///
    /// - Parameter range: where they stand in `bytes`.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func put(quoted range: Range<Int>, of bytes: Span<UInt8>, isHTMLSafe: Bool) -> Bool {
        let length = range.count
        guard length + 18 <= memory.count - count else {
            isFull = true
            return true
        }
        var special: UInt8 = 0
        if length <= 16, bytes.count - range.lowerBound >= 16 {
            // A fixed number of bytes, those beyond the string included, is what becomes vector instructions.
            let source = bytes.extracting(range.lowerBound..<range.lowerBound + 16)
            var target = memory._mutatingExtracting(count + 1..<count + 17)
            for index in 0..<16 { target[index] = source[index] }
            let end = UInt8(truncatingIfNeeded: length)
            for index in 0..<16 {
                let byte = source[index]
                special |= TextBuffer.isSpecial(byte) & (UInt8(truncatingIfNeeded: index) < end ? 1 : 0)
            }
        } else {
            let source = bytes.extracting(range)
            var target = memory._mutatingExtracting(count + 1..<count + 1 + length)
            for index in 0..<length {
                let byte = source[index]
                target[index] = byte
                special |= TextBuffer.isSpecial(byte)
            }
        }
        guard special == 0 else { return false }
        if isHTMLSafe, TextBuffer.hasMarkup(bytes.extracting(range)) { return false }
        memory[count] = UInt8(ascii: "\"")
        memory[count + 1 + length] = UInt8(ascii: "\"")
        count += length + 2
        return true
    }

    /// 1 for a control character, a quote, a backslash, and all beyond ASCII; 0 for any other.
    @inline(__always)
    private static func isSpecial(_ byte: UInt8) -> UInt8 {
        (byte &- 0x20 >= 0x5F ? 1 : 0) | (byte == 0x22 ? 1 : 0) | (byte == 0x5C ? 1 : 0)
    }

    /// Whether there are characters of ASCII that mean something in HTML.
    private static func hasMarkup(_ bytes: Span<UInt8>) -> Bool {
        var found: UInt8 = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            found |= (byte == 0x26 ? 1 : 0) | (byte == 0x3C ? 1 : 0) | (byte == 0x3E ? 1 : 0)
        }
        return found != 0
    }
}

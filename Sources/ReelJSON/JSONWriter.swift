import Zlib

/// How JSON text looks.
public struct JSONStyle: Hashable, Sendable {
    /// Whether values stand on lines of their own, indented by two spaces a level.
    public var isPretty: Bool
    /// Whether `<`, `>`, `&`, U+2028 and U+2029 are written as escapes, so that the text is safe inside a `<script>`
    /// element.
    public var isHTMLSafe: Bool

    /// Creates a style, compact by default.
    public init(isPretty: Bool = false, isHTMLSafe: Bool = false) {
        self.isPretty = isPretty
        self.isHTMLSafe = isHTMLSafe
    }
}

/// Writes JSON text (RFC 8259), value by value.
///
/// Commas, indentation and escapes are the writer's; that arrays and objects are closed, and keys and values take
/// turns, is the caller's.
///
/// ```swift
/// var json = JSONWriter()
/// json.beginObject()
/// json.key("count")
/// json.write(integer: 3)
/// json.endObject()
/// String(decoding: json.bytes, as: UTF8.self)  // {"count":3}
/// ```
public struct JSONWriter: Sendable {
    /// The text so far, in UTF-8.
    public private(set) var bytes: [UInt8] = []
    private let style: JSONStyle
    private var depth = 0
    /// Whether the next value is the first one in its array or object, or follows a key.
    private var needsComma = false
    private var followsKey = false

    /// Creates a writer.
    public init(style: JSONStyle = JSONStyle()) { self.style = style }

    /// Creates a writer of an array's elements, in memory that has been used for something else.
    ///
    /// - Parameters:
    ///   - depth: how many arrays and objects enclose them.
    ///   - isBehindElement: whether others come before them.
    init(style: JSONStyle, depth: Int, isBehindElement: Bool, in memory: consuming [UInt8]) {
        self.style = style
        self.depth = depth
        bytes = memory
        bytes.removeAll(keepingCapacity: true)
        needsComma = isBehindElement
    }

    /// The text, when nothing more is to be written.
    consuming func finished() -> [UInt8] { bytes }

    /// Takes the text so far away, to be written somewhere.
    public mutating func takeBytes() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// Whether an element has been written after which another one needs a comma.
    var isBehindElement: Bool { needsComma }

    /// Takes note of elements that have been written elsewhere.
    mutating func noteElement() { needsComma = true }

    /// Forgets the text so far, which has been written somewhere.
    mutating func clearText() { bytes.removeAll(keepingCapacity: true) }

    /// Starts over.
    mutating func clear() {
        clearText()
        needsComma = false
    }

    /// How far the text has come.
    struct Position {
        fileprivate(set) var byteCount: Int
        fileprivate var depth: Int
        fileprivate var needsComma: Bool
        fileprivate var followsKey: Bool
    }

    /// How far the text has come.
    var position: Position {
        Position(byteCount: bytes.count, depth: depth, needsComma: needsComma, followsKey: followsKey)
    }

    /// Forgets what has been written since.
    mutating func rewind(to position: Position) {
        bytes.removeLast(bytes.count - position.byteCount)
        (depth, needsComma, followsKey) = (position.depth, position.needsComma, position.followsKey)
    }

    /// Writes values whose text `body` finds: the elements of an array, or lines of their own.
    ///
    /// - Parameters:
    ///   - estimate: how many bytes there will be, more or less. Memory for them is there already when `body` starts; when it was
    ///     too little, `body` is called again with more.
    ///   - most: the most memory.
    ///   - body: writes the text and returns nil when it cannot.
    /// - Returns: what `body` returns, or nil when nothing has been written.
    mutating func write<Result>(
        estimate: Int, most: Int, isLines: Bool, _ body: (inout TextBuffer) -> Result?
    ) -> Result? {
        let start = position
        if !isLines { separate() }
        // A local variable, which the compiler knows to be apart from what writes into it.
        var memory: [UInt8] = []
        swap(&memory, &bytes)
        let textStart = memory.count
        var room = estimate
        while true {
            memory.append(contentsOf: repeatElement(0, count: textStart + room - memory.count))
            var text = TextBuffer(memory.mutableSpan, from: textStart)
            let result = body(&text)
            let (end, isFull) = (text.count, text.isFull)
            if let result, !isFull {
                memory.removeLast(memory.count - end)
                swap(&memory, &bytes)
                return result
            }
            guard isFull, room < most else { break }
            room *= 4
        }
        swap(&memory, &bytes)
        rewind(to: start)
        return nil
    }

    /// Begins an array.
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    /// Ends an array.
    public mutating func endArray() { end(UInt8(ascii: "]")) }
    /// Begins an object.
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    /// Ends an object.
    public mutating func endObject() { end(UInt8(ascii: "}")) }

    /// Writes the key of the value that comes next.
    public mutating func key(_ text: String) {
        let utf8 = Array(text.utf8)
        key(utf8.span)
    }

    /// Writes the key of the value that comes next, given in UTF-8.
    mutating func key(_ utf8: Span<UInt8>) {
        separate()
        appendQuoted(utf8)
        if style.isPretty { bytes += ": ".utf8 } else { bytes.append(UInt8(ascii: ":")) }
        followsKey = true
    }

    /// Writes a key that is known beforehand.
    mutating func key(_ key: JSONKey) {
        separate()
        bytes.append(copying: key.text.span)
        if style.isPretty { bytes.append(UInt8(ascii: " ")) }
        followsKey = true
    }

    /// Writes a string.
    public mutating func write(string text: String) {
        let utf8 = Array(text.utf8)
        write(utf8: utf8.span)
    }

    /// Writes a string that is given in UTF-8.
    mutating func write(utf8: Span<UInt8>) {
        separate()
        appendQuoted(utf8)
    }

    /// Writes an object with one key, and a string that is given in UTF-8.
    mutating func write(_ key: JSONKey, utf8: Span<UInt8>) {
        guard !style.isPretty, JSONEscape.isUnneeded(in: utf8) else {
            beginObject()
            self.key(key)
            write(utf8: utf8)
            return endObject()
        }
        separate()
        bytes.append(addingCapacity: key.text.count + utf8.count + 4) { room in
            room.append(UInt8(ascii: "{"))
            room.append(copying: key.text.span)
            room.append(UInt8(ascii: "\""))
            room.append(copying: utf8)
            room.append(UInt8(ascii: "\""))
            room.append(UInt8(ascii: "}"))
        }
    }

    /// Writes a string of ASCII letters, digits and punctuation that needs no escape.
    mutating func write(plain text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes += text.utf8
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes an integer.
    public mutating func write(integer value: Int) {
        separate()
        appendDigits(of: value)
    }

    /// Writes what is a JSON number or literal already.
    public mutating func write(literal text: String) {
        separate()
        bytes += text.utf8
    }

    /// Writes a finite float: the shortest text that reads back, with a point or an exponent.
    public mutating func write(float value: Double) { write(literal: value.description) }

    /// Writes an array without elements, on one line.
    mutating func writeEmptyArray() { write(literal: "[]") }

    /// Writes `true` or `false`.
    public mutating func write(boolean value: Bool) { write(literal: value ? "true" : "false") }

    /// Writes `null`.
    public mutating func writeNull() { write(literal: "null") }

    /// Ends a line, between values that stand by themselves.
    public mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    // MARK: Layout

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        depth -= 1
        if needsComma { breakLine() }
        bytes.append(bracket)
        needsComma = true
    }

    @inline(__always)
    private mutating func separate() {
        if followsKey {
            followsKey = false
        } else {
            if needsComma { bytes.append(UInt8(ascii: ",")) }
            if style.isPretty, depth > 0 { breakLine() }
        }
        needsComma = true
    }

    private mutating func breakLine() {
        guard style.isPretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { bytes += [UInt8(ascii: " "), UInt8(ascii: " ")] }
    }

    private mutating func appendDigits(of value: Int) {
        bytes.append(addingCapacity: 20) { room in
            if value < 0 { room.append(UInt8(ascii: "-")) }
            var rest = value.magnitude
            guard rest > 9 else { return room.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest)) }
            var digits = InlineArray<20, UInt8>(repeating: 0)
            var first = 20
            while rest > 0 {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            }
            room.append(copying: digits.span.extracting(first..<20))
        }
    }

    // MARK: Strings

    /// Writes a string when `bytes` are UTF-8, or returns false and writes nothing.
    mutating func write(text bytes: Span<UInt8>) -> Bool {
        guard JSONWriter.isText(bytes) else { return false }
        write(utf8: bytes)
        return true
    }

    /// Whether `bytes` are UTF-8.
    static func isText(_ bytes: Span<UInt8>) -> Bool {
        var merged: UInt8 = 0
        for position in bytes.indices { merged |= bytes[position] }
        return merged < 0x80 || (try? UTF8Span(validating: bytes)) != nil
    }

    private mutating func appendQuoted(_ utf8: Span<UInt8>) {
        guard !JSONEscape.isUnneeded(in: utf8) else {
            bytes.append(addingCapacity: utf8.count + 2) { room in
                room.append(UInt8(ascii: "\""))
                room.append(copying: utf8)
                room.append(UInt8(ascii: "\""))
            }
            return
        }
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        var position = 0
        while position < utf8.count {
            guard JSONEscape.mayStart(with: utf8[position]),
                let escape = JSONEscape(at: position, of: utf8, isHTMLSafe: style.isHTMLSafe)
            else {
                position += 1
                continue
            }
            bytes.append(copying: utf8.extracting(start..<position))
            bytes += escape.text.utf8
            position += escape.length
            start = position
        }
        bytes.append(copying: utf8.extracting(start..<utf8.count))
        bytes.append(UInt8(ascii: "\""))
    }
}

/// What the readers of both notations share: a position in the text, and what stands there.
///
/// The text is UTF-8, and the position is always at the start of a scalar.
struct TermTextReader {
    let bytes: [UInt8]
    var position = 0
    /// How many terms may enclose a term.
    let depthLimit: Int
    /// How many bytes a binary may have.
    let byteLimit: Int

    init(_ text: some StringProtocol, limits: TermLimits) {
        bytes = Array(text.utf8)
        depthLimit = min(limits.depth, TermLimits.deepestTree)
        byteLimit = limits.inflatedByteCount
    }

    /// The byte at the position, or nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The byte `distance` bytes after the position, or nil beyond the end.
    func byte(after distance: Int) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    /// Whether `text`, which is ASCII, stands at the position.
    func isAt(_ text: StaticString) -> Bool { isAt(text, after: 0) }

    /// Whether `text`, which is ASCII, stands `distance` bytes after the position.
    func isAt(_ text: StaticString, after distance: Int) -> Bool {
        let start = position + distance
        guard start <= bytes.count else { return false }
        return bytes[start...].starts(with: text.description.utf8)
    }

    /// Moves past `text` when it stands at the position.
    mutating func take(_ text: StaticString) -> Bool {
        guard isAt(text) else { return false }
        position += text.utf8CodeUnitCount
        return true
    }

    mutating func skipWhitespace() {
        while let byte = next, TermTextReader.isWhitespace(byte) { position += 1 }
    }

    static func isWhitespace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || 9...13 ~= byte }

    static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    static func isLower(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }

    static func isUpper(_ byte: UInt8) -> Bool { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte }

    /// Whether a byte can stand inside an unquoted word.
    static func isWord(_ byte: UInt8) -> Bool {
        isLower(byte) || isUpper(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    /// The scalar at the position and how many bytes it takes, or nil at the end.
    var scalar: (value: Unicode.Scalar, byteCount: Int)? {
        guard let first = next else { return nil }
        guard first >= 0x80 else { return (Unicode.Scalar(first), 1) }
        let byteCount = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        var value = UInt32(first) & (0x7F >> UInt32(byteCount))
        for distance in 1..<byteCount { value = value << 6 | UInt32((byte(after: distance) ?? 0) & 0x3F) }
        // A `String` is valid UTF-8, so there is no other way to get here than with a scalar.
        return (Unicode.Scalar(value) ?? "\u{FFFD}", byteCount)
    }

    /// The error for what stands at the position.
    func unexpected(expected: String) -> TermTextError {
        guard let scalar = scalar?.value else {
            return error(.unexpectedEnd, "the end of the text", expected: expected)
        }
        return error(.unexpectedCharacter, TermTextReader.name(of: scalar), expected: expected)
    }

    /// An error at the position, or at another one.
    func error(
        _ code: TermTextError.Code, at place: Int? = nil, _ reason: String, expected: String
    ) -> TermTextError {
        var line = 1
        var column = 1
        for byte in bytes.prefix(place ?? position) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return TermTextError(code, line: line, column: column, reason, expected: expected)
    }

    /// A scalar as an error message names it.
    static func name(of scalar: Unicode.Scalar) -> String {
        scalar.value > 0x20 && scalar.value < 0x7F || scalar.value > 0xA0
            ? "\"\(scalar)\"" : "U+\(String(scalar.value, radix: 16, uppercase: true))"
    }

    /// Moves past `text`, or throws.
    mutating func expect(_ text: StaticString, expected: String) throws(TermTextError) {
        guard take(text) else { throw unexpected(expected: expected) }
    }

    /// Checks that a term at this depth may hold others.
    func checkDepth(_ depth: Int) throws(TermTextError) {
        guard depth < depthLimit else {
            throw error(
                .limitExceeded, "terms nested deeper than \(depthLimit)", expected: "at most \(depthLimit) levels")
        }
    }

    /// The atom of this name, which stands at `place`.
    func atom(_ name: String, at place: Int) throws(TermTextError) -> Atom {
        guard let atom = Atom(named: name) else {
            throw error(
                .malformedAtom, at: place, "an atom of more than \(Atom.longestName) characters",
                expected: "at most \(Atom.longestName) characters")
        }
        return atom
    }
}

extension ElixirTextReader {
    /// What a quoted text is, which decides what `\xFF` in it stands for.
    enum Quotation {
        /// The byte 255: strings need not be UTF-8.
        case string
        /// The character U+00FF: `inspect` writes the names of atoms so, though Elixir does not read them back.
        case name
    }

    /// Reads the text between the quote at the position and the next one like it.
    mutating func quoted(_ quotation: Quotation) throws(TermTextError) -> [UInt8] {
        guard let quote = text.next else { throw text.unexpected(expected: "a quote") }
        if text.byte(after: 1) == quote, text.byte(after: 2) == quote {
            throw text.error(.unsupported, "a heredoc", expected: "a string in quotes")
        }
        text.position += 1
        return try characters(upTo: quote, quotation)
    }

    /// Reads characters and escape sequences up to `close`, and moves past that.
    mutating func characters(upTo close: UInt8, _ quotation: Quotation) throws(TermTextError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let byte = text.next {
            switch byte {
            case close:
                text.position += 1
                return bytes
            case UInt8(ascii: "\\"): try escape(quotation, into: &bytes)
            case UInt8(ascii: "#") where text.byte(after: 1) == UInt8(ascii: "{"):
                throw text.error(.unsupported, "an interpolation", expected: "\\#{ for the characters")
            default:
                bytes.append(byte)
                text.position += 1
            }
        }
        throw text.unexpected(expected: "the closing \(TermTextReader.name(of: Unicode.Scalar(close)))")
    }

    /// Reads an escape sequence.
    private mutating func escape(_ quotation: Quotation, into bytes: inout [UInt8]) throws(TermTextError) {
        text.position += 1
        let place = text.position
        guard let scalar = text.scalar else { throw text.unexpected(expected: "an escape sequence") }
        if scalar.value == "x", let digit = text.byte(after: 1), digit != UInt8(ascii: "{"), quotation == .string {
            text.position += 1
            let value = try hexadecimal(digits: 1...2, at: place)
            bytes.append(UInt8(truncatingIfNeeded: value))
            return
        }
        // A line that ends in a backslash goes on in the next one.
        if scalar.value == "\n" {
            text.position += 1
            return
        }
        let value = try escaped()
        guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else {
            throw text.error(
                .malformedString, at: place, "no Unicode scalar", expected: "a scalar of at most 10FFFF, no surrogate")
        }
        bytes.append(contentsOf: encoded)
    }

    /// Reads what follows a backslash, and returns the code point that it stands for.
    private mutating func escaped() throws(TermTextError) -> UInt32 {
        let place = text.position
        guard let scalar = text.scalar else { throw text.unexpected(expected: "an escape sequence") }
        text.position += scalar.byteCount
        switch scalar.value {
        case "0": return 0x00
        case "a": return 0x07
        case "b": return 0x08
        case "d": return 0x7F
        case "e": return 0x1B
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "s": return 0x20
        case "t": return 0x09
        case "v": return 0x0B
        case "x", "u":
            let isShort = scalar.value == "x"
            guard text.take("{") else { return try hexadecimal(digits: isShort ? 1...2 : 4...4, at: place) }
            let value = try hexadecimal(digits: 1...6, at: place)
            try text.expect("}", expected: "\"}\"")
            return value
        default: return scalar.value.value
        }
    }

    private mutating func hexadecimal(digits: ClosedRange<Int>, at place: Int) throws(TermTextError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < digits.upperBound, let digit = text.next.flatMap(TermTextReader.digitValue), digit < 16 {
            value = value * 16 + UInt32(digit)
            count += 1
            text.position += 1
        }
        guard digits.contains(count), value <= 0x10FFFF else {
            throw text.error(
                .malformedString, at: place, "no character in hexadecimal",
                expected: "\\x41, \\u0041 or \\u{10FFFF} at most")
        }
        return value
    }

    /// Reads a character after a question mark.
    mutating func character() throws(TermTextError) -> UInt32 {
        text.position += 1
        guard let scalar = text.scalar else { throw text.unexpected(expected: "a character") }
        text.position += scalar.byteCount
        guard scalar.value == "\\" else { return scalar.value.value }
        // There are no characters in hexadecimal here.
        if let byte = text.next, "xu".utf8.contains(byte) {
            text.position += 1
            return UInt32(byte)
        }
        return try escaped()
    }

    /// Reads a charlist in single quotes.
    mutating func charlist() throws(TermTextError) -> Term {
        let place = text.position
        return try charlist(try quoted(.string), at: place)
    }

    /// The list of the code points of a text that stands at `place`.
    private func charlist(_ bytes: [UInt8], at place: Int) throws(TermTextError) -> Term {
        guard let characters = String(validating: bytes, as: UTF8.self) else {
            throw text.error(.malformedString, at: place, "a charlist that is not UTF-8", expected: "Unicode scalars")
        }
        return .list(characters.unicodeScalars.map { .integer(Int($0.value)) })
    }

    // MARK: Sigils

    private static let closings: [UInt8: UInt8] = [
        UInt8(ascii: "["): UInt8(ascii: "]"), UInt8(ascii: "("): UInt8(ascii: ")"),
        UInt8(ascii: "{"): UInt8(ascii: "}"),
        UInt8(ascii: "<"): UInt8(ascii: ">"), UInt8(ascii: "/"): UInt8(ascii: "/"),
        UInt8(ascii: "|"): UInt8(ascii: "|"),
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "'"): UInt8(ascii: "'"),
    ]

    /// Reads a sigil.
    mutating func sigil(depth: Int) throws(TermTextError) -> Term {
        let place = text.position
        text.position += 1
        let name = text.asciiWord()
        guard let letter = name.utf8.first, name.utf8.count == 1, "cCsSDTNUrR".utf8.contains(letter) else {
            throw text.error(.unsupported, at: place, "another sigil", expected: "~c, ~s, ~D, ~T, ~N or ~U")
        }
        guard name != "r", name != "R" else {
            throw text.error(
                .identifier, at: place, "a regex, whose text does not hold its compiled form", expected: "a literal")
        }
        guard let open = text.next, let close = ElixirTextReader.closings[open] else {
            throw text.unexpected(expected: "a sigil's delimiter")
        }
        if open == close, text.byte(after: 1) == open, text.byte(after: 2) == open {
            throw text.error(.unsupported, "a heredoc", expected: "a sigil on one line")
        }
        text.position += 1
        let content =
            TermTextReader.isLower(letter) ? try characters(upTo: close, .string) : try rawCharacters(upTo: close)
        if let byte = text.next, TermTextReader.isWord(byte) {
            throw text.error(.unsupported, "a sigil's modifier", expected: "none")
        }
        switch name {
        case "c", "C": return try charlist(content, at: place)
        case "s", "S": return .binary(content)
        default:
            // A time has a tuple for its fraction.
            try text.checkDepth(depth + 1)
            guard let map = CalendarText.map(sigil: letter, content) else {
                throw text.error(
                    .malformedSigil, at: place, "no date or time of ISO 8601, or none in UTC",
                    expected: "~D[2024-01-02], ~T[10:20:30], ~N[2024-01-02 10:20:30] or ~U[2024-01-02 10:20:30Z]")
            }
            return .map(map)
        }
    }

    /// Reads characters as they stand up to `close`, which may be among them after a backslash, and moves past that.
    private mutating func rawCharacters(upTo close: UInt8) throws(TermTextError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let byte = text.next {
            text.position += 1
            if byte == close { return bytes }
            if byte == UInt8(ascii: "\\"), text.next == close {
                text.position += 1
                bytes.append(close)
            } else {
                bytes.append(byte)
            }
        }
        throw text.unexpected(expected: "the closing \(TermTextReader.name(of: Unicode.Scalar(close)))")
    }
}

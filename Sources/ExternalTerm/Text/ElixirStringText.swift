/// How Elixir writes strings.
enum ElixirStringText {
    /// Writes UTF-8 between quotes, a long text in pieces.
    ///
    /// - Parameter map: What to write for a scalar instead of what strings have for it, or nil.
    static func write(
        _ bytes: some Sequence<UInt8>, quote: Unicode.Scalar, to output: inout some TextOutputStream,
        map: (Unicode.Scalar) -> String? = escape
    ) {
        var text = ""
        text.unicodeScalars.append(quote)
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var isAfterHash = false
        decoding: while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar):
                // "#{" would be an interpolation.
                if isAfterHash { text += scalar == "{" ? "\\#" : "#" }
                isAfterHash = scalar == "#"
                if !isAfterHash { append(scalar, quote: quote, to: &text, map: map) }
            case .emptyInput: break decoding
            // Callers check that the text is UTF-8.
            case .error: continue
            }
            if text.utf8.count >= TermTextPiece.byteCount {
                output.write(text)
                text = ""
            }
        }
        if isAfterHash { text += "#" }
        text.unicodeScalars.append(quote)
        output.write(text)
    }

    private static func append(
        _ scalar: Unicode.Scalar, quote: Unicode.Scalar, to text: inout String, map: (Unicode.Scalar) -> String?
    ) {
        if scalar == quote {
            text += "\\"
            text.unicodeScalars.append(scalar)
        } else if let escaped = map(scalar) {
            text += escaped
        } else if scalar == "\0" {
            text += "\\0"
        } else if isConfusing(scalar) {
            text += "\\u" + hexadecimal(scalar, digits: 4)
        } else if isVisible(scalar) {
            text.unicodeScalars.append(scalar)
        } else if scalar.value < 0x100 {
            text += "\\x" + hexadecimal(scalar, digits: 2)
        } else {
            text += "\\x{" + hexadecimal(scalar, digits: scalar.value < 0x10000 ? 4 : 6) + "}"
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar, digits: Int) -> String {
        let text = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// The escape sequence of a scalar that has one of its own in strings.
    static func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\u{07}": "\\a"
        case "\u{08}": "\\b"
        case "\u{7F}": "\\d"
        case "\u{1B}": "\\e"
        case "\u{0C}": "\\f"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\\": "\\\\"
        case "\t": "\\t"
        case "\u{0B}": "\\v"
        default: nil
        }
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    /// Whether a scalar has no form of its own to be seen by: spaces of other widths, and what changes what stands
    /// around it.
    private static func isConfusing(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00A0, 0x034F, 0x061C, 0x2000...0x200F, 0x2028...0x202E, 0x205F...0x2064, 0x2066...0x2069, 0xFEFF,
            0xFFF9...0xFFFC:
            true
        default: false
        }
    }

    /// Whether Elixir shows a string with this scalar as text: `String.printable?/1`.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        isVisible(scalar) || escape(scalar) != nil
    }

    /// Whether Elixir shows a list with this integer as text: `List.ascii_printable?/1`.
    static func isPrintable(charlist term: Term) -> Bool {
        term.byte.map(isPrintable(code:)) ?? false
    }

    /// Whether Elixir shows a list with this integer as text.
    static func isPrintable(code: UInt8) -> Bool { 0x20...0x7E ~= code || 0x07...0x0D ~= code || code == 0x1B }
}

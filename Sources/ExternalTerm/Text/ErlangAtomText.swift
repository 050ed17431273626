/// How Erlang writes characters and the names of atoms.
enum ErlangAtomText {
    /// The words that are no atoms without quotes, in OTP 25.
    static let reservedWords: Set<String> = [
        "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch", "cond", "div",
        "end", "fun", "if", "let", "not", "of", "or", "orelse", "receive", "rem", "try", "when", "xor",
    ]

    /// Whether a scalar may start an atom without quotes: a small letter of Latin-1.
    static func isStart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x61...0x7A, 0xDF...0xF6, 0xF8...0xFF: true
        default: false
        }
    }

    /// Whether a scalar may stand inside an atom without quotes.
    static func isContinue(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x40...0x5A, 0x5F, 0xC0...0xD6, 0xD8...0xDE: true
        default: isStart(scalar)
        }
    }

    /// Whether a name needs quotes even where reserved words do not.
    static func needsQuotes(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, isStart(first) else { return true }
        return !name.unicodeScalars.allSatisfy(isContinue)
    }

    /// Writes an atom as `io_lib:write_atom/1` does.
    static func write(_ atom: Atom, to output: inout some TextOutputStream) {
        guard needsQuotes(atom.name) || reservedWords.contains(atom.name) else { return output.write(atom.name) }
        write(quoted: atom.name.unicodeScalars, quote: "'", to: &output)
    }

    /// Writes an atom of a function's name, where the runtime has rules of its own: reserved words stand as they are,
    /// and `@` needs quotes.
    static func write(inFunction atom: Atom, to output: inout some TextOutputStream) {
        guard needsQuotes(atom.name) || atom.name.utf8.contains(UInt8(ascii: "@")) else {
            return output.write(atom.name)
        }
        var text = "'"
        for scalar in atom.name.unicodeScalars {
            switch scalar {
            case "\u{1B}": text += "\\033"
            case "\u{7F}": text.unicodeScalars.append(scalar)
            default: append(scalar, quote: "'", to: &text)
            }
        }
        output.write(text + "'")
    }

    /// Writes characters between quotes as `io_lib:write_string/2` does, a long text in pieces.
    static func write(
        quoted scalars: some Sequence<Unicode.Scalar>, quote: Unicode.Scalar, to output: inout some TextOutputStream
    ) {
        var text = String(Character(quote))
        for scalar in scalars {
            append(scalar, quote: quote, to: &text)
            if text.utf8.count >= TermTextPiece.byteCount {
                output.write(text)
                text = ""
            }
        }
        text.unicodeScalars.append(quote)
        output.write(text)
    }

    private static func append(_ scalar: Unicode.Scalar, quote: Unicode.Scalar, to text: inout String) {
        switch scalar {
        case quote, "\\":
            text += "\\"
            text.unicodeScalars.append(scalar)
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case "\u{0B}": text += "\\v"
        case "\u{08}": text += "\\b"
        case "\u{0C}": text += "\\f"
        case "\u{1B}": text += "\\e"
        case "\u{7F}": text += "\\d"
        case "\0"..<" ", "\u{80}"..<"\u{A0}":
            let digits = String(scalar.value, radix: 8)
            text += "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
    }
}

/// How text reaches a stream: in pieces, so that no long string need be held as text at once.
enum TermTextPiece {
    /// About how many bytes of UTF-8 a piece has at most.
    static let byteCount = 4_096
}

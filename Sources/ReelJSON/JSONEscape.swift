/// What stands for a character of a string that JSON text, or HTML around it, does not take as it is.
struct JSONEscape {
    /// The escape.
    let text: String
    /// How many bytes of the string it stands for.
    let length: Int

    /// Whether an escape may be needed for what starts with `byte`: a quick look.
    @inline(__always)
    static func mayStart(with byte: UInt8) -> Bool {
        if byte < 0x40 { return byte < 0x20 || byte == 0x22 || byte == 0x26 || byte == 0x3C || byte == 0x3E }
        return byte == 0x5C || byte == 0x7F || byte == 0xE2
    }

    /// Whether no escape can be needed in a string: a quick look, which may say no for nothing.
    static func isUnneeded(in utf8: Span<UInt8>) -> Bool {
        // Without a branch: as many bytes at a time as the processor compares.
        var found: UInt8 = 0
        for position in utf8.indices {
            let byte = utf8[position]
            found |= (byte < 0x20 ? 1 : 0) | (byte == 0x22 ? 1 : 0) | (byte == 0x5C ? 1 : 0) | (byte == 0x7F ? 1 : 0)
            found |= (byte == 0x26 ? 1 : 0) | (byte == 0x3C ? 1 : 0) | (byte == 0x3E ? 1 : 0) | (byte == 0xE2 ? 1 : 0)
        }
        return found == 0
    }

    /// The escape for what stands at `position`, or nil when it needs none.
    init?(at position: Int, of utf8: Span<UInt8>, isHTMLSafe: Bool) {
        let byte = utf8[position]
        switch byte {
        case 0x08: self.init("\\b")
        case 0x09: self.init("\\t")
        case 0x0A: self.init("\\n")
        case 0x0C: self.init("\\f")
        case 0x0D: self.init("\\r")
        case UInt8(ascii: "\""): self.init("\\\"")
        case UInt8(ascii: "\\"): self.init("\\\\")
        case 0..<0x20, 0x7F: self.init(control: byte)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            guard isHTMLSafe else { return nil }
            self.init(control: byte)
        case 0xE2:
            // U+2028 and U+2029, which end a line in older JavaScript.
            guard isHTMLSafe, position + 2 < utf8.count, utf8[position + 1] == 0x80,
                utf8[position + 2] == 0xA8 || utf8[position + 2] == 0xA9
            else { return nil }
            self.init(utf8[position + 2] == 0xA8 ? "\\u2028" : "\\u2029", length: 3)
        default: return nil
        }
    }

    private init(_ text: String, length: Int = 1) {
        self.text = text
        self.length = length
    }

    private init(control byte: UInt8) {
        self.init(byte < 0x10 ? "\\u000\(String(byte, radix: 16))" : "\\u00\(String(byte, radix: 16))")
    }
}

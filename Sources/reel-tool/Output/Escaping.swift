extension String {
    /// The text with what could steer a terminal or break a line written as `\u{1b}`: control characters, separators of
    /// lines and paragraphs, and the marks that turn the direction of text.
    var escaped: String {
        guard unicodeScalars.contains(where: \.isSteering) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if let byte = RawArgument.byte(of: scalar) {
                text += "\\x\(String(byte, radix: 16))"
            } else if scalar.isSteering {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var isSteering: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x10FF00...0x10FFFF: true
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

import Reel

/// JSON on its way to a terminal: what could steer the terminal or turn the direction of text is escaped.
///
/// Such characters stand in strings only, where `\\u009b` says the same.
struct TerminalJSON: ByteSink {
    private let output: StandardOutput
    /// The first bytes of a character whose others have not come yet.
    private var pending: [UInt8] = []

    init(_ output: StandardOutput) { self.output = output }

    mutating func write(_ bytes: [UInt8]) throws {
        let bytes = pending + bytes
        pending = []
        var escaped: [UInt8] = []
        escaped.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            guard let length = TerminalJSON.length(from: byte) else {
                escaped.append(byte)
                position += 1
                continue
            }
            guard position + length <= bytes.count else {
                pending = Array(bytes[position...])
                break
            }
            let character = bytes[position..<position + length]
            let text = String(decoding: character, as: UTF8.self)
            if let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1, text.escaped != text {
                let digits = String(scalar.value, radix: 16)
                escaped += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            } else {
                escaped += character
            }
            position += length
        }
        try output.write(escaped)
    }

    /// How many bytes a character has that starts with one of the bytes that those to be escaped start with.
    private static func length(from byte: UInt8) -> Int? {
        switch byte {
        case 0xC2, 0xD8: 2
        case 0xE2: 3
        default: nil
        }
    }
}

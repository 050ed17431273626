/// Unsigned integers of seven bits a byte, the lowest first (LEB128). Implements Spec/recording.md §5.2.
enum VariableInteger {
    /// The most bytes that one may have: 63 bits.
    static let longest = 9

    static func append(_ value: Int, to bytes: inout [UInt8]) {
        var rest = UInt64(max(value, 0))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Reads the integer at `position` and moves it on, or returns nil when there is none of at most nine bytes in its
    /// shortest form.
    static func read(_ bytes: [UInt8], at position: inout Int) -> Int? {
        var value = 0
        for index in 0..<longest {
            guard position + index < bytes.count else { return nil }
            let byte = bytes[position + index]
            value |= Int(byte & 0x7F) << (7 * index)
            if byte & 0x80 == 0 {
                guard byte != 0 || index == 0 else { return nil }
                position += index + 1
                return value
            }
        }
        return nil
    }
}

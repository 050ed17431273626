/// A sequence of bits that grows at its end.
struct BitSequence {
    private(set) var bytes: [UInt8] = []
    private(set) var bitCount = 0

    /// Appends the low `count` bits, 1 to 8, of a byte.
    mutating func append(_ byte: UInt8, count: Int = 8) {
        let value = byte & (0xFF >> UInt8(8 - count))
        let used = bitCount % 8
        bitCount += count
        guard used > 0, let last = bytes.indices.last else {
            bytes.append(value << UInt8(8 - count))
            return
        }
        let room = 8 - used
        if count <= room {
            bytes[last] |= value << UInt8(room - count)
        } else {
            bytes[last] |= value >> UInt8(count - room)
            bytes.append(value << UInt8(8 - (count - room)))
        }
    }

    mutating func append(contentsOf other: some Sequence<UInt8>) {
        if bitCount % 8 == 0 {
            bytes.append(contentsOf: other)
            bitCount = bytes.count * 8
        } else {
            for byte in other { append(byte) }
        }
    }

    /// The bits as a term.
    var term: Term {
        Bitstring(bytes: bytes, bitsInLastByte: bitCount % 8).map(Term.bitstring) ?? .binary(bytes)
    }
}

/// How a segment between `<<` and `>>` turns its value into bits.
struct SegmentType {
    enum Kind {
        case integer, float, bits, utf8, utf16, utf32
    }

    var kind: Kind?
    var size: Int?
    var unit: Int?
    var isLittle = false
}

/// What a segment between `<<` and `>>` holds.
enum SegmentValue {
    /// An integer or a float.
    case number(Term)
    /// The code points of a string, each a value of its own.
    case codePoints([UInt32])
    /// Bits to take as they are; of a string when `text` is true, which may be written in another encoding of Unicode.
    case bits(Term, isText: Bool)
}

extension TermTextReader {
    /// Applies one of the words that say how a segment is written, or returns false when there is no such word.
    func apply(word: String, to type: inout SegmentType) -> Bool {
        switch word {
        case "integer": type.kind = .integer
        case "float": type.kind = .float
        case "binary", "bytes", "bitstring", "bits": type.kind = .bits
        case "utf8": type.kind = .utf8
        case "utf16": type.kind = .utf16
        case "utf32": type.kind = .utf32
        case "little": type.isLittle = true
        case "big": type.isLittle = false
        // The bits of an integer are the same with a sign and without.
        case "signed", "unsigned": break
        default: return false
        }
        return true
    }

    /// Reads the ASCII word at the position, which may be empty.
    mutating func asciiWord() -> String {
        let start = position
        while let byte = next, TermTextReader.isWord(byte), byte < 0x80 { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Appends the bits of a segment that starts at `place`.
    func append(
        _ value: SegmentValue, as type: SegmentType, at place: Int, to bits: inout BitSequence
    ) throws(TermTextError) {
        switch value {
        case .number(.float(let float)) where type.kind == .float || type.kind == nil && type.size == nil:
            try append(float, as: type, at: place, to: &bits)
        case .number(.integer(let integer)) where type.kind == .float:
            try append(Double(integer), as: type, at: place, to: &bits)
        case .number(let number): try append(number, as: type, at: place, to: &bits)
        case .codePoints(let points):
            for point in points { try append(.integer(Int(point)), as: type, at: place, to: &bits) }
        case .bits(let content, let isText): try append(content, isText: isText, as: type, at: place, to: &bits)
        }
    }

    private func misfit(_ reason: String, expected: String, at place: Int) -> TermTextError {
        error(.malformedBinary, at: place, reason, expected: expected)
    }

    /// Checks that `count` bits more are not too many.
    private func checkRoom(for count: Int, in bits: BitSequence, at place: Int) throws(TermTextError) {
        let (limit, overflow) = byteLimit.multipliedReportingOverflow(by: 8)
        guard overflow || count <= limit - min(bits.bitCount, limit) else {
            throw error(
                .limitExceeded, at: place, "a binary of more than \(byteLimit) bytes", expected: "a shorter one")
        }
    }

    private func append(
        _ number: Term, as type: SegmentType, at place: Int, to bits: inout BitSequence
    ) throws(TermTextError) {
        switch type.kind {
        case .utf8, .utf16, .utf32:
            guard case .integer(let value) = number, let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init)
            else { throw misfit("no Unicode scalar", expected: "0 to 16#10FFFF without surrogates", at: place) }
            try appendText(CollectionOfOne(scalar), as: type, at: place, to: &bits)
        case .integer, nil:
            let (count, overflow) = (type.size ?? 8).multipliedReportingOverflow(by: type.unit ?? 1)
            if overflow || count > bits.bitCount.distance(to: .max) { try checkRoom(for: .max, in: bits, at: place) }
            try checkRoom(for: count, in: bits, at: place)
            guard let integer = BigInteger(integer: number) else {
                throw misfit("a float among integers", expected: "an integer, or the type float", at: place)
            }
            append(integer, bitCount: count, isLittle: type.isLittle, to: &bits)
        case .float, .bits:
            throw misfit("a number of another type", expected: "a value of that type", at: place)
        }
    }

    /// Appends the low bits of an integer in two's complement.
    private func append(_ integer: BigInteger, bitCount: Int, isLittle: Bool, to bits: inout BitSequence) {
        let (whole, rest) = bitCount.quotientAndRemainder(dividingBy: 8)
        let length = whole + (rest > 0 ? 1 : 0)
        var bytes = Array(integer.magnitude.prefix(length))
        bytes.append(contentsOf: repeatElement(0, count: length - bytes.count))
        if integer.isNegative {
            var carry = true
            for index in bytes.indices {
                bytes[index] = ~bytes[index] &+ (carry ? 1 : 0)
                carry = carry && bytes[index] == 0
            }
        }
        if isLittle {
            bits.append(contentsOf: bytes.prefix(whole))
            if rest > 0, let last = bytes.last { bits.append(last, count: rest) }
        } else {
            if rest > 0, let last = bytes.last { bits.append(last, count: rest) }
            bits.append(contentsOf: bytes.prefix(whole).reversed())
        }
    }

    private func append(
        _ float: Double, as type: SegmentType, at place: Int, to bits: inout BitSequence
    ) throws(TermTextError) {
        let pattern: (value: UInt64, count: Int)
        switch (type.size ?? 64).multipliedReportingOverflow(by: type.unit ?? 1) {
        case (64, false): pattern = (float.bitPattern, 8)
        case (32, false) where Float(float).isFinite: pattern = (UInt64(Float(float).bitPattern), 4)
        default: throw misfit("a float that does not fit", expected: "a size of 32 or 64 bits", at: place)
        }
        try checkRoom(for: pattern.count * 8, in: bits, at: place)
        let bytes = (0..<pattern.count).map { UInt8(truncatingIfNeeded: pattern.value >> (8 * UInt64($0))) }
        bits.append(contentsOf: type.isLittle ? bytes : bytes.reversed())
    }

    private func append(
        _ content: Term, isText: Bool, as type: SegmentType, at place: Int, to bits: inout BitSequence
    ) throws(TermTextError) {
        guard type.size == nil, type.unit == nil else {
            throw misfit("bits with a size", expected: "a segment without size", at: place)
        }
        switch (type.kind, content) {
        case (nil, .binary(let bytes)), (.bits, .binary(let bytes)):
            try checkRoom(for: bytes.count * 8, in: bits, at: place)
            bits.append(contentsOf: bytes)
        case (nil, .bitstring(let value)), (.bits, .bitstring(let value)):
            try checkRoom(for: value.bitCount, in: bits, at: place)
            bits.append(contentsOf: value.bytes.dropLast())
            if let last = value.bytes.last {
                bits.append(last >> UInt8(8 - value.bitsInLastByte), count: value.bitsInLastByte)
            }
        case (.utf8, .binary(let bytes)), (.utf16, .binary(let bytes)), (.utf32, .binary(let bytes)):
            guard isText, let text = String(validating: bytes, as: UTF8.self) else { fallthrough }
            try appendText(text.unicodeScalars, as: type, at: place, to: &bits)
        default: throw misfit("bits of another type", expected: "a value of that type", at: place)
        }
    }

    private func appendText(
        _ scalars: some Collection<Unicode.Scalar>, as type: SegmentType, at place: Int, to bits: inout BitSequence
    ) throws(TermTextError) {
        guard type.size == nil, type.unit == nil else {
            throw misfit("Unicode with a size", expected: "a segment without size", at: place)
        }
        for scalar in scalars {
            try checkRoom(for: 32, in: bits, at: place)
            switch type.kind {
            case .utf16:
                for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                    append(BigInteger(Int(unit)), bitCount: 16, isLittle: type.isLittle, to: &bits)
                }
            case .utf32: append(BigInteger(Int(scalar.value)), bitCount: 32, isLittle: type.isLittle, to: &bits)
            default: bits.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}

extension BigInteger {
    /// The integer that a term is, or nil.
    fileprivate init?(integer term: Term) {
        switch term {
        case .integer(let value): self.init(value)
        case .bigInteger(let value): self = value
        default: return nil
        }
    }
}

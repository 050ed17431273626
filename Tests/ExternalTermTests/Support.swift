import ExternalTerm

/// The bytes that hexadecimal digits name; what is no digit is skipped, so that fields can be set apart.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// Bytes in the way the tables write them.
func hexText(_ bytes: [UInt8]) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
}

/// An integer of two bytes, big-endian.
func word16(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)] }

/// An integer of four bytes, big-endian.
func word32(_ value: Int) -> [UInt8] { word16(value >> 16) + word16(value) }

/// `count` times the bytes `content`.
func repeated(_ content: [UInt8], _ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(content.count * count)
    for _ in 0..<count { bytes += content }
    return bytes
}

/// What one of the three ways into a term made of it.
struct Reading: Equatable, CustomStringConvertible {
    /// How many bytes the term took, or nil when it was refused.
    var byteCount: Int?
    /// Why it was refused.
    var error: TermError?

    init(_ read: () throws(TermError) -> Int) {
        do throws(TermError) {
            byteCount = try read()
        } catch {
            self.error = error
        }
    }

    var description: String { error.map(\.description) ?? "\(byteCount ?? 0) bytes" }
}

/// Reads a stored term token by token.
func parse(_ bytes: [UInt8], limits: TermLimits = .default) -> Reading {
    Reading { () throws(TermError) in
        try withTermParser(over: bytes.span, limits: limits) { parser throws(TermError) in try parser.skipToEnd() }
            .byteCount
    }
}

/// Reads a stored term as a tree.
func decode(_ bytes: [UInt8], limits: TermLimits = .default) -> (reading: Reading, term: Term?) {
    var term: Term?
    let reading = Reading { () throws(TermError) in
        let (decoded, count) = try Term.decodePrefix(of: bytes.span, limits: limits)
        term = decoded
        return count
    }
    return (reading, term)
}

/// Rewrites a stored term in the canonical form.
func transcode(_ bytes: [UInt8], limits: TermLimits = .default) -> (reading: Reading, output: [UInt8]) {
    var writer = TermWriter()
    let reading = Reading { () throws(TermError) in
        var transcoder = CanonicalTranscoder(limits: limits)
        return try transcoder.transcode(bytes.span, into: &writer)
    }
    return (reading, writer.bytes)
}

/// The tokens of a stored term.
func tokens(_ bytes: [UInt8], limits: TermLimits = .default) throws(TermError) -> [TermToken] {
    try withTermParser(over: bytes.span, limits: limits) { parser throws(TermError) in
        var tokens: [TermToken] = []
        while let token = try parser.next() { tokens.append(token) }
        return tokens
    }.result
}

/// A bitstring as a term; the empty list when it is none.
func bits(_ bytes: [UInt8], inLastByte count: Int) -> Term {
    Bitstring(bytes: bytes, bitsInLastByte: count).map(Term.bitstring) ?? .nil
}

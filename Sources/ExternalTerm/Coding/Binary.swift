/// Bytes that ``TermEncoder`` writes as a binary, where an array of `UInt8` would be a list.
///
/// ```swift
/// struct Chunk: Codable {
///     var content: Binary  // <<255, 216>>
///     var sizes: [UInt8]   // [255, 216]
/// }
/// ```
public struct Binary: Hashable, Sendable {
    /// The bytes.
    public var bytes: [UInt8]

    /// Creates a binary.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension Binary: ExpressibleByArrayLiteral {
    public init(arrayLiteral bytes: UInt8...) { self.init(bytes) }
}

extension Binary: Codable {
    /// Encodes the bytes as a binary; with any encoder but ``TermEncoder``, as an array.
    public func encode(to encoder: any Encoder) throws {
        guard !encoder.take(.binary(bytes)) else { return }
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }

    /// Decodes a binary; with any decoder but ``TermDecoder``, an array.
    public init(from decoder: any Decoder) throws {
        guard let terms = decoder as? TermValueDecoder else {
            self.init(try decoder.singleValueContainer().decode([UInt8].self))
            return
        }
        guard case .binary(let bytes) = terms.term else { throw terms.mismatch(Binary.self, "a binary") }
        self.init(bytes)
    }
}

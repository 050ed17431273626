import Zlib

/// One subfield of a gzip header's extra field (RFC 1952 §2.3.1.1).
public struct ExtraField: Hashable, Sendable {
    /// The two bytes that say whose subfield it is, by convention ASCII letters.
    public struct ID: Hashable, Sendable {
        /// SI1.
        public var first: UInt8
        /// SI2.
        public var second: UInt8

        /// Creates an ID.
        public init(_ first: UInt8, _ second: UInt8) {
            self.first = first
            self.second = second
        }
    }

    /// Whose subfield it is.
    public var id: ID

    /// Its content, at most 65,531 bytes when it is to be written.
    public var bytes: [UInt8]

    /// Creates a subfield.
    public init(id: ID, bytes: [UInt8]) {
        self.id = id
        self.bytes = bytes
    }

    /// How many bytes it takes in the header.
    public var byteCount: Int { Self.prefixByteCount + bytes.count }

    /// The ID and the length.
    private static let prefixByteCount = 4
}

extension ExtraField.ID: CustomStringConvertible {
    public var description: String { String(decoding: [first, second], as: UTF8.self) }
}

extension ExtraField {
    /// Reads the subfields that fill `bytes`, the content of an extra field that starts at `fileOffset`.
    static func parseAll(_ bytes: Span<UInt8>, at fileOffset: Int) throws(GzipError) -> [ExtraField] {
        var fields: [ExtraField] = []
        var start = 0
        while start < bytes.count {
            guard bytes.count - start >= prefixByteCount else {
                let rest = bytes.count - start
                throw GzipError(
                    .malformedExtraField, at: fileOffset + start,
                    "\(rest) bytes at the end of the extra field that are no subfield")
            }
            let content = start + prefixByteCount
            let count = Int(bytes[start + 2]) | Int(bytes[start + 3]) << 8
            guard count <= bytes.count - content else {
                throw GzipError(
                    .malformedExtraField, at: fileOffset + start,
                    "a subfield of \(count) bytes where the extra field has \(bytes.count - content)")
            }
            fields.append(
                ExtraField(
                    id: ID(bytes[start], bytes[start + 1]),
                    bytes: [UInt8](copying: bytes.extracting(content..<content + count))))
            start = content + count
        }
        return fields
    }

    /// Appends the subfield, whose length was checked by the header.
    func encode(appendingTo output: inout [UInt8]) {
        output.append(id.first)
        output.append(id.second)
        output.append(littleEndian: UInt16(truncatingIfNeeded: bytes.count))
        output.append(contentsOf: bytes)
    }
}

extension Array where Element == UInt8 {
    /// Appends an integer, the least significant byte first, as all of gzip's are.
    mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}

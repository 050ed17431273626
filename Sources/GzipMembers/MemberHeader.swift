import Zlib

/// The header of a gzip member, with every field of RFC 1952 §2.3.
public struct MemberHeader: Hashable, Sendable {
    /// FTEXT: whether the content is probably text.
    public var isText: Bool

    /// MTIME: seconds since 1970, or 0 for no time.
    public var modificationTime: UInt32

    /// XFL: by convention 2 for the slowest compression and 4 for the fastest.
    public var extraFlags: UInt8

    /// OS: where the member was written. 3 is Unix, 255 is unknown.
    public var operatingSystem: UInt8

    /// FEXTRA: the subfields of the extra field, or nil for a header without one. Together, with 4 bytes more for
    /// each, they have at most 65,535 bytes.
    public var extraFields: [ExtraField]?

    /// FNAME: the bytes of the original file name, by convention ISO 8859-1, without the zero that ends them; at most
    /// 65,536 bytes.
    public var name: [UInt8]?

    /// FCOMMENT: the bytes of a comment, by convention ISO 8859-1, without the zero that ends them; at most 65,536
    /// bytes.
    public var comment: [UInt8]?

    /// FHCRC: whether the header ends with a checksum of itself.
    public var hasChecksum: Bool

    /// Creates a header: without arguments, the shortest one, which says nothing.
    public init(
        isText: Bool = false, modificationTime: UInt32 = 0, extraFlags: UInt8 = 0, operatingSystem: UInt8 = 255,
        extraFields: [ExtraField]? = nil, name: [UInt8]? = nil, comment: [UInt8]? = nil, hasChecksum: Bool = false
    ) {
        self.isText = isText
        self.modificationTime = modificationTime
        self.extraFlags = extraFlags
        self.operatingSystem = operatingSystem
        self.extraFields = extraFields
        self.name = name
        self.comment = comment
        self.hasChecksum = hasChecksum
    }

    /// How many bytes the header has when it is encoded.
    public var byteCount: Int {
        var count = HeaderLayout.fixedByteCount
        if let extraByteCount { count += 2 + extraByteCount }
        if let name { count += name.count + 1 }
        if let comment { count += comment.count + 1 }
        if hasChecksum { count += 2 }
        return count
    }

    /// The content of the first subfield with the given ID.
    public func extraField(_ id: ExtraField.ID) -> [UInt8]? {
        extraFields?.first { $0.id == id }?.bytes
    }

    private var extraByteCount: Int? {
        extraFields?.reduce(0) { $0 + $1.byteCount }
    }
}

extension MemberHeader {
    /// Reads the header at the start of `bytes`.
    ///
    /// - Parameter fileOffset: where `bytes` start in the file, for errors.
    /// - Returns: the header, or nil when more bytes are needed. The deflate data starts ``byteCount`` bytes in.
    /// - Throws: ``GzipError`` with the code `notGzip`, `unsupportedMethod`, `reservedFlags`, `headerChecksum`,
    ///   `malformedExtraField` or `limitExceeded`.
    public static func parse(_ bytes: Span<UInt8>, at fileOffset: Int) throws(GzipError) -> MemberHeader? {
        var layout = HeaderLayout(at: fileOffset)
        guard try layout.advance(over: bytes) else { return nil }
        return try MemberHeader(bytes, layout)
    }

    /// Reads a header whose parts have been found.
    init(_ bytes: Span<UInt8>, _ layout: HeaderLayout) throws(GzipError) {
        if let position = layout.checksum {
            let declared = UInt16(bytes[position]) | UInt16(bytes[position + 1]) << 8
            let actual = Self.checksum(of: bytes.extracting(0..<position))
            guard declared == actual else {
                throw GzipError(
                    .headerChecksum, at: layout.fileOffset, "a gzip header whose checksum does not match")
            }
        }
        self.init(
            isText: layout.flags.contains(.text),
            modificationTime: (4..<8).reduce(0) { $0 | UInt32(bytes[$1]) << (8 * ($1 - 4)) },
            extraFlags: bytes[8],
            operatingSystem: bytes[9],
            hasChecksum: layout.checksum != nil)
        if let range = layout.extra {
            extraFields = try ExtraField.parseAll(
                bytes.extracting(range), at: layout.fileOffset + range.lowerBound)
        }
        if let range = layout.name { name = [UInt8](copying: bytes.extracting(range)) }
        if let range = layout.comment { comment = [UInt8](copying: bytes.extracting(range)) }
    }

    /// Appends the header to `output`.
    ///
    /// - Throws: ``GzipError`` with the code `malformedExtraField`, `malformedText` or `limitExceeded` when the header
    ///   cannot be written, at the offset where it would have started. `output` is unchanged then.
    public func encode(appendingTo output: inout [UInt8]) throws(GzipError) {
        let start = output.count
        if let extraByteCount, extraByteCount > Int(UInt16.max) {
            throw GzipError(.malformedExtraField, at: start, "an extra field of \(extraByteCount) bytes")
        }
        try Self.check(name, "name", at: start)
        try Self.check(comment, "comment", at: start)

        output.append(HeaderLayout.magic.0)
        output.append(HeaderLayout.magic.1)
        output.append(HeaderLayout.deflateMethod)
        output.append(flags.rawValue)
        output.append(littleEndian: modificationTime)
        output.append(extraFlags)
        output.append(operatingSystem)
        if let extraFields, let extraByteCount {
            output.append(littleEndian: UInt16(truncatingIfNeeded: extraByteCount))
            for field in extraFields { field.encode(appendingTo: &output) }
        }
        for text in [name, comment] {
            guard let text else { continue }
            output.append(contentsOf: text)
            output.append(0)
        }
        if hasChecksum {
            output.append(littleEndian: Self.checksum(of: output.span.extracting(start..<output.count)))
        }
    }

    private var flags: HeaderFlags {
        var flags: HeaderFlags = []
        if isText { flags.insert(.text) }
        if hasChecksum { flags.insert(.checksum) }
        if extraFields != nil { flags.insert(.extra) }
        if name != nil { flags.insert(.name) }
        if comment != nil { flags.insert(.comment) }
        return flags
    }

    private static func check(_ text: [UInt8]?, _ kind: StaticString, at offset: Int) throws(GzipError) {
        guard let text else { return }
        guard text.count <= HeaderLayout.textLimit else {
            throw GzipError(.limitExceeded, at: offset, "a \(kind) of more than \(HeaderLayout.textLimit) bytes")
        }
        guard !text.contains(0) else {
            throw GzipError(.malformedText, at: offset, "a \(kind) with a zero byte, which would end it")
        }
    }

    /// The low half of the CRC-32 of the bytes before it.
    private static func checksum(of bytes: Span<UInt8>) -> UInt16 {
        UInt16(truncatingIfNeeded: CRC32.checksum(of: bytes))
    }
}

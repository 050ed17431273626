/// The flags of a gzip header (RFC 1952 §2.3.1).
struct HeaderFlags: OptionSet {
    var rawValue: UInt8

    static let text = HeaderFlags(rawValue: 1 << 0)
    static let checksum = HeaderFlags(rawValue: 1 << 1)
    static let extra = HeaderFlags(rawValue: 1 << 2)
    static let name = HeaderFlags(rawValue: 1 << 3)
    static let comment = HeaderFlags(rawValue: 1 << 4)
    static let reserved = HeaderFlags(rawValue: 0b1110_0000)
}

/// Finds where the parts of a gzip header are, in bytes that may come in pieces.
///
/// It goes over every byte once, however small the pieces are, and refuses a header at the first byte that is wrong.
struct HeaderLayout {
    /// The first two bytes of every member.
    static let magic: (UInt8, UInt8) = (0x1F, 0x8B)
    /// The compression method deflate, the only one there is.
    static let deflateMethod: UInt8 = 8
    /// Everything up to and including the operating system.
    static let fixedByteCount = 10
    /// The most bytes that a name or comment may have, without the zero that ends it.
    static let textLimit = 64 << 10

    private enum Part {
        case fixed, extraLength, extra, name, comment, checksum, complete
    }

    /// Where the header starts in the file.
    let fileOffset: Int
    /// Which optional parts the header has.
    private(set) var flags: HeaderFlags = []
    /// Where the content of the extra field is, without its length.
    private(set) var extra: Range<Int>?
    /// Where the name is, without the zero that ends it.
    private(set) var name: Range<Int>?
    /// Where the comment is, without the zero that ends it.
    private(set) var comment: Range<Int>?
    /// Where the checksum is, when there is one.
    private(set) var checksum: Int?
    /// The end of the header, once it is complete.
    private(set) var end = 0

    private var part = Part.fixed
    /// How far the current text has been searched for the zero that ends it.
    private var searched = 0

    init(at fileOffset: Int) {
        self.fileOffset = fileOffset
    }

    /// Goes on over `bytes`, which start at the header's first byte and are at least as many as last time.
    ///
    /// - Returns: whether the header is complete.
    mutating func advance(over bytes: Span<UInt8>) throws(GzipError) -> Bool {
        while part != .complete {
            switch part {
            case .fixed:
                try checkFixed(bytes)
                guard bytes.count >= Self.fixedByteCount else { return false }
                flags = HeaderFlags(rawValue: bytes[3])
                finish(.fixed, at: Self.fixedByteCount)
            case .extraLength:
                guard bytes.count >= end + 2 else { return false }
                let start = end + 2
                extra = start..<start + (Int(bytes[end]) | Int(bytes[end + 1]) << 8)
                finish(.extraLength, at: start)
            case .extra:
                guard let extra, bytes.count >= extra.upperBound else { return false }
                finish(.extra, at: extra.upperBound)
            case .name:
                guard let range = try text("name", in: bytes) else { return false }
                name = range
                finish(.name, at: range.upperBound + 1)
            case .comment:
                guard let range = try text("comment", in: bytes) else { return false }
                comment = range
                finish(.comment, at: range.upperBound + 1)
            case .checksum:
                guard bytes.count >= end + 2 else { return false }
                checksum = end
                finish(.checksum, at: end + 2)
            case .complete:
                break
            }
        }
        return true
    }

    /// Moves on from `part`, which ends at `end`, to the next one that the flags name.
    private mutating func finish(_ part: Part, at end: Int) {
        self.end = end
        searched = end
        let next: Part =
            switch part {
            case .fixed: flags.contains(.extra) ? .extraLength : .extra
            case .extraLength: .extra
            case .extra: .name
            case .name: .comment
            case .comment: .checksum
            case .checksum, .complete: .complete
            }
        let isAbsent =
            switch next {
            case .fixed, .extraLength, .complete: false
            case .extra: !flags.contains(.extra)
            case .name: !flags.contains(.name)
            case .comment: !flags.contains(.comment)
            case .checksum: !flags.contains(.checksum)
            }
        if isAbsent {
            finish(next, at: end)
        } else {
            self.part = next
        }
    }

    private func checkFixed(_ bytes: Span<UInt8>) throws(GzipError) {
        let isMagic = (bytes.count < 1 || bytes[0] == Self.magic.0) && (bytes.count < 2 || bytes[1] == Self.magic.1)
        guard isMagic else {
            throw GzipError(.notGzip, at: fileOffset, "no gzip member, which starts with the bytes 1F 8B")
        }
        if bytes.count > 2, bytes[2] != Self.deflateMethod {
            throw GzipError(.unsupportedMethod, at: fileOffset + 2, "the unknown compression method \(bytes[2])")
        }
        if bytes.count > 3, !HeaderFlags(rawValue: bytes[3]).isDisjoint(with: .reserved) {
            throw GzipError(.reservedFlags, at: fileOffset + 3, "reserved flags in a gzip header")
        }
    }

    /// The text that starts at `end`, or nil when the zero that ends it has not come yet.
    private mutating func text(_ kind: StaticString, in bytes: Span<UInt8>) throws(GzipError) -> Range<Int>? {
        while searched < bytes.count {
            if bytes[searched] == 0 { return end..<searched }
            guard searched - end < Self.textLimit else {
                throw GzipError(
                    .limitExceeded, at: fileOffset + end, "a \(kind) of more than \(Self.textLimit) bytes")
            }
            searched += 1
        }
        return nil
    }
}

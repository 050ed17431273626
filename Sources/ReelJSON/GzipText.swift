import Reel
import Zlib

/// Text that may be in gzip, a member or more of it (RFC 1952).
enum GzipText {
    static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// The text that `bytes` hold.
    ///
    /// - Throws: ``ReelError`` when the gzip is damaged, or holds more than `limit` bytes.
    static func text(of bytes: [UInt8], limit: Int) throws(ReelError) -> [UInt8] {
        guard isGzip(bytes) else { return bytes }
        var text: [UInt8] = []
        var position = 0
        do {
            let inflater = try Inflater(.raw)
            repeat {
                position = try contentStart(bytes, at: position)
                try inflater.reset()
                let start = text.count
                let step = try inflater.inflate(
                    bytes.span.extracting(position..<bytes.count), appendingTo: &text, atMost: limit - text.count + 1)
                guard text.count <= limit else {
                    throw ReelError(.limitExceeded, "gzip of more than \(limit) bytes", offset: position)
                }
                position += step.consumed
                guard step.isFinished, bytes.count - position >= 8 else {
                    throw ReelError(.truncated, "gzip that ends early", offset: bytes.count)
                }
                let content = text.span.extracting(start..<text.count)
                guard uint32(bytes, at: position) == CRC32.checksum(of: content),
                    uint32(bytes, at: position + 4) == UInt32(truncatingIfNeeded: content.count)
                else {
                    throw ReelError(.checksum, "gzip whose content does not match its checksum", offset: position)
                }
                position += 8
            } while position < bytes.count
            return text
        } catch let error as ReelError {
            throw error
        } catch {
            throw ReelError(.malformedMember, "\(error)", offset: position)
        }
    }

    /// The first bytes of the text, or nil when there are none that can be read.
    static func start(of bytes: [UInt8]) -> [UInt8]? {
        guard isGzip(bytes) else { return bytes }
        guard let position = try? contentStart(bytes, at: 0), let inflater = try? Inflater(.raw) else { return nil }
        var text: [UInt8] = []
        let content = bytes.span.extracting(position..<bytes.count)
        _ = try? inflater.inflate(content, appendingTo: &text, atMost: 256)
        return text
    }

    private static func uint32(_ bytes: [UInt8], at position: Int) -> UInt32 {
        bytes[position..<position + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Where the deflate data of the member at `start` starts.
    private static func contentStart(_ bytes: [UInt8], at start: Int) throws(ReelError) -> Int {
        let truncated = ReelError(.truncated, "gzip that ends in its header", offset: bytes.count)
        guard bytes.count - start >= 10 else { throw truncated }
        guard bytes[start...].starts(with: [0x1F, 0x8B, 8]) else {
            throw ReelError(.malformedMember, "what is no gzip after some that is", offset: start)
        }
        let flags = bytes[start + 3]
        var position = start + 10
        if flags & 4 != 0 {
            guard bytes.count - position >= 2 else { throw truncated }
            position += 2 + Int(bytes[position]) + Int(bytes[position + 1]) << 8
        }
        // A name, then a comment, each ended by a zero.
        for flag: UInt8 in [8, 16] where flags & flag != 0 {
            guard position < bytes.count, let end = bytes[position...].firstIndex(of: 0) else { throw truncated }
            position = end + 1
        }
        if flags & 2 != 0 { position += 2 }
        guard position <= bytes.count else { throw truncated }
        return position
    }
}

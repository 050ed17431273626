import ExternalTerm
import GzipMembers

/// What PhoenixReplay writes, by generation. Implements Spec/phoenix-replay.md §1.
public enum PhoenixReplayFormat: String, Hashable, Sendable, CaseIterable {
    /// 0.1 and 0.2: a map, in gzip (`.etf.gz`) or not (`.etf`).
    case map
    /// 0.3 and later: a struct, as a compressed term or not (`.recording`).
    case recording
    /// A running session of 0.5 and later: frames of events (`.part`).
    case part
}

extension PhoenixReplayFormat {
    static let partMagic = Array("PRF1".utf8)

    /// How a file's bytes are wrapped, as far as its first bytes tell.
    enum Wrapping {
        case gzip, compressedTerm, term, part
    }

    static func wrapping(of bytes: any RandomAccessBytes) throws -> Wrapping? {
        let head = try bytes.read(0..<min(2, bytes.byteCount))
        if head == [0x1F, 0x8B] {
            // A recording is gzip as well; what it holds starts with a frame's length.
            var content: [UInt8] = []
            var source = PatientSource(try GunzipSource(SequentialBytes(bytes: bytes, position: 0)))
            _ = try source.read(upTo: 2, appendingTo: &content)
            return content.first == Tag.version && content.dropFirst().first.map { $0 == Tag.map } != false
                ? .gzip : nil
        }
        if head == [Tag.version, Tag.compressed] { return .compressedTerm }
        if head == [Tag.version, Tag.map] { return .term }
        if try bytes.read(0..<min(4, bytes.byteCount)) == partMagic { return .part }
        return nil
    }

    /// Whether `bytes` start like a file of PhoenixReplay's, whose content tells what it is and not its name.
    public static func matches(_ bytes: any RandomAccessBytes) -> Bool {
        ((try? wrapping(of: bytes)) ?? nil) != nil
    }

    /// Whether a whole term is a map with a list of events: Spec/phoenix-replay.md §1.
    static func isMap(_ external: Span<UInt8>) -> Bool {
        let hasEvents = try? withTermParser(over: external) { (parser) throws(TermError) in
            guard case .map(let count) = try parser.next() else { return false }
            var hasEvents = false
            for _ in 0..<count {
                guard let key = try parser.skipTerm(), let value = try parser.skipTerm() else { return false }
                guard case .atom(let name) = try KnownTerm.token(of: parser.bytes, at: key.lowerBound).token else {
                    return false
                }
                guard parser.bytes.atom(name) == "events" else { continue }
                switch try KnownTerm.token(of: parser.bytes, at: value.lowerBound).token {
                case .list, .nil, .string: hasEvents = true
                default: return false
                }
            }
            return hasEvents
        }
        return hasEvents?.0 ?? false
    }
}

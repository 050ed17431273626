import GzipMembers
import Zlib

/// A member that holds `content`, written by this library.
func member(
    _ content: some Collection<UInt8>, _ header: MemberHeader = MemberHeader(), level: Int = 6
) throws -> [UInt8] {
    var output: [UInt8] = []
    let content = Array(content)
    try MemberEncoder(level: level).encode(content.span, appendingTo: &output) { _ in header }
    return output
}

/// The header at the start of `bytes`.
func parseHeader(_ bytes: some Collection<UInt8>, at fileOffset: Int = 0) throws(GzipError) -> MemberHeader? {
    let bytes = Array(bytes)
    return try MemberHeader.parse(bytes.span, at: fileOffset)
}

/// The content of a single member.
func decodeMember(
    _ bytes: some Collection<UInt8>, at fileOffset: Int = 0, expecting byteCount: Int? = nil, limit: Int = .max
) throws(GzipError) -> [UInt8] {
    var output: [UInt8] = []
    let bytes = Array(bytes)
    try MemberDecoder().decode(
        bytes.span, at: fileOffset, expecting: byteCount, limit: limit, appendingTo: &output)
    return output
}

/// What came of a file, however it was cut into pieces.
struct Outcome: Equatable {
    var content: [UInt8] = []
    /// The starts and ends of members, in order.
    var events: [MemberStream.Event] = []
    var error: GzipError?
}

/// Reads a file that comes in the given pieces.
func decodeStream(_ pieces: [[UInt8]], outputStep: Int = 1 << 16) -> Outcome {
    var outcome = Outcome()
    do throws(GzipError) {
        let stream = try MemberStream()
        for piece in pieces {
            var rest = piece
            reading: while true {
                let step = try stream.decode(rest.span, appendingTo: &outcome.content, atMost: outputStep)
                rest.removeFirst(step.consumed)
                switch step.event {
                case .needsInput: break reading
                case .outputLimitReached: break
                case .memberStarted, .memberEnded: outcome.events.append(step.event)
                }
            }
        }
        try stream.finish()
    } catch {
        outcome.error = error
    }
    return outcome
}

/// Bytes that do not compress.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}

extension ExtraField.ID {
    static let test = ExtraField.ID(UInt8(ascii: "T"), UInt8(ascii: "S"))
}

extension MemberHeader {
    /// A header for every combination of the optional parts.
    static let combinations: [MemberHeader] = (0..<32).map { bits in
        MemberHeader(
            isText: bits & 1 != 0, modificationTime: 0x1234_5678, extraFlags: 2, operatingSystem: 3,
            extraFields: bits & 2 != 0
                ? [ExtraField(id: .test, bytes: [1, 0, 255]), ExtraField(id: .test, bytes: [])] : nil,
            name: bits & 4 != 0 ? Array("name.txt".utf8) : nil,
            comment: bits & 8 != 0 ? Array("a comment".utf8) : nil,
            hasChecksum: bits & 16 != 0)
    }
}

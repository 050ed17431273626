import GzipMembers
import Reel
import Zlib

/// What zlib takes to compress a recording's content, and nothing else: the yardstick of `reel import --time`.
enum DeflateAlone {
    /// Compresses what the members of `file` hold as one zlib stream, and returns how long that takes.
    static func duration(of file: InputFile, level: Int) throws -> Duration {
        let deflater = try Deflater(.zlib, level: level)
        let members = try MemberStream()
        var duration = Duration.zero
        var input: [UInt8] = []
        var content: [UInt8] = []
        var output: [UInt8] = []
        func deflate(finishing: Bool) throws {
            let start = ContinuousClock.now
            try deflater.deflate(content.span, finishing: finishing, appendingTo: &output)
            duration += ContinuousClock.now - start
            content.removeAll(keepingCapacity: true)
            output.removeAll(keepingCapacity: true)
        }
        while try file.read(upTo: 64 << 10, appendingTo: &input) > 0 {
            var position = 0
            while position < input.count {
                let rest = input.span.extracting(position..<input.count)
                position += try members.decode(rest, appendingTo: &content, atMost: 1 << 20).consumed
                if content.count >= 1 << 20 { try deflate(finishing: false) }
            }
            input.removeAll(keepingCapacity: true)
        }
        try members.finish()
        try deflate(finishing: true)
        return duration
    }
}

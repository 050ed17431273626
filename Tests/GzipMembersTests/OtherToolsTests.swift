import Foundation
import GzipMembers
import TestPrograms
import Testing

/// The programs that everybody reads and writes gzip with.
@Suite("Other tools")
struct OtherToolsTests {
    @Test("gzip accepts what is written, with every combination of header parts")
    func gzipReads() throws {
        var file: [UInt8] = []
        var content: [UInt8] = []
        for (index, header) in MemberHeader.combinations.enumerated() {
            let piece = noise(index * 100, seed: UInt64(index))
            file += try member(piece, header, level: index % 10)
            content += piece
        }
        #expect(try run("/usr/bin/gzip", "-t", input: file) == [])
        #expect(try run("/usr/bin/gzip", "-dc", input: file) == content)
        let script = "import gzip, sys; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))"
        #expect(try run("/usr/bin/env", "python3", "-c", script, input: file) == content)
    }

    @Test("What gzip writes is read", arguments: [1, 6, 9])
    func gzipWrites(level: Int) throws {
        let contents = [[], noise(100_000, seed: 1), [UInt8](repeating: 1, count: 1_000_000)]
        let file = try contents.flatMap { try run("/usr/bin/gzip", "-\(level)", "-c", input: $0) }
        let outcome = decodeStream([file])
        #expect(outcome.error == nil)
        #expect(outcome.events.count == 6)
        #expect(outcome.content == Array(contents.joined()))
    }

    @Test("What Python writes is read, name and time included")
    func pythonWrites() throws {
        let script = """
            import gzip, sys
            with gzip.GzipFile('name.txt', 'wb', fileobj=sys.stdout.buffer, mtime=1000) as file:
                file.write(sys.stdin.buffer.read())
            """
        let content = noise(10_000, seed: 2)
        let file = try run("/usr/bin/env", "python3", "-c", script, input: content)
        let header = try #require(try parseHeader(file))
        #expect(header.modificationTime == 1_000)
        // Python leaves the name of standard output out, or writes the one it was given, by version.
        #expect(header.name == nil || header.name == Array("name.txt".utf8))
        #expect(try decodeMember(file) == content)
    }

    /// Runs a program on `input`, and returns its standard output.
    private func run(_ program: String, _ arguments: String..., input: [UInt8]) throws -> [UInt8] {
        let program = try Program.run(program, arguments, input: input)
        try #require(program.status == 0)
        return program.output
    }
}

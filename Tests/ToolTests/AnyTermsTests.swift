import ExternalTerm
import Foundation
import ReelJSON
import TestPrograms
import Testing

/// Terms that are no recording, in the files that `Terms/make.escript` has written with a real BEAM.
@Suite("Any terms as JSON")
struct AnyTermsTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Terms")

    static let first = #"{"id":7,"name":"Ada","tags":["ok",[1,2.5]]}"#
    static let lines = [
        first, #"["ok",[11]]"#, "[108,111,99,97,108,104,111,115,116]", #"{"n":null,"on":true}"#,
    ].joined(separator: "\n")
    static let names = ["term", "terms", "packet1", "packet2", "packet4"].flatMap { name in
        ["", ".gz", ".gz.gz", ".zlib", ".deflate"].map { name + ".etf" + $0 }
    }

    private static func text(of name: String) -> String { (name.hasPrefix("term.") ? first : lines) + "\n" }
    private static func bytes(of name: String) throws -> [UInt8] { try folder.appending(path: name).bytes }

    @Test("Each framing is told by its bytes, in each compression, from a file and a pipe", arguments: names)
    func form(name: String) throws {
        let path = AnyTermsTests.folder.appending(path: name).path
        let input = try AnyTermsTests.bytes(of: name)
        for tool in [try Tool.run("json", path), try Tool.run("json", "-", input: input)] {
            #expect(tool.text == AnyTermsTests.text(of: name))
            #expect(tool.talk == "")
            #expect(tool.status == 0)
        }
        let framing = String(name.prefix { $0 != "." })
        #expect(try Tool.run("json", path, "--input", framing).text == AnyTermsTests.text(of: name))
        #expect(try Tool.run("term", "decode", path, "--to", "plain-json").text == AnyTermsTests.text(of: name))
    }

    @Test("--verbose says what a file is taken for")
    func verbose() throws {
        for (name, words) in [
            ("terms.etf", "terms, one after the other"), ("packet2.etf", "terms with lengths of 2 bytes ({packet, 2})"),
            ("packet4.etf.gz.gz", "terms with lengths of 4 bytes ({packet, 4}), in gzip, in gzip"),
            ("terms.etf.deflate", "terms, one after the other, in deflate"),
        ] {
            let path = AnyTermsTests.folder.appending(path: name).path
            #expect(try Tool.run("json", path, "--verbose").talk == "reel: \(path): \(words)\n")
        }
    }

    @Test("Compressed terms may follow one another")
    func compressed() throws {
        let tool = try Tool.run("json", AnyTermsTests.folder.appending(path: "compressed.etf").path)
        let again = "[" + repeatElement("\"again\"", count: 300).joined(separator: ",") + "]"
        #expect(tool.text == again + "\n" + AnyTermsTests.first + "\n")
    }

    @Test(
        "A pipe of terms comes out term by term, while it is open",
        arguments: ["terms", "packet1", "packet2", "packet4"])
    func pipe(framing: String) throws {
        let input = try AnyTermsTests.bytes(of: framing + ".etf")
        let tool = try Tool.start("json", "-")
        var frames = TermFrames(try #require(TermFraming(rawValue: framing)))
        frames.append(input.span)
        var start = 0
        let lines = AnyTermsTests.lines.split(separator: "\n")
        for line in lines {
            let term = try #require(try frames.next())
            try tool.write(Array(input[start..<term.upperBound]))
            start = term.upperBound
            #expect(String(decoding: tool.read(line.utf8.count + 1), as: UTF8.self) == line + "\n")
        }
        try tool.input.close()
        #expect(tool.end().status == 0)
    }

    @Test("What is no terms is refused, with what was tried and where it failed")
    func nothing() throws {
        let tool = try Tool.run("json", "-", input: Array("no recording, and no terms either".utf8))
        #expect(tool.status == 1)
        #expect(tool.text == "")
        for words in [
            "terms: a byte of 110, not 131, where a term starts, at byte 0;", "terms with lengths of 4 bytes: ",
            "terms with lengths of 2 bytes: ", "terms with lengths of 1 byte: ", "deflate: ", "--input says what it is",
        ] {
            #expect(tool.talk.contains(words), "\(tool.talk)")
        }
    }

    @Test("The terms before damage are written, and the error says where it is")
    func damage() throws {
        let terms = try AnyTermsTests.bytes(of: "terms.etf")
        let first = AnyTermsTests.first + "\n"
        for (bytes, place) in [
            (Array(terms.prefix(60)), "(truncated, byte "),
            (Array(terms.prefix(55)) + [10], "(notExternalTerm, byte 55, term 1)"),
            (Array(terms.prefix(55)) + [131, 200, 0], "(unknownTag, byte 56, term 1)"),
        ] {
            let tool = try Tool.run("json", "-", input: bytes)
            #expect(tool.text == first)
            #expect(tool.talk.contains(place), "\(tool.talk)")
            #expect(tool.status == 1)
        }
        var gzip = try AnyTermsTests.bytes(of: "terms.etf.gz")
        gzip[gzip.count - 8] ^= 1
        let tool = try Tool.run("json", "-", input: gzip)
        #expect(tool.text == AnyTermsTests.lines + "\n")
        #expect(tool.talk.contains("checksum"), "\(tool.talk)")
        #expect(tool.status == 1)
    }

    @Test("A map that is no file of PhoenixReplay's is a term like any other, however long")
    func maps() throws {
        let long = Term.map(["events": 1, "name": .binary(Array(repeatElement(97, count: 100_000)))])
        for term in [long, .map(["events": [1, 2]]), .map([:])] {
            let text = term.json() + "\n"
            try withFile(term.external, "state.etf") { file in
                let tool = try Tool.run("json", file)
                #expect(tool.text == text)
            }
            #expect(try Tool.run("json", "-", input: term.external).text == text)
            #expect(try Tool.run("json", "-", "--input", "term", input: term.external).text == text)
        }
    }

    @Test("--input term takes no second one")
    func alone() throws {
        let tool = try Tool.run("json", "-", "--input", "term", input: try AnyTermsTests.bytes(of: "terms.etf"))
        #expect(tool.text == AnyTermsTests.first + "\n")
        #expect(tool.talk.contains("(trailingBytes, byte 55"), "\(tool.talk)")
        #expect(tool.status == 1)
    }

    @Test("Lists of printable integers are strings with --charlists, in plain JSON")
    func charlists() throws {
        let terms = try AnyTermsTests.bytes(of: "terms.etf")
        let tool = try Tool.run("json", "-", "--charlists", input: terms)
        #expect(tool.lines[1...2] == [#"["ok","\u000b"]"#, #""localhost""#])
        #expect(try Tool.run("json", "-", "--charlists", "--mapping", "tagged", input: terms).status == 64)
    }

    @Test("--pretty writes each term on lines of its own")
    func pretty() throws {
        let tool = try Tool.run("json", "-", "--pretty", input: Term.list([1]).external + Term.map(["a": 1]).external)
        #expect(tool.text == "[\n  1\n]\n{\n  \"a\": 1\n}\n")
    }

    @Test(
        "A recording is told in any compression",
        arguments: [
            "gzip -c", "python3 -c 'import sys,zlib; sys.stdout.buffer.write(zlib.compress(sys.stdin.buffer.read()))'",
        ])
    func recording(pack: String) throws {
        for session in [try Session.recording(), try Session.plain(), try Session.bare()] {
            let plain = try Tool.run("json", "-", input: session).text
            #expect(plain.contains("\"id\":\"s-1\""))
            try withFile(session) { file in
                let packed = try Tool.shell("\(pack) < '\(file)' | reel json -")
                #expect(packed.text == plain, "\(packed.talk)")
                let again = try Tool.shell("\(pack) < '\(file)' > '\(file).packed'; reel json '\(file).packed'")
                #expect(again.text == plain, "\(again.talk)")
                #expect(try Tool.shell("reel info '\(file).packed'").status == 0)
            }
        }
    }

    @Test("A chunk of a .beam file is a term", .enabled(if: !AnyTermsTests.beamFiles.isEmpty))
    func beam() throws {
        var count = 0
        for path in AnyTermsTests.beamFiles.prefix(40) {
            for chunk in try AnyTermsTests.chunks(of: path) where ["Attr", "CInf", "Dbgi"].contains(chunk.name) {
                let tool = try Tool.run("json", "-", input: chunk.content)
                #expect(tool.status == 0, "\(path), \(chunk.name): \(tool.talk)")
                #expect(try tool.json.count == 1)
                count += 1
            }
        }
        #expect(count > 20)
    }

    static let beamFiles: [String] = {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/erlang/lib"),
            let stdlib = names.first(where: { $0.hasPrefix("stdlib-") })
        else { return [] }
        let folder = URL(filePath: "/usr/lib/erlang/lib/\(stdlib)/ebin")
        return ((try? folder.names) ?? []).filter { $0.hasSuffix(".beam") }.map { folder.appending(path: $0).path }
    }()

    /// The chunks of a file in the Interchange File Format: a name of four characters, a length, and so many bytes.
    private static func chunks(of path: String) throws -> [(name: String, content: [UInt8])] {
        var bytes = try URL(filePath: path).bytes
        if bytes.starts(with: [0x1F, 0x8B]) { bytes = Array(try Tool.shell("gzip -dc '\(path)'").output) }
        var chunks: [(String, [UInt8])] = []
        var position = 12
        while position + 8 <= bytes.count {
            let name = String(decoding: bytes[position..<position + 4], as: UTF8.self)
            let length = bytes[position + 4..<position + 8].reduce(0) { $0 << 8 | Int($1) }
            guard position + 8 + length <= bytes.count else { break }
            chunks.append((name, Array(bytes[position + 8..<position + 8 + length])))
            position += 8 + (length + 3) / 4 * 4
        }
        return chunks
    }
}

@Suite("Streams")
struct StreamTests {
    @Test("What is no recording is refused before it ends")
    func early() throws {
        for command in ["info", "state", "validate", "events", "json", "recover"] {
            let arguments = command == "recover" ? ["-", "-o", "/dev/null"] : ["-"]
            let tool = try RunningProgram(Tool.path, [command] + arguments, input: .pipe, output: .pipe, talk: .pipe)
            try tool.write(Array("no recording".utf8))
            // Its input stays open: it ends by itself.
            let end = tool.end()
            #expect(end.status == 1, "\(command): \(end.talk)")
            try? tool.input.close()
        }
    }

    @Test("An endless stream is refused, and no more of it is kept than --limit says")
    func endless() throws {
        #expect(try Tool.shell("yes | reel info -").status == 1)
        let session = try Session.recording()
        try withFile(session) { file in
            for command in ["state", "page"] {
                let tool = try Tool.shell("(cat '\(file)'; yes) | reel \(command) - --limit 1")
                #expect(tool.status != 0)
                #expect(tool.talk.contains("more than 1,048,576 bytes"), "\(tool.talk)")
            }
        }
    }
}

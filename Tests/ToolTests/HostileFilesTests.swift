import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

@Suite("Files that are none, and files that must stay as they are")
struct HostileFilesTests {
    @Test(
        "A device that gives bytes without an end is refused, as a name and as standard input", .timeLimit(.minutes(5)))
    func devices() throws {
        let named = try Tool.run("info", "/dev/zero")
        #expect(
            (named.status, named.talk) == (
                66, "reel: /dev/zero: a device, not a file: give a file, or its bytes through a pipe\n"
            ))
        #expect(try Tool.shell("reel info - < /dev/zero").status == 66)
        #expect(try Tool.run("events", "/dev/null").status == 1)
    }

    @Test("Nothing is written over what is read")
    func sameFile() throws {
        try inFolder { folder in
            let file = folder.appending(path: "a.reel")
            let bytes = try Session.recording()
            try Data(bytes).write(to: file)
            let link = folder.appending(path: "link.reel")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            for output in [file.path, link.path, folder.path + "/./a.reel"] {
                for command in [
                    ["json", file.path, "-o", output], ["recover", file.path, "-o", output],
                    ["compact", file.path, "-o", output], ["export", file.path, "--to", "html", "-o", output],
                    ["import", file.path, "-o", output],
                ] {
                    let tool = try Tool.run(command)
                    #expect(tool.status != 0, "\(command)")
                    #expect(try file.bytes == bytes)
                }
            }
            #expect(try Tool.run("json", file.path, "-o", file.path).talk.contains("is what is read"))
        }
    }

    @Test("A pipe is not replaced by its compact form, and the message says what it is")
    func compactPipe() throws {
        try inFolder { folder in
            let pipe = folder.appending(path: "pipe").path
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            let tool = try Tool.run("compact", pipe)
            #expect(tool.status == 64)
            #expect(tool.talk.contains("a pipe, which cannot be replaced"))
        }
    }

    @Test(
        "What is written is the owner's alone, or what --mode says",
        arguments: [(nil, 0o600), ("640", 0o640), ("644", 0o644)])
    func modes(mode: String?, expected: Int) throws {
        try inFolder { folder in
            let file = folder.appending(path: "a.reel")
            try Data(Session.recording()).write(to: file)
            let arguments = mode.map { ["--mode", $0] } ?? []
            func permissions(_ name: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)[.posixPermissions] as? Int
            }
            for (name, command) in [
                ("b.reel", ["compact", file.path, "-o"]), ("c.reel", ["recover", file.path, "-o"]),
                ("d.json", ["json", file.path, "-o"]), ("e.html", ["export", file.path, "--to", "html", "-o"]),
            ] {
                #expect(try Tool.run(command + [folder.path + "/" + name] + arguments).status == 0)
                #expect(try permissions(name) == expected, "\(name)")
            }
            #expect(try Tool.run(["store", "put", file.path, folder.path + "/store"] + arguments).status == 0)
            let stored = try #require(FileManager.default.enumerator(atPath: folder.path + "/store"))
            for case let name as String in stored {
                let isFolder = stored.fileAttributes?[.type] as? FileAttributeType == .typeDirectory
                let value = try permissions("store/" + name)
                #expect(value == (isFolder ? expected | (expected & 0o444) >> 2 : expected), "\(name)")
            }
            #expect(
                try Tool.run(["store", "put", file.path, "sqlite:" + folder.path + "/s.db"] + arguments).status == 0)
            #expect(try permissions("s.db") == expected)
        }
        for wrong in ["9", "0", "755", "x", "044"] {
            #expect(try Tool.run("json", "x", "-o", "y", "--mode", wrong).status == 64)
        }
    }

    @Test("A file whose name is no UTF-8 is read, written and named")
    func names() throws {
        try inFolder { folder in
            let bytes = try Session.recording()
            let name = #"$'\xff\xe9t\xe9.reel'"#
            try Data(bytes).write(to: folder.appending(path: "a.reel"))
            let tool = try Tool.shell(
                """
                cd '\(folder.path)' && mv a.reel \(name) && reel info \(name) > /dev/null && reel json \(name) -o \(name).json \
                && test -s \(name).json && mkdir in && mv \(name) in && reel store put in store && reel store ls store | wc -l
                """)
            #expect((tool.status, tool.lines.last) == (0, "1"))
            let missing = try Tool.shell(#"reel info $'no\xff.reel'"#)
            #expect((missing.status, missing.talk) == (66, "reel: no\\xff.reel: no such file: check the path\n"))
        }
    }

    @Test("A kind without a name is refused")
    func emptyKind() throws {
        let tool = try Tool.run("events", "-", "--kind", "", input: try Session.recording())
        #expect(tool.status == 64)
    }

    @Test("A header's key that is no atom is refused, and nothing is written")
    func headerKeys() throws {
        let events = Term.list([.tuple([0, .atom("mount"), .map(["assigns": .map([:])])])])
        for key in [Term.string("url"), .integer(1), .tuple([.atom("a")])] {
            let map = Term.map(
                TermMap([
                    TermMap.Pair(.atom("id"), "x"), TermMap.Pair(.atom("view"), .atom("Elixir.V")),
                    TermMap.Pair(.atom("events"), events), TermMap.Pair(key, 2),
                ]))
            try withFile(map.external, "x.etf") { file in
                let tool = try Tool.run("import", file, "-o", file + ".reel")
                #expect(tool.status == 1)
                #expect(tool.talk.contains("which is no atom"))
                #expect(!FileManager.default.fileExists(atPath: file + ".reel"))
            }
        }
    }

    @Test("A writer refuses a header that no reader would take")
    func writer() throws {
        var deep = Term.nil
        for _ in 0..<1_030 { deep = .list([deep]) }
        for fields in [TermMap([TermMap.Pair("url", "/")]), TermMap([TermMap.Pair(.atom("a"), deep)])] {
            #expect(throws: ReelError.self) { try RecordingWriter(to: MemorySink(), header: Header(fields: fields)) }
        }
    }

    @Test(
        "A file of few bytes that asks for a tree of millions of terms is refused, whatever is asked of it",
        .timeLimit(.minutes(2)))
    func budget() throws {
        let nils = [UInt8]("l".utf8) + [3, 0x93, 0x87, 0] + [UInt8](repeating: 0x6A, count: 60_000_001)
        let header =
            [UInt8]([0x68, 3, 0x77, 9]) + Array("recording".utf8) + [
                0x68, 2, 0x61, 1, 0x61, 0, 0x74, 0, 0, 0, 1, 0x77, 7,
            ]
            + Array("session".utf8) + nils
        try inFolder { folder in
            let raw = folder.appending(path: "raw")
            try Data(header).write(to: raw)
            // Compressed by somebody else's zlib, as a term and once more as a file.
            let script = """
                import sys, zlib, gzip, struct
                term = open(sys.argv[1], 'rb').read()
                term = b'\\x83P' + struct.pack('>I', len(term)) + zlib.compress(term, 9)
                open(sys.argv[2], 'wb').write(gzip.compress(struct.pack('>I', len(term)) + term, 9))
                """
            let file = folder.appending(path: "bomb.reel")
            #expect(try Program.run("python3", ["-c", script, raw.path, file.path]).status == 0)
            #expect(try file.bytes.count < 1_000)
            let tool = try Tool.shell("ulimit -v 4000000; reel info '\(file.path)'")
            #expect(tool.status == 1)
            #expect(tool.talk.contains("limitExceeded"))
        }
    }
}

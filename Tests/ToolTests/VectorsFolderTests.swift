import Foundation
import TestPrograms
import Testing

@Suite("reel vectors: the folder, its manifest and what is released")
struct VectorsFolderTests {
    /// Changes of an entry that make a manifest none, and what is said of it.
    static let malformations: [(key: String, value: (any Sendable)?, reason: String)] = [
        ("id", nil, "it has no id"), ("id", 1, "its id is no text"), ("id", "terms/A", "its id has other characters"),
        ("id", "other/one", "its id does not start with a family"), ("id", "terms", "does not start with a family"),
        ("id", "terms/atoms/latin1", "terms/atoms/latin1 is there twice"), ("file", nil, "it has no file"),
        ("file", "../x", "its file is no path in the folder"), ("file", "/x", "its file is no path in the folder"),
        ("sha256", "12", "its sha256 is not 64 hexadecimal digits"), ("input", "zip", "its input is none of term"),
        ("section", nil, "it has no section"), ("shows", nil, "it has no shows"), ("extra", 1, "it has the key extra"),
        ("expect", nil, "nothing is expected of it"), ("expect", 1, "expect is no object"),
        ("expect", ["members": "[]"], "term has no output members"), ("expect", ["plain": 1], "plain is no object"),
        ("expect", ["other": "1"], "it has the key other"), ("salvage", "{}", "term has no output salvage"),
        ("error", ["kind": "truncated"], "it has both expect and error"),
        ("level", "perfect", "its level is none of reader, diagnosing, precise"),
    ]

    @Test("A manifest that is not as it should be is refused, and says why", arguments: malformations.indices)
    func malformed(index: Int) throws {
        let (key, value, reason) = VectorsFolderTests.malformations[index]
        try VectorsFolder.with { folder in
            try folder.addTerms()
            try folder.change("terms/integers/one") { $0[key] = value }
            let tool = try folder.check()
            #expect(tool.status == 1)
            #expect(tool.text == "")
            #expect(tool.talk.contains(reason), "\(tool.talk)")
        }
    }

    @Test("An error has a kind that its input can have")
    func errorKinds() throws {
        for (error, reason) in [
            (["kind": "checksum"] as [String: Any], "term is not refused as checksum"),
            (["kind": "truncated", "offset": -1], "the offset of its error"),
            (["offset": 1], "it has no kind"), (["kind": "truncated", "at": 1], "it has the key at"),
        ] {
            try VectorsFolder.with { folder in
                try folder.add("terms/one", "term", [131], ["error": error])
                try folder.writeManifest()
                let tool = try folder.check()
                #expect(tool.status == 1)
                #expect(tool.talk.contains(reason), "\(tool.talk)")
            }
        }
    }

    @Test("A folder without a manifest is none")
    func missing() throws {
        try inFolder { folder in
            let tool = try Tool.run("vectors", "check", folder.path)
            #expect(tool.status == 66)
            #expect(tool.talk.contains("manifest.json: no such file: a folder of vectors has a manifest.json"))
            try Data("{\"version\":".utf8).write(to: folder.appending(path: "manifest.json"))
            let cut = try Tool.run("vectors", "check", folder.path)
            #expect(cut.status == 1)
            #expect(cut.talk.contains("truncated, byte 11"))
        }
    }

    @Test("Without a name, the folder is Vectors here or above")
    func find() throws {
        try inFolder { url in
            var folder = VectorsFolder(url.appending(path: "Vectors"))
            try folder.addTerms()
            try folder.writeManifest()
            try folder.write([], to: "../a/b/file")
            for place in ["", "Vectors", "a/b"] {
                let tool = try Tool.shell("cd '\(url.appending(path: place).path)' && reel vectors check")
                #expect(tool.status == 0, "\(tool.talk)")
            }
        }
        let tool = try Tool.shell("cd / && reel vectors check")
        #expect(tool.status == 66)
    }

    @Test("A file that is not what the manifest says is named, and no reader is checked")
    func changedFile() throws {
        try VectorsFolder.with { folder in
            try folder.addTerms()
            try folder.writeManifest()
            try folder.write([131, 97, 2], to: "terms/integers/one.bin")
            let tool = try folder.check()
            #expect(tool.status == 1)
            #expect(tool.text == "")
            #expect(
                tool.talk.contains("terms/integers/one.bin, of the vector terms/integers/one, has another checksum"))
            try FileManager.default.removeItem(at: folder.url.appending(path: "terms/integers/one.bin"))
            #expect(try folder.check().talk.contains("terms/integers/one, cannot be read"))
        }
    }

    @Test("What is frozen may not change, and more may be added")
    func freeze() throws {
        try VectorsFolder.with { folder in
            try folder.addTerms()
            try folder.write(Array("1".utf8), to: "terms/one.json")
            try folder.change("terms/integers/one") { $0["expect"] = ["plain": ["file": "terms/one.json"]] }
            let frozen = try Tool.run("vectors", "freeze", "1.0", folder.url.path)
            #expect(frozen.status == 0, "\(frozen.talk)")
            let lines = try Tool.shell(
                "cd '\(folder.url.path)' && grep -v '#' released/1.0.sha256 | sha256sum -c --strict")
            #expect(lines.status == 0)
            #expect(lines.lines.count == 5)
            #expect(try folder.check().status == 0)

            // Entries have checksums that other programs can make as well.
            let script = """
                import hashlib, json, sys
                for entry in json.load(open("manifest.json"))["vectors"]:
                    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                    print(hashlib.sha256(text.encode()).hexdigest() + "  manifest.json#" + entry["id"])
                """
            let entries = try Tool.shell(
                "cd '\(folder.url.path)' && python3 -c '\(script)' | sort | diff - <(grep '#' released/1.0.sha256 | sort)"
            )
            #expect(entries.text == "")
            #expect(entries.status == 0)

            let again = try Tool.run("vectors", "freeze", "1.0", folder.url.path)
            #expect(again.status == 1)
            #expect(again.talk.contains("1.0 has been frozen"))

            try folder.add("terms/more", "term", [131, 106], ["expect": ["plain": "[]"]])
            try folder.writeManifest()
            #expect(try folder.check().status == 0)
            #expect(try Tool.run("vectors", "freeze", "1.1", folder.url.path).status == 0)

            try folder.write(Array("1 ".utf8), to: "terms/one.json")
            let changed = try folder.check()
            #expect(changed.status == 1)
            #expect(changed.talk.contains("terms/one.json has changed, though 1.0 has been released with it"))
            #expect(changed.talk.contains("terms/one.json has changed, though 1.1 has been released with it"))
            try folder.write(Array("1".utf8), to: "terms/one.json")

            try folder.change("terms/atoms/latin1") { $0["shows"] = "Something else." }
            #expect(try folder.check().talk.contains("the vector terms/atoms/latin1 has another entry in the manifest"))
            try folder.change("terms/atoms/latin1") { $0["id"] = "terms/atoms/renamed" }
            #expect(try folder.check().talk.contains("the vector terms/atoms/latin1 is gone"))
        }
    }

    @Test("A released file that is none, and a version that is none, are refused")
    func malformedRelease() throws {
        try VectorsFolder.with { folder in
            try folder.addTerms()
            try folder.writeManifest()
            try folder.write(Array("12  x\n".utf8), to: "released/1.0.sha256")
            let tool = try folder.check()
            #expect(tool.status == 1)
            #expect(tool.talk.contains("released/1.0.sha256: no checksum and name (line 1)"), "\(tool.talk)")
            for version in ["1", "1.0.0", "../x", "01.0", "256.0", ""] {
                #expect(try Tool.run("vectors", "freeze", version, folder.url.path).status == 64)
            }
        }
    }
}

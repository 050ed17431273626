import ExternalTerm
import Foundation
import TestPrograms

/// A folder of vectors, made for one test.
struct VectorsFolder {
    let url: URL
    /// The entries of the manifest: JSON objects.
    private var entries: [[String: Any]] = []

    init(_ url: URL) { self.url = url }

    /// Calls `body` with an empty folder that is gone afterwards.
    static func with<Result>(_ body: (inout VectorsFolder) throws -> Result) throws -> Result {
        try inFolder { url in
            var folder = VectorsFolder(url)
            return try body(&folder)
        }
    }

    /// Adds a vector: its input, and what is expected of it by the keys of the manifest.
    ///
    /// - Parameter file: a file that is there already, to be the input instead of one of its own.
    mutating func add(
        _ id: String, _ input: String, _ bytes: [UInt8], file: String? = nil, _ expectations: [String: Any]
    ) throws {
        if file == nil { try write(bytes, to: id + ".bin") }
        let file = file ?? id + ".bin"
        let known = entries.first { $0["file"] as? String == file }?["sha256"]
        let entry: [String: Any] = [
            "id": id, "file": file, "sha256": try known ?? sha256(file), "input": input,
            "section": "terms.md §3.2", "shows": "What \(id) shows.",
        ]
        entries.append(entry.merging(expectations) { $1 })
    }

    /// Adds a few terms, one of each outcome: expected outputs, and errors.
    mutating func addTerms() throws {
        try add("terms/integers/one", "term", [131, 97, 1], ["expect": outputs("1", "1", "836101")])
        try add(
            "terms/atoms/latin1", "term", [131, 100, 0, 1, 0xE9],
            ["expect": outputs("{ \"$atom\" : \"\\u00e9\" }", "\"é\"", "837702c3a9")])
        try add(
            "terms/errors/cut", "term", [131, 98, 0], ["error": ["kind": "truncated", "offset": 2]])
        try add(
            "terms/errors/tag", "term", [131, 117],
            ["error": ["kind": "unknownTag", "offset": 1]])
    }

    private func outputs(_ tagged: String, _ plain: String, _ canonical: String) -> [String: String] {
        ["tagged": tagged, "plain": plain, "canonical": canonical]
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        let file = url.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    /// What `sha256sum` says of a file.
    func sha256(_ path: String) throws -> String {
        let tool = try Tool.shell("sha256sum <'\(url.appending(path: path).path)'")
        return String(tool.text.prefix { $0 != " " })
    }

    /// Changes the entry of a vector, and writes the manifest.
    mutating func change(_ id: String, _ change: (inout [String: Any]) -> Void) throws {
        for index in entries.indices where entries[index]["id"] as? String == id { change(&entries[index]) }
        try writeManifest()
    }

    func writeManifest(version: Any = "1.0") throws {
        let manifest: [String: Any] = ["version": version, "vectors": entries]
        try Data(JSONSerialization.data(withJSONObject: manifest)).write(to: url.appending(path: "manifest.json"))
    }

    /// Runs `reel vectors check`.
    func check(_ arguments: String...) throws -> Program { try Tool.run(["vectors", "check", url.path] + arguments) }
}

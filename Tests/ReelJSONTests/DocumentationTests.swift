import Foundation
import Testing

/// The examples in the comments of the room are code that is compiled and run.
@Suite("Examples") struct DocumentationTests {
    private static let root = Samples.folder.deletingLastPathComponent()

    /// The examples in the comments of `source`: the lines between "```swift" and "```", without what stands before them.
    static func examples(in source: String) -> [[String]] {
        var examples: [[String]] = []
        var example: [String]?
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let text = line.trimmingPrefix { $0 == " " }
            guard text.hasPrefix("///") else { continue }
            let content = String(text.dropFirst(3).trimmingPrefix { $0 == " " })
            if content == "```swift" {
                example = []
            } else if content == "```" {
                if let example { examples.append(example) }
                example = nil
            } else {
                example?.append(content)
            }
        }
        return examples
    }

    @Test("Every example of a comment is compiled, as it stands there, in DocumentationExamples.swift")
    func examples() throws {
        let compiled = try String(
            contentsOf: DocumentationTests.root.appending(path: "Tests/ReelJSONTests/DocumentationExamples.swift"),
            encoding: .utf8)
        let lines = compiled.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }.joined(separator: "\n")
        let folder = DocumentationTests.root.appending(path: "Sources/ReelJSON")
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".swift") {
            let source = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            for example in DocumentationTests.examples(in: source) {
                count += 1
                let text = example.filter { !$0.isEmpty }.joined(separator: "\n")
                #expect(lines.contains("\n\(text)\n"), "\(name): \(text)")
            }
        }
        #expect(count >= 6)
    }

    @Test("An example is what stands between its fences")
    func fences() {
        let source = """
            /// One.
            ///
            /// ```swift
            /// a
            ///     b
            /// ```
            func c() {
                /// ```
                /// d
                /// ```
                /// ```swift
                /// e
                /// ```
            }
            """
        #expect(DocumentationTests.examples(in: source) == [["a", "b"], ["e"]])
    }
}

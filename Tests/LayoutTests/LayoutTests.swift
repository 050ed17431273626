import Foundation
import Testing

@Suite("The rooms: imports point down, and what is unsafe is wrapped")
struct LayoutTests {
    /// A source file of the package.
    struct Source: CustomTestStringConvertible, Sendable {
        var room: String
        var path: String
        var text: String

        var testDescription: String { path }
    }

    static let sources: [Source] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        guard let paths = try? FileManager.default.subpathsOfDirectory(atPath: root.path) else { return [] }
        return paths.sorted().compactMap { path in
            guard path.hasSuffix(".swift"), let room = SourceRules.room(of: path),
                let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
            else { return nil }
            return Source(room: room, path: path, text: text)
        }
    }()

    @Test("every source keeps the rules", arguments: sources)
    func rules(_ source: Source) {
        #expect(SourceRules.violations(in: source.text, room: source.room) == [])
    }

    @Test("every room is known, and is there")
    func rooms() {
        let known = Set(SourceRules.imports.keys).union(SourceRules.unrestricted)
        let found = Set(Self.sources.map(\.room))
        #expect(found.isSubset(of: known))
        #expect(found.isSuperset(of: ["Zlib", "ExternalTerm", "GzipMembers", "Reel"]))
    }

    @Test("every type that the way of a byte names exists")
    func wayOfAByte() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "CONTRIBUTING.md"), encoding: .utf8)
        let page = try #require(text.firstMatch(of: /### The way of a byte\n(?s:(.*?))\n##/)).1
        let declared = Set(
            Self.sources.flatMap { source in
                source.text.matches(of: /\b(?:struct|class|enum|protocol|actor) (\w+)/).map(\.1)
            })
        let names = page.matches(of: /`(\w+)`/).map(\.1)
        for name in names { #expect(declared.contains(name), "no type \(name)") }
        // The three ways, each of them short enough to be kept in mind.
        let ways = page.matches(of: /(?m)^\d\. (?s:(.*?))(?=\n\d\. |\n\n)/).map { $0.1.matches(of: /`\w+`/).count }
        #expect(ways.count == 3)
        #expect(ways.allSatisfy { 4...8 ~= $0 }, "\(ways)")
    }

    @Test("what each room may import leads down, and never back")
    func order() {
        func reaches(_ room: String, from start: String, steps: Int) -> Bool {
            steps > 0
                && SourceRules.imports[start, default: []].contains {
                    $0 == room || reaches(room, from: $0, steps: steps - 1)
                }
        }
        for room in SourceRules.imports.keys {
            #expect(!reaches(room, from: room, steps: SourceRules.imports.count))
        }
    }

    @Test(
        "a source that breaks a rule is found out",
        arguments: [
            ("import Reel", "ExternalTerm", "line 1: ExternalTerm imports Reel"),
            ("import Foundation", "Reel", "line 1: Reel imports Foundation"),
            ("import FoundationEssentials", "ExternalTerm", "line 1: ExternalTerm imports FoundationEssentials"),
            ("\npublic import struct Reel.Header", "GzipMembers", "line 2: GzipMembers imports Reel"),
            ("@preconcurrency private import CZlib", "ExternalTerm", "line 1: ExternalTerm imports CZlib"),
            ("@_spi(Room) import Zlib.Inner", "Zlib", "line 1: Zlib imports Zlib"),
            ("import Zlib", "Unknown", "line 1: Unknown imports Zlib"),
            ("let x = unsafe y.z", "ExternalTerm", "line 1: `unsafe` outside the rooms that wrap it"),
            ("@unsafe func f() {}", "Reel", "line 1: `unsafe` outside the rooms that wrap it"),
            ("fatalError(\"no\")", "reel-tool", "line 1: `fatalError(`"),
            ("let x = try! f()", "Zlib", "line 1: `try!`"),
            ("let x = y as! Z", "Reel", "line 1: `as!`"),
            ("bytes[0] == 131", "Reel", "line 1: bytes of a term, which ExternalTerm/Tag.swift knows"),
            ("let head = [131, 104]", "ReelJSON", "line 1: bytes of a term, which ExternalTerm/Tag.swift knows"),
            ("Int(b[0]) << 24 | Int(b[1])", "Reel", "line 1: bytes of a term, which ExternalTerm/Tag.swift knows"),
            ("// TODO: all of it", "Reel", "line 1: `TODO`"),
            ("/// FIXME", "Reel", "line 1: `FIXME`"),
            (String(repeating: "\n", count: 601), "Reel", "601 lines, more than 600"),
        ])
    func violation(source: String, room: String, expected: String) {
        #expect(SourceRules.violations(in: source, room: room) == [expected])
    }

    @Test(
        "a source that breaks none is let through",
        arguments: [
            ("import ExternalTerm\nprivate import FoundationEssentials", "Reel"),
            ("import Foundation\nimport ArgumentParser", "reel-tool"),
            ("unsafe f()", "Zlib"),
            ("// unsafe pointers, try! and import Foundation are not for here", "ExternalTerm"),
            ("let unsafeCount = 1, isTODOList = 2, has = 3", "ExternalTerm"),
            ("importer = 1", "ExternalTerm"),
            ("bytes[0] == 131", "ExternalTerm/Tag.swift"),
            ("error(\"it does not start with 131\")", "Reel"),
            (String(repeating: "\n", count: 600), "Reel"),
        ])
    func noViolation(source: String, room: String) {
        #expect(SourceRules.violations(in: source, room: room) == [])
    }
}

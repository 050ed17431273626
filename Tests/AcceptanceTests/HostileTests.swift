import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

/// Files that ask for too much: each is refused in one line, and for little memory.
@Suite("Hostile files")
struct HostileTests {
    /// The most memory that a refusal may take, in KiB.
    private static let memory = 64 << 10
    /// What takes more: a field and a part's frame of a gigabyte are given up at their limit, 64 MiB.
    private static let larger: Set = ["zeros in a field", "zeros in a part"]
    private static let memoryOfLarger = 192 << 10

    @Test("A hostile file is refused with the status 1, one clear line and little memory")
    func hostile() throws {
        try inFolder { folder in
            let generator = try Program.run("python3", ["-c", HostileFiles.script, folder.path])
            #expect(generator.status == 0, "\(generator.talk)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names.count > 20)
            for name in names {
                let path = folder.appending(path: name).path
                for arguments in [
                    ["validate", path], ["info", path], ["events", path], ["import", path, "-o", path + ".reel"],
                ] {
                    let (program, memory) = try HostileTests.measured(arguments)
                    let command = "\(arguments[0]) \(name): \(program.text)\(program.talk)"
                    #expect(program.status == 1, "\(command)")
                    let said = arguments[0] == "validate" && !program.text.isEmpty ? program.text : program.talk
                    let lines = said.split(separator: "\n")
                    #expect(lines.count == 1, "\(command)")
                    #expect(lines.allSatisfy { $0.contains(path) && $0.count < 500 + path.count }, "\(command)")
                    let most = HostileTests.larger.contains(name) ? HostileTests.memoryOfLarger : HostileTests.memory
                    #expect(memory < most, "\(command)")
                }
            }
        }
    }

    @Test("A recording inside an event is not taken for the one around it, damaged as that may be")
    func nested() throws {
        let inner = try Sample.named("counter.etf.gz").imported(.smallest)
        let sink = MemorySink()
        // Stored, not compressed: the inner recording's members are there for whoever searches.
        let options = WriterOptions(level: 0, memberByteCount: 1)
        let writer = try RecordingWriter(to: sink, header: Header(fields: ["id": "outer"]), options: options)
        for index in 0..<4 {
            try writer.append(offset: index, kind: "info", payload: index == 1 ? .binary(inner) : "outer")
        }
        try writer.finish()
        let sound = try Salvage(MemorySource(sink.bytes))
        #expect(sound.report.isComplete && sound.report.eventCount == 4)

        let damaged = try RecordingFile(MemorySource(sink.bytes)).entries[1]
        var bytes = sink.bytes
        bytes[damaged.offset + damaged.byteCount - 9] ^= 1
        let salvage = try Salvage(MemorySource(bytes))
        let range = damaged.offset..<damaged.offset + damaged.byteCount
        #expect(salvage.report.losses.map(\.bytes) == [range])
        #expect(salvage.report.losses.map(\.events) == [1..<2])
        #expect(salvage.report.eventCount == 3)
        let saved = MemorySink()
        try salvage.write(to: saved)
        let reader = try RecordingReader(MemorySource(saved.bytes))
        #expect(reader.header.id == "outer")
        while let event = try reader.next() { #expect(try event.payload == "outer") }
        #expect(reader.eventCount == 3)
    }

    /// Runs the tool, and tells the most memory that it has had, in KiB.
    private static func measured(_ arguments: [String]) throws -> (Program, memory: Int) {
        try inFolder { folder in
            let figures = folder.appending(path: "memory")
            let program = try Program.run(
                "/usr/bin/time", ["--quiet", "-f", "%M", "-o", figures.path, Program.tool] + arguments)
            let text = String(decoding: try figures.bytes, as: UTF8.self)
            return (program, try #require(Int(text.filter(\.isNumber))))
        }
    }
}

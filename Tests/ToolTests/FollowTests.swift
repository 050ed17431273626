import ExternalTerm
import Foundation
import Reel
import SystemPackage
import TestPrograms
import Testing

/// Nothing here waits for a time: each step answers what the tool has written.
@Suite("Recordings that are being written", .timeLimit(.minutes(2)))
struct FollowTests {
    /// A file that a test writes piece by piece.
    private final class Growing {
        let path: String
        private let descriptor: FileDescriptor

        init(in folder: URL) throws {
            path = folder.appending(path: "running.reel").path
            descriptor = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
        }

        deinit { try? descriptor.close() }

        var sink: any ByteSink { DescriptorSink(descriptor) }
    }

    @Test("--follow shows each member as it is written, and ends with the recording")
    func follow() throws {
        try inFolder { folder in
            let file = try Growing(in: folder)
            let tool = try Tool.start("events", file.path, "--follow")
            let writer = try RecordingWriter(to: file.sink, header: Session.header)
            for (index, event) in Session.events.enumerated() {
                try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
                try writer.flush()
                let line = try #require(tool.line())
                #expect(line.hasPrefix("     \(index)  "), "\(line)")
                #expect(line.contains(event.kind.name))
            }
            try writer.finish()
            #expect(tool.line() == nil)
            let (status, talk) = tool.end()
            #expect(status == 0)
            #expect(talk == "")
        }
    }

    @Test("--follow shows what the filters leave, wherever the writer stops between two writes")
    func bytes() throws {
        let recording = try Session.recording(eventsPerMember: 2)
        try inFolder { folder in
            let file = try Growing(in: folder)
            var sink = file.sink
            let tool = try Tool.start("events", file.path, "--follow", "--kind", "event", "--json")
            for byte in recording { try sink.write([byte]) }
            #expect(tool.line()?.contains("\"index\":2,") == true)
            #expect(tool.line()?.contains("\"index\":5,") == true)
            #expect(tool.line() == nil)
            #expect(tool.end().status == 0)
        }
    }

    @Test("--follow of a finished recording shows it and ends", arguments: [true, false])
    func finished(isPlain: Bool) throws {
        try withFile(isPlain ? Session.plain() : Session.recording()) { file in
            let events = try Tool.run("events", file, "--follow")
            #expect(events.status == 0)
            #expect(events.lines.count == 9)
        }
    }

    @Test(
        "--follow ends with an error when the file is removed, replaced or cut",
        arguments: ["removed", "replaced", "cut"])
    func gone(how: String) throws {
        try inFolder { folder in
            let file = try Growing(in: folder)
            let tool = try Tool.start("events", file.path, "--follow")
            let writer = try RecordingWriter(to: file.sink, header: Session.header)
            try writer.append(offset: 0, kind: "mount", payload: .map([:]))
            try writer.flush()
            #expect(tool.line() != nil)
            switch how {
            case "removed": try FileManager.default.removeItem(atPath: file.path)
            case "replaced": try Data([1]).write(to: URL(filePath: file.path), options: .atomic)
            default: try FileHandle(forWritingTo: URL(filePath: file.path)).truncate(atOffset: 10)
            }
            #expect(tool.line() == nil)
            let (status, talk) = tool.end()
            #expect(status == 1)
            #expect(talk.hasPrefix("reel: \(file.path): has been \(how == "cut" ? "cut" : "removed or replaced")"))
        }
    }

    @Test("--follow ends with an error when what is written is damaged")
    func damage() throws {
        try withFile(Session.damaged()) { file in
            let events = try Tool.run("events", file, "--follow")
            #expect(events.status == 1)
            #expect(events.lines.count == 2)
        }
    }

    @Test("What comes through standard input is shown as it comes")
    func pipe() throws {
        let tool = try Tool.start("events", "-")
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Session.header)
        var written = 0
        for event in Session.events {
            try writer.append(offset: event.offset, kind: event.kind, payload: event.payload)
            try writer.flush()
            try tool.write(Array(sink.bytes[written...]))
            written = sink.bytes.count
            #expect(tool.line()?.contains(event.kind.name) == true)
        }
        try tool.input.close()
        #expect(tool.line() == nil)
        #expect(tool.end().status == 0)
    }
}

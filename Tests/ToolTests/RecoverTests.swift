import Foundation
import Reel
import TestPrograms
import Testing

@Suite("reel recover")
struct RecoverTests {
    /// Recovers what `bytes` hold, and returns what the tool said and the events of what it wrote.
    private func recover(_ bytes: [UInt8], _ arguments: String...) throws -> (tool: Program, offsets: [Int]) {
        try inFolder { folder in
            let file = folder.appending(path: "in.reel")
            let target = folder.appending(path: "out.reel")
            try Data(bytes).write(to: file)
            let tool = try Tool.run(["recover", file.path, "-o", target.path] + arguments)
            let recording = try RecordingFile(MemorySource(target.bytes))
            #expect(recording.layout == .finished)
            #expect(try folder.names == ["in.reel", "out.reel"])
            return (tool, try recording.events(during: 0...Int.max).map(\.offset))
        }
    }

    @Test("What is before and behind the damage is saved, what is lost is said, and the status is 1")
    func damaged() throws {
        let (tool, offsets) = try recover(Session.damaged())
        #expect(tool.status == 1)
        #expect(tool.text == "")
        #expect(tool.talk.contains("7 events recovered\n"))
        #expect(tool.talk.contains("lost: bytes "))
        #expect(tool.talk.contains("events 2 to 3: "))
        #expect(offsets == [0, 4] + Session.events.dropFirst(4).map(\.offset))
    }

    @Test("An unfinished recording is finished: nothing is lost")
    func unfinished() throws {
        let (tool, offsets) = try recover(Session.recording(isFinished: false, eventsPerMember: 2))
        #expect(tool.status == 0)
        #expect(tool.talk.hasSuffix("in.reel: 9 events recovered\n"))
        #expect(offsets == Session.events.map(\.offset))
    }

    @Test("--json reports on standard output")
    func json() throws {
        let (tool, _) = try recover(Session.damaged(), "--json")
        let report = try #require(try tool.json.first as? [String: Any])
        #expect(report["events"] as? Int == 7)
        #expect(report["complete"] as? Bool == false)
        let losses = try #require(report["losses"] as? [[String: Any]])
        #expect(losses.first?["events"] as? [Int] == [2, 4])
        #expect((losses.first?["bytes"] as? [Int])?.count == 2)
        #expect(tool.talk == "")
    }

    @Test("The recording may go to standard output: the report goes to standard error then")
    func standardOutput() throws {
        let tool = try Tool.run("recover", "-", "-o", "-", "--json", input: Session.damaged())
        #expect(tool.status == 1)
        #expect(try RecordingFile(MemorySource(tool.output)).eventCount == 7)
        #expect(tool.talk.hasPrefix("{\"file\":\"-\",\"output\":\"-\",\"events\":7,"))
    }

    @Test("What holds nothing of a recording makes no file")
    func nothing() throws {
        try inFolder { folder in
            let file = folder.appending(path: "in.reel")
            try Data("nothing of the kind".utf8).write(to: file)
            let tool = try Tool.run("recover", file.path, "-o", folder.appending(path: "out.reel").path)
            #expect(tool.status == 1)
            #expect(tool.talk.hasPrefix("reel: \(file.path): "))
            #expect(try folder.names == ["in.reel"])
        }
    }

    @Test("What of a file of PhoenixReplay's is torn is lost")
    func torn() throws {
        let (tool, offsets) = try recover(Session.torn())
        #expect(tool.status == 1)
        #expect(tool.talk.contains("\(offsets.count) events recovered"))
        #expect(tool.talk.contains("lost: "))
    }
}

import Foundation
import Reel
import TestPrograms
import Testing

@Suite("reel validate")
struct ValidateTests {
    @Test("Of a sound recording nothing is said")
    func sound() throws {
        let bytes = try Session.recording(eventsPerMember: 3)
        try withFile(bytes) { file in
            for validated in [try Tool.run("validate", file), try Tool.run("validate", "-", input: bytes)] {
                #expect(validated.status == 0)
                #expect(validated.text == "")
                #expect(validated.talk == "")
            }
        }
    }

    @Test("An unfinished recording has a warning, which leaves the status 0")
    func warning() throws {
        try withFile(Session.recording(isFinished: false)) { file in
            let validated = try Tool.run("validate", file)
            #expect(validated.status == 0)
            #expect(validated.lines.count == 1)
            #expect(validated.text.hasPrefix("\(file): warning"))
            #expect(validated.text.contains("Spec/recording.md"))
        }
    }

    @Test("A damaged one has an error with its offset and section, and makes the status 1")
    func error() throws {
        try withFile(Session.damaged()) { file in
            let validated = try Tool.run("validate", file)
            #expect(validated.status == 1)
            #expect(validated.text.hasPrefix("\(file): error ("))
            #expect(validated.text.contains(" at byte "))
            #expect(validated.text.contains("Spec/recording.md §"))
            #expect(validated.talk == "")
        }
    }

    @Test("--json is an object a file, sound or not")
    func json() throws {
        try withFile(Session.recording()) { sound in
            try withFile(Session.damaged()) { damaged in
                let validated = try Tool.run("validate", "--json", sound, damaged)
                #expect(validated.status == 1)
                let objects = try #require(try validated.json as? [[String: Any]])
                #expect(objects.map { $0["file"] as? String } == [sound, damaged])
                #expect(objects.map { $0["valid"] as? Bool } == [true, false])
                let findings = try #require(objects.last?["findings"] as? [[String: Any]])
                #expect(findings.first?["severity"] as? String == "error")
                #expect(findings.first?["offset"] is Int)
                #expect((findings.first?["section"] as? String)?.hasPrefix("recording.md") == true)
                #expect(ReelError.Kind(rawValue: findings.first?["kind"] as? String ?? "") != nil)
            }
        }
    }

    @Test("What is no recording at all is an error of that kind")
    func noRecording() throws {
        try withFile(Array("hello, world".utf8)) { file in
            let validated = try Tool.run("validate", file)
            #expect(validated.status == 1)
            #expect(validated.text.contains("error (notARecording)"))
        }
    }

    @Test("What of a file of PhoenixReplay's cannot be imported is an error")
    func torn() throws {
        try withFile(Session.torn(), "counter.part") { file in
            let validated = try Tool.run("validate", file)
            #expect(validated.status == 1)
            #expect(validated.lines.first?.hasPrefix("\(file): error: ") == true)
        }
        try withFile(Session.phoenixReplay(), "session.etf.gz") { file in
            let validated = try Tool.run("validate", file)
            #expect(validated.status == 0)
        }
    }
}

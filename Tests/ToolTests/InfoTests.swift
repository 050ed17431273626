import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing
import reel_tool

@Suite("reel info")
struct InfoTests {
    @Test("One screen says what was recorded, when, how long, which events, and how the file is laid out")
    func screen() throws {
        let bytes = try Session.recording(eventsPerMember: 4)
        try withFile(bytes) { file in
            let info = try Tool.run("info", file)
            #expect(info.status == 0)
            #expect(info.talk == "")
            #expect(info.lines.first == file)
            for expected in [
                "  recording  1.0, finished (closed)", "  id         s-1", "  view       Shop.CartLive",
                "  url        http://shop.example/cart", "  connected  2023-11-14 22:13:20.250Z",
                "  duration   1m30.500s, 1.310s active", "  members    3, 2 keyframes", "  errors     2",
                "  events     9",
                "    2 event", "    2 render", "    1 mount", "  names      2", "    1 save",
            ] {
                #expect(info.lines.contains(expected), "\(expected) in\n\(info.text)")
            }
            #expect(info.text.contains("  size       \(bytes.count.grouped) bytes, "))
        }
    }

    @Test("--json is an object a file, on one line")
    func json() throws {
        try withFile(Session.recording(eventsPerMember: 4)) { file in
            let info = try Tool.run("info", "--json", file, file)
            let objects = try #require(try info.json as? [[String: Any]])
            #expect(objects.count == 2)
            for object in objects {
                #expect(object["file"] as? String == file)
                #expect(object["version"] as? String == "1.0")
                #expect(object["layout"] as? String == "finished")
                #expect(object["finished"] as? Bool == true)
                #expect(object["importedFrom"] is NSNull)
                #expect(object["damage"] is NSNull)
                #expect(object["view"] as? String == "Shop.CartLive")
                #expect(object["connectedAt"] as? Int == 1_700_000_000_250)
                #expect(object["duration"] as? Int == 90_500)
                #expect(object["events"] as? Int == 9)
                #expect((object["kinds"] as? [String: Int])?["render"] == 2)
                #expect(object["names"] as? [String: Int] == ["inc": 1, "save": 1])
                #expect(object["errors"] as? Int == 2)
                #expect(object["reason"] as? String == "closed")
                #expect(object["members"] as? Int == 3)
                #expect(object["keyframes"] as? Int == 2)
            }
        }
    }

    @Test(
        "Every form of recording counts to the same, from a file and from standard input",
        arguments: ["finished", "unfinished", "plain", "bare", "map", "recording"])
    func forms(_ form: String) throws {
        let bytes =
            switch form {
            case "unfinished": try Session.recording(isFinished: false, eventsPerMember: 4)
            case "plain": try Session.plain()
            case "bare": try Session.bare()
            case "map": try Session.phoenixReplay(.map)
            case "recording": try Session.phoenixReplay(.recording)
            default: try Session.recording()
            }
        try withFile(bytes) { file in
            for info in [try Tool.run("info", "--json", file), try Tool.run("info", "--json", "-", input: bytes)] {
                #expect(info.status == 0, "\(info.talk)")
                let object = try #require(try info.json.first as? [String: Any])
                #expect(object["events"] as? Int == 9)
                #expect(object["duration"] as? Int == 90_500)
                #expect(object["activeTime"] as? Int == 1_310)
                #expect(object["names"] as? [String: Int] == ["inc": 1, "save": 1])
                #expect(object["errors"] as? Int == 2)
                #expect(object["bytes"] as? Int == bytes.count)
                #expect(object["finished"] as? Bool == (form != "unfinished"))
                #expect(object["importedFrom"] as? String == (["map", "recording"].contains(form) ? form : nil))
                let layout = ["unfinished": "unfinished", "plain": "sequential", "bare": "sequential"][form]
                #expect(object["layout"] as? String == layout ?? "finished")
            }
        }
    }

    @Test("What is missing is said: how many gaps, and what by its kind, and which visit the recording is of")
    func gaps() throws {
        for isFinished in [true, false] {
            try withFile(Session.withGaps(isFinished: isFinished)) { file in
                let object = try #require(try Tool.run("info", "--json", file).json.first as? [String: Any])
                #expect(object["gaps"] as? Int == 2)
                #expect(object["dropped"] as? [String: Int] == ["render": 3, "log": 1_200])
                #expect(object["visit"] as? String == "tab-1")
                #expect(object["continues"] as? String == "s-0")
                let text = try Tool.run("info", file).text
                for line in [
                    "  visit      tab-1", "  continues  s-0", "  gaps       2", "  dropped    1,203", "    1,200 log",
                    "        3 render",
                ] {
                    #expect(text.contains(line + "\n"), "\(line)")
                }
            }
        }
        try withFile(Session.recording()) { file in
            let object = try #require(try Tool.run("info", "--json", file).json.first as? [String: Any])
            #expect(object["gaps"] as? Int == 0)
            #expect((object["dropped"] as? [String: Int])?.isEmpty == true)
            #expect(object["visit"] is NSNull && object["continues"] is NSNull)
            #expect(try !Tool.run("info", file).text.contains("gaps"))
        }
    }

    @Test("The browser, the release and the visit are those that the header names, in every way that it may")
    func device() throws {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        let clients: [Term] = [
            .map(["user_agent": .string(agent), "visit": "v-1"]),
            .map(TermMap([.init("user_agent", .string(agent)), .init("visit", "v-1")])),
        ]
        for client in clients {
            var header = Session.header
            header.fields[atom: "client"] = client
            header.fields[atom: "code"] = .map(["release": "2.4.1", "modules": .map([:])])
            try withFile(Session.recording(header: header)) { file in
                let lines = try Tool.run("info", file).lines
                for line in ["  device     Firefox on Linux", "  release    2.4.1", "  visit      v-1"] {
                    #expect(lines.contains(line), "\(lines)")
                }
                let object = try #require(try Tool.run("info", "--json", file).json.first as? [String: Any])
                #expect(object["device"] as? String == "Firefox on Linux")
                #expect(object["release"] as? String == "2.4.1")
                #expect(object["visit"] as? String == "v-1")
            }
        }
    }

    private func activeTime(_ offsets: [Int], _ arguments: [String] = [], padding: Int = 0) throws -> Int? {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Session.header, options: WriterOptions(level: 1))
        for offset in offsets {
            let payload: Term = .map(["text": .binary([UInt8](repeating: 0, count: padding))])
            try writer.append(offset: offset, kind: "tick", payload: payload)
        }
        try writer.finish()
        return try withFile(sink.bytes) { file in
            let tool = try Tool.run(["info"] + arguments + [file])
            let object = try #require(
                try Tool.run(["info", "--json"] + arguments + [file]).json.first as? [String: Any])
            let time = object["activeTime"] as? Int
            let text = time.map { ", \(Moment(milliseconds: $0)) active" } ?? ""
            let duration = Moment(milliseconds: offsets.max() ?? 0)
            #expect(tool.lines.contains("  duration   \(duration)\(text)"), "\(tool.text)")
            return time
        }
    }

    @Test(
        "The active time is the duration without pauses of more than two seconds",
        arguments: [
            ([], 0), ([0], 0), ([0, 2_000], 2_000), ([0, 2_001], 0), ([2_500, 2_600], 100), ([500, 700], 700),
            ([0, 1_000, 10_000, 10_500], 1_500),
            // Times that go back take none away, and none is counted twice.
            ([0, 900, 100, 800, 1_000], 1_000),
        ])
    func active(offsets: [Int], time: Int) throws {
        #expect(try activeTime(offsets) == time)
        #expect(try activeTime(offsets, ["--active"]) == time)
    }

    @Test("Of a large recording --active asks for the active time")
    func activeOfLarge() throws {
        let offsets = Array(stride(from: 0, to: 17_000, by: 1_000))
        #expect(try activeTime(offsets, padding: 1 << 20) == nil)
        #expect(try activeTime(offsets, ["--active"], padding: 1 << 20) == 16_000)
    }

    @Test("The active time of a damaged recording is not known")
    func activeOfDamaged() throws {
        try withFile(Session.damaged()) { file in
            let info = try Tool.run("info", "--active", "--json", file)
            #expect(info.status == 1)
            #expect((try info.json.first as? [String: Any])?["activeTime"] is NSNull)
        }
    }

    @Test("Damage in the middle of a recording that has its index is said as well")
    func damageInside() throws {
        try withFile(Session.damaged()) { file in
            let info = try Tool.run("info", file)
            #expect(info.status == 1)
            #expect(info.lines.contains("  events     9"))
            #expect(info.talk.contains("'reel recover'"))
        }
    }

    @Test("Of a recording that is cut, what is there is shown; the error says where, and the status is 1")
    func cut() throws {
        let bytes = try Session.recording(eventsPerMember: 2)
        try withFile(Array(bytes.dropLast(120))) { file in
            let info = try Tool.run("info", file)
            #expect(info.status == 1)
            #expect(info.lines.contains("  recording  1.0, damaged, without an index"))
            #expect(info.lines.contains("  id         s-1"))
            #expect(info.talk.hasPrefix("reel: \(file): "))
            #expect(info.talk.contains("'reel recover' saves what there is"))
        }
    }

    @Test("What steers a terminal is escaped")
    func escaping() throws {
        var header = Session.header
        header.fields[atom: "id"] = "a\u{1B}[2Jb\nc"
        try withFile(Session.recording(header: header)) { file in
            let info = try Tool.run("info", file)
            #expect(info.lines.contains(#"  id         a\u{1b}[2Jb\u{a}c"#))
        }
    }
}

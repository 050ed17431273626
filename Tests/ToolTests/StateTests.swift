import ExternalTerm
import Reel
import TestPrograms
import Testing

@Suite("reel state")
struct StateTests {
    struct Point: Sendable, CustomTestStringConvertible {
        var arguments: String
        var state: String
        var testDescription: String { arguments }
    }

    static let beginning = """
        %{
          assigns: %{
            count: 0,
            live_action: nil
          },
          components: %{}
        }

        """

    static let end = """
        %{
          assigns: %{
            count: 1,
            live_action: nil,
            note: "late"
          },
          components: %{
            {Shop.Cart, "cart"} => %{
              open: true
            }
          },
          url: "http://shop.example/cart?page=1"
        }

        """

    @Test(
        "A state of which something is missing says so, in the state and on standard error",
        arguments: [(0, false), (1, true), (2, true), (3, false), (4, false)])
    func unsure(event: Int, isUnsure: Bool) throws {
        try withFile(Session.withGaps()) { file in
            for arguments in [[], ["--diff"]] {
                let state = try Tool.run(["state", file, "--event", "\(event)"] + arguments)
                #expect(state.status == 0)
                #expect(
                    state.talk
                        == (isUnsure
                            ? "reel: \(file): unsure since 1.500s: events are missing that may have changed it\n" : ""))
                if arguments.isEmpty { #expect(state.text.contains("  unsure: 1500\n") == isUnsure) }
            }
            let term = try Term(external: try Tool.run("state", file, "--event", "\(event)", "--etf").output)
            #expect(term[atom: "unsure"] == (isUnsure ? 1_500 : nil))
            #expect(
                try Tool.run("events", file, "--kind", "gap").text.contains("events are missing: log 1000, render 3"))
        }
    }

    @Test(
        "The state at a time or after an event, in every form of recording",
        arguments: [
            Point(arguments: "--event 0", state: beginning), Point(arguments: "--at 0ms", state: beginning),
            Point(arguments: "--at 0.003s", state: beginning), Point(arguments: "--event 8", state: end),
            Point(arguments: "--event 7", state: end), Point(arguments: "--at 1m1.01s", state: end),
            Point(arguments: "--at 3h", state: end), Point(arguments: "", state: end),
        ])
    func points(_ point: Point) throws {
        for bytes in [
            try Session.recording(), try Session.recording(eventsPerMember: 2), try Session.plain(),
            try Session.recording(isFinished: false, eventsPerMember: 3), try Session.phoenixReplay(),
        ] {
            let arguments = ["state"] + point.arguments.split(separator: " ").map(String.init)
            try withFile(bytes) { file in
                let fromFile = try Tool.run(arguments + [file])
                #expect(fromFile.text == point.state)
                let fromInput = try Tool.run(arguments + ["-"], input: bytes)
                #expect(fromInput.text == point.state)
            }
        }
    }

    @Test(
        "--diff shows what the event at that point changed",
        arguments: [
            ("0", ["+ assigns count: 0", "+ assigns live_action: nil"]),
            ("1", [#"+ url: "http://shop.example/cart?page=1""#]), ("2", []), ("3", ["~ assigns count: 0 → 1"]),
            ("4", [#"+ component {Shop.Cart, "cart"} open: true"#]), ("7", [#"+ assigns note: "late""#]),
        ])
    func diff(event: String, lines: [String]) throws {
        try withFile(Session.recording()) { file in
            let diff = try Tool.run("state", "--event", event, "--diff", file)
            #expect(diff.status == 0)
            #expect(diff.lines == lines)
        }
    }

    @Test(
        "The text reads back to the state, in both notations, and so do the bytes",
        arguments: ["elixir", "erlang", "etf"])
    func readsBack(form: String) throws {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Session.header)
        let assigns = TermMap([
            .init(.atom("a"), 1), .init("b", "x\n\u{1B}"), .init(.integer(3), .map(["deep": .map(["er": [1, 2]])])),
            .init(.atom("Elixir.Foo"), .atom("Elixir.Bar")), .init(.atom("not a word"), .tuple([])),
        ])
        try writer.append(offset: 0, kind: "mount", payload: .map(["assigns": .map(assigns)]))
        try writer.append(
            offset: 1, kind: "component",
            payload: .map(["module": .atom("M"), "id": 7, "assigns": .map(["x": .map(["y": .list([], tail: 1)])])]))
        try writer.finish()
        let expected = try RecordingFile(MemorySource(sink.bytes)).state(after: 1).term
        try withFile(sink.bytes) { file in
            switch form {
            case "elixir":
                let text = try Tool.run("state", file).text
                #expect(try Term(elixirText: text) == expected)
            case "erlang":
                let text = try Tool.run("state", "--erlang", file).text
                #expect(try Term(erlangText: text) == expected)
            default:
                let bytes = try Tool.run("state", "--etf", file).output
                #expect(try Term(external: bytes) == expected)
            }
        }
    }

    @Test("Before the first event nothing is held")
    func nothing() throws {
        let sink = MemorySink()
        let writer = try RecordingWriter(to: sink, header: Session.header)
        try writer.append(offset: 500, kind: "mount", payload: .map(["assigns": .map(["a": 1])]))
        try writer.finish()
        try withFile(sink.bytes) { file in
            let state = try Tool.run("state", "--at", "499ms", file)
            #expect(state.text == "%{\n  assigns: %{},\n  components: %{}\n}\n")
            let diff = try Tool.run("state", "--at", "499ms", "--diff", file)
            #expect(diff.text == "")
        }
    }

    @Test("An event that does not exist is refused with those that do")
    func noSuchEvent() throws {
        try withFile(Session.recording()) { file in
            let state = try Tool.run("state", "--event", "9", file)
            #expect(state.status == 1)
            #expect(state.talk == "reel: \(file): no event 9: the recording has the events 0 to 8\n")
        }
    }
}

import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

/// What version 2 of the port brought: Spec/port.md §2.
@Suite("The port")
struct PortTests {
    struct TimeCase: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// The time of the start, those of the events, and the offsets that they get; nil is a time of reading.
        var start: Int?
        var sent: [String?]
        var offsets: [Int?]

        init(_ name: String, _ start: Int?, _ sent: [String?], _ offsets: [Int?]) {
            testDescription = name
            (self.start, self.sent, self.offsets) = (start, sent, offsets)
        }
    }

    static let timeCases = [
        TimeCase("count from that of the start", -500, ["-500", "0", "1000", "999500"], [0, 500, 1500, 1_000_000]),
        TimeCase("never go back", 100, ["3000", "2000", "-9000", "3001"], [2900, 2900, 2900, 2901]),
        TimeCase("up to an hour after the recorder's clock", 0, ["3600000"], [3_600_000]),
        TimeCase("and not beyond it", 0, ["7200000", "4611686018427387904", "36893488147419103232"], [nil, nil, nil]),
        TimeCase("however far they are apart", -9_223_372_036_854_775_808, ["9223372036854775807"], [nil]),
        TimeCase("or before the start", 9_223_372_036_854_775_807, ["-36893488147419103232", "-9"], [0, 0]),
        TimeCase("mean nothing without one of the start", nil, ["5000", "900000"], [nil, nil]),
        TimeCase("need not be there", 0, ["1000000", nil, "1000001"], [1_000_000, 1_000_000, 1_000_001]),
    ]

    @Test("Times", arguments: timeCases)
    func times(_ times: TimeCase) throws {
        let start = #"{start, <<"s">>, #{view => test}"# + (times.start.map { ", \($0)" } ?? "") + "}"
        let messages = times.sent.map { #"{event, <<"s">>, x_a, #{}"# + ($0.map { ", \($0)" } ?? "") + "}" }
        let answers = try Port.say(messages, start: start)
        #expect(answers.errors.isEmpty)
        #expect(answers.offsets.first == 0)
        #expect(answers.offsets.count == times.offsets.count + 1)
        for (offset, expected) in zip(answers.offsets.dropFirst(), times.offsets) {
            if let expected { #expect(offset == expected) } else { #expect(0..<1_000_000 ~= offset) }
        }
        #expect(answers.offsets == answers.offsets.sorted())
    }

    @Test("Every message may have a time")
    func everyMessage() throws {
        let answers = try Port.say(
            [
                #"{assigns, <<"s">>, #{n => 1}, 100}"#, #"{gap, <<"s">>, #{}, 200}"#,
                #"{state, <<"s">>, #{assigns => #{n => 2}}, 300}"#, #"{flush, <<"s">>, 400}"#, #"{stop, <<"s">>, 500}"#,
            ], start: #"{start, <<"s">>, #{view => test}, 0}"#)
        #expect(answers.errors.isEmpty)
        #expect(answers.events == ["mount", "render", "gap", "assigns"])
        #expect(answers.offsets == [0, 100, 200, 300])
        #expect(answers.summary?.reason == .closed)
        #expect(answers.status == 0)
    }

    @Test("When a session started is the sender's to say, within an hour")
    func connectedAt() throws {
        let now = Int(Date().timeIntervalSince1970 * 1_000)
        for (time, isKept) in [
            ("\(now - 3_500_000)", true), ("\(now - 5_000)", true), ("\(now - 3_700_000)", false),
            ("\(now + 60_000)", false), ("0", false), ("-1", false), ("36893488147419103232", false),
            ("yesterday", false),
        ] {
            let answers = try Port.say([], start: "{start, <<\"s\">>, #{view => test, connected_at => \(time)}}")
            let connectedAt = try #require(answers.header?.connectedAt)
            #expect(isKept ? connectedAt == Int(time) : now - 1_000...now + 60_000 ~= connectedAt, "\(time)")
        }
    }

    @Test("A recording may say of which visit it is, and which one it continues")
    func visit() throws {
        let answers = try Port.say(
            [],
            start: #"{start, <<"s">>, #{view => test, visit => <<"4111111111111111">>, continues => <<"token=a">>}}"#)
        // Names are kept, whatever they look like.
        #expect(answers.header?.fields[atom: "visit"] == "4111111111111111")
        #expect(answers.header?.fields[atom: "continues"] == "token=a")
    }

    private static let row = "{'Elixir.Shop.Row', 7}"
    private static let component = #"{event, <<"s">>, component, #{module => 'Elixir.Shop.Row', id => 7, assigns => "#

    @Test("What is missing is counted, and its place is a gap, until the whole state is known")
    func gap() throws {
        let answers = try Port.say(
            [
                #"{event, <<"s">>, render, #{assigns => #{n => 1}}, 100}"#,
                PortTests.component + "#{open => true, x => 1}}, 150}",
                #"{gap, <<"s">>, #{render => 3, component => 1}, 200}"#,
                #"{event, <<"s">>, render, #{assigns => #{n => 2}}, 300}"#,
                #"{event, <<"s">>, assigns, #{delta => #{n => 2}}, 350}"#,
                PortTests.component + "#{open => false}}, 400}",
                #"{event, <<"s">>, event, #{name => <<"add">>}, 500}"#,
                "{state, <<\"s\">>, #{assigns => #{n => 3}, components => #{\(PortTests.row) => #{open => false, x => 1}},"
                    + " url => <<\"/b?token=x\">>}, 600}",
                "{state, <<\"s\">>, #{assigns => #{n => 3}, components => #{\(PortTests.row) => #{open => false, x => 1}},"
                    + " url => <<\"/b?token=x\">>}, 650}",
                #"{event, <<"s">>, render, #{assigns => #{n => 4}}, 700}"#,
            ], start: #"{start, <<"s">>, #{view => test, assigns => #{n => 0}}, 0}"#)
        #expect(answers.errors.isEmpty)
        #expect(
            answers.events == [
                "mount", "render", "component", "gap", "event", "gap", "params", "component", "assigns", "render",
            ])
        #expect(answers.offsets == [0, 100, 150, 200, 500, 500, 600, 600, 600, 700])
        #expect(Gap(payload: answers.payloads[3]) == Gap(dropped: ["render": 3, "component": 1]))
        #expect(Gap(payload: answers.payloads[5]) == Gap(dropped: ["render": 1, "assigns": 1, "component": 1]))
        #expect(answers.payloads[7][atom: "assigns"] == .map(["open": .boolean(false)]))
        #expect(answers.states.map(\.unsureSince) == [nil, nil, nil, 200, 200, 200, 200, 200, nil, nil])
        let key = Term.tuple([.atom("Elixir.Shop.Row"), 7])
        #expect(
            answers.states[8]
                == State(
                    assigns: ["n": 3], components: TermMap([.init(key, .map(["open": .boolean(false), "x": 1]))]),
                    url: "/b?token=[FILTERED]"))
        #expect(answers.states[9].assigns == ["n": 4])
        let dropped = try Term(erlangText: #"#{<<"render">> => 4, <<"assigns">> => 1, <<"component">> => 2}"#)
        #expect(answers.header?.fields[atom: "dropped"] == dropped)
        let stopped = try #require(answers.terms.first { $0.elements?.first?.atom == "stopped" }?.elements)
        #expect(
            try stopped[3]
                == Term(
                    erlangText:
                        "#{recorded => 10, stored => 10, dropped => #{render => 4, assigns => 1, component => 2}}"))
    }

    struct Whole: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var messages: [String]
        var events: [String]
        var isSure: Bool

        init(_ name: String, _ messages: [String], _ events: [String], isSure: Bool = true) {
            testDescription = name
            (self.messages, self.events, self.isSure) = (messages, events, isSure)
        }
    }

    private static let assigns = #"{assigns, <<"s">>, #{n => 5}}"#
    private static let appear = component + "#{a => 1}}}"

    static let wholes = [
        Whole("all assigns close a gap", [#"{gap, <<"s">>, #{render => 1}}"#, assigns], ["gap", "assigns"]),
        Whole("even one of nobody knows what", [#"{gap, <<"s">>, #{}}"#, assigns], ["gap", "assigns"]),
        Whole(
            "but not when components may be missing", [#"{gap, <<"s">>, #{component => 1}}"#, assigns],
            ["gap", "render"], isSure: false),
        Whole(
            "or may be wrong", [appear, #"{gap, <<"s">>, #{}}"#, assigns], ["component", "gap", "render"], isSure: false
        ),
        Whole(
            "or have been left out by the gap", [appear, #"{gap, <<"s">>, #{render => 1}}"#, appear, assigns],
            ["component", "gap", "render", "gap"], isSure: false),
        Whole(
            "those that are as they were do not matter", [appear, #"{gap, <<"s">>, #{render => 1}}"#, assigns],
            ["component", "gap", "assigns"]),
        Whole(
            "a whole state closes any",
            [appear, #"{gap, <<"s">>, #{}}"#, #"{state, <<"s">>, #{assigns => #{n => 0}}}"#],
            ["component", "gap", "component_destroyed", "assigns"]),
        Whole(
            "nothing is open when no change is missing", [#"{gap, <<"s">>, #{log => 9}}"#, assigns], ["gap", "render"]),
        Whole(
            "a snapshot of the sender's own closes it as well",
            [#"{gap, <<"s">>, #{}}"#, #"{event, <<"s">>, assigns, #{snapshot => #{n => 1}}}"#], ["gap", "assigns"]),
        Whole(
            "a state without a gap is no event when it is as it was", [#"{state, <<"s">>, #{assigns => #{n => 0}}}"#],
            []),
        Whole(
            "and what has changed otherwise",
            [appear, "{state, <<\"s\">>, #{assigns => #{n => 0}, components => #{\(row) => #{b => 1}}}}"],
            ["component", "component_destroyed", "component"]),
        Whole(
            "what was sent as events is known",
            [#"{event, <<"s">>, render, #{assigns => #{n => 7}}}"#, assigns, assigns],
            ["render", "render"]),
    ]

    @Test("The whole state", arguments: wholes)
    func whole(_ whole: Whole) throws {
        let answers = try Port.say(whole.messages, start: #"{start, <<"s">>, #{view => test, assigns => #{n => 0}}}"#)
        #expect(answers.errors.isEmpty)
        #expect(answers.events == ["mount"] + whole.events)
        #expect((answers.states.last?.unsureSince == nil) == whole.isSure)
    }

    @Test("Renders that say nothing are no events, and nothing that was dropped")
    func emptyRenders() throws {
        let answers = try Port.say(
            [
                #"{event, <<"s">>, render, #{assigns => #{flash => #{a => 1}, streams => 2, uploads => 3}}}"#,
                #"{event, <<"s">>, render, #{assigns => #{}}}"#, #"{assigns, <<"s">>, #{n => 0, flash => #{b => 1}}}"#,
                PortTests.component + "#{flash => #{}}}}", PortTests.component + "#{flash => #{a => 1}}}}",
                PortTests.component + "#{}}}", #"{event, <<"s">>, render, #{}}"#,
            ], start: #"{start, <<"s">>, #{view => test, assigns => #{n => 0, flash => #{}}}}"#)
        // The component comes to the page, and a render of another form is what the sender has made it.
        #expect(answers.events == ["mount", "component", "render"])
        #expect(answers.header?.fields[atom: "dropped"] == nil)
    }

    @Test("Counts of any size are taken")
    func counts() throws {
        let message = #"{gap, <<"s">>, #{render => 36893488147419103232, log => 9223372036854775807}}"#
        let answers = try Port.say([message, message])
        #expect(answers.errors.isEmpty)
        #expect(Gap(payload: answers.payloads[1]).dropped == ["render": .max, "log": .max])
        let many = "#{" + (0..<1_000).map { "k\($0) => 1" }.joined(separator: ", ") + "}"
        let kinds = try Port.say(["{gap, <<\"s\">>, \(many)}"]).header?.fields[atom: "dropped"]?.map
        // A recording has room for so many names.
        #expect(kinds?.count == 257)
        #expect(kinds?[.string("other")] == 744)
    }

    @Test("The recorder asks for the whole state when it has left something out by itself")
    func unsure() throws {
        let large = Term.tuple([
            .atom("event"), "s", .atom("render"),
            .map(["assigns": .map(["page": .binary([UInt8](repeating: 120, count: (64 << 20) - 55))])]),
        ])
        let small = try Term(erlangText: #"{event, <<"s">>, render, #{assigns => #{n => 2}}}"#)
        let state = try Term(erlangText: #"{state, <<"s">>, #{assigns => #{n => 3}}}"#)
        let answers = try Port.run([large.external, small.external, small.external, state.external], event: false)
        #expect(answers.errors.isEmpty)
        #expect(answers.terms.filter { $0.elements?.first?.atom == "unsure" } == [.tuple([.atom("unsure"), "s"])])
        #expect(answers.events == ["mount", "gap", "assigns"])
        #expect(Gap(payload: answers.payloads[1]) == Gap(dropped: ["render": 3]))
        #expect(answers.states.last == State(assigns: ["n": 3]))
    }

    @Test(
        "A session that holds an error or a gap is kept, though nobody did anything",
        arguments: [
            (#"{event, <<"s">>, exit, #{reason => <<"RuntimeError">>, line => 3}}"#, true),
            (#"{event, <<"s">>, log, #{level => error}}"#, true),
            (#"{event, <<"s">>, log, #{level => <<"alert">>}}"#, true),
            (#"{event, <<"s">>, log, #{level => info}}"#, false), (#"{event, <<"s">>, log, #{}}"#, false),
            (#"{event, <<"s">>, telemetry, #{error => <<"x">>}}"#, true),
            (#"{event, <<"s">>, telemetry, #{error => nil}}"#, false),
            (#"{gap, <<"s">>, #{}}"#, true), (#"{gap, <<"s">>, #{event => 1}}"#, true),
            (#"{event, <<"s">>, info, #{tag => tick}}"#, false),
            (#"{state, <<"s">>, #{assigns => #{n => 1}, url => <<"/">>}}"#, false),
        ])
    func kept(message: String, isKept: Bool) throws {
        let answers = try Port.say([message], arguments: [])
        #expect(answers.outcome == (isKept ? #"{stored,<<"s">>}"# : "{discarded,no_interaction}"))
    }

    @Test("The end of the input ends sessions for another reason than a stop does")
    func disconnected() throws {
        #expect(try Port.say([]).summary?.reason == .disconnected)
        #expect(try Port.say([#"{stop, <<"s">>}"#]).summary?.reason == .closed)
    }

    @Test("A signal ends everything as the end of the input does", arguments: [SIGTERM, SIGINT])
    func signal(number: CInt) throws {
        for (message, status) in [(#"{event, <<"s">>, x_a, #{}}"#, 0), (#"{event, <<"s">>, 1, #{}}"#, 1)]
            as [(String, CInt)]
        {
            try inFolder { folder in
                let tool = try Tool.start("record", folder.path, "--keep-idle")
                let messages = [#"{start, <<"s">>, #{view => test}}"#, message, #"{flush, <<"s">>}"#]
                for message in messages { try tool.write(Port.frame(try Term(erlangText: message).external)) }
                // Half of another message is on its way.
                try tool.write([0, 0, 0, 9, 131])
                var answers: [UInt8] = []
                while answers.firstRange(of: Array("flushed".utf8)) == nil { answers += tool.output.availableData }
                kill(tool.id, number)
                answers += tool.output.readDataToEndOfFile()
                #expect(tool.end().status == status)
                #expect(answers.firstRange(of: Array("stopped".utf8)) != nil)
                let recording = try RecordingFile(MemorySource(try folder.appending(path: "s.reel").bytes))
                #expect(try recording.summary?.reason == .disconnected)
                #expect(try recording.eventCount == (status == 0 ? 2 : 1))
            }
        }
    }
}

import ExternalTerm
import Foundation
import Reel
import TestPrograms
import Testing

@Suite("reel record")
struct RecordTests {
    @Test(
        "A message that is refused is answered by what is wrong, and the next one is read",
        arguments: [
            (
                #"{strat, 1, #{}}"#, "unknown_message",
                "unknown message strat: it is one of start, event, assigns, state, gap, flush, stop"
            ),
            (#"start"#, "unknown_message", "a message is a tuple that starts with an atom, not start"),
            (
                #"{<<"start">>, 1, #{}}"#, "unknown_message",
                #"a message is a tuple that starts with an atom, not {<<"start">>,1,#{}}"#
            ),
            (#"{}"#, "unknown_message", "a message is a tuple that starts with an atom, not {}"),
            (#"{start, 1}"#, "invalid_message", "{start, Key, Header} has 3 elements, not 2"),
            (#"{start, 1, []}"#, "invalid_message", "the header of a start is a map, not []"),
            (#"{start, 1, #{}}"#, "invalid_message", "the header has no 'view'"),
            (
                #"{start, 1, #{view => 1}}"#, "invalid_message",
                "the header's 'view' is an atom or a binary of UTF-8, not 1"
            ),
            (
                #"{start, 1, #{view => a, <<"url">> => 1}}"#, "invalid_message",
                #"the keys of a header are atoms, not <<"url">>"#
            ),
            (
                #"{start, 1, #{view => a, url => [1]}}"#, "invalid_message",
                "the header's 'url' is a binary of UTF-8 or nil, not [1]"
            ),
            (#"{start, 1, #{view => a, params => []}}"#, "invalid_message", "the header's 'params' is a map, not []"),
            (
                #"{start, 1, #{view => a, assigns => nil}}"#, "invalid_message",
                "the header's 'assigns' is a map, not nil"
            ),
            (
                #"{start, 1, #{view => a, id => <<"a/b">>}}"#, "invalid_id",
                "'a/b' is no id: an id is 1 to 64 of the characters A-Z, a-z, 0-9, _ and -"
            ),
            (#"{start, 1, #{view => a, id => a}}"#, "invalid_id", "an id is a binary, not a"),
            (#"{start, <<"s">>, #{view => a}}"#, "duplicate_session", "a session with this key is running"),
            (#"{event, <<"s">>, event}"#, "invalid_message", "{event, Key, Kind, Payload} has 4 elements, not 3"),
            (
                #"{event, <<"s">>, <<"event">>, #{}}"#, "invalid_message",
                #"the kind of an event is an atom, not <<"event">>"#
            ),
            (#"{event, <<"s">>, finish, #{}}"#, "invalid_message", "'finish' is a control frame and no kind of event"),
            (#"{event, <<"other">>, event, #{}}"#, "unknown_session", "no session with this key is running"),
            (#"{assigns, <<"s">>, [1]}"#, "invalid_message", "assigns are a map, not [1]"),
            (
                #"{assigns, <<"s">>, #{<<"n">> => 1}}"#, "invalid_message",
                #"the keys of assigns are atoms, not <<"n">>"#
            ),
            (
                #"{start, 1, #{view => a, assigns => #{1 => 1}}}"#, "invalid_message",
                "the keys of assigns are atoms, not 1"
            ),
            (#"{state, <<"s">>, []}"#, "invalid_message", "a state is a map, not []"),
            (#"{state, <<"s">>, #{}}"#, "invalid_message", "the state has no 'assigns'"),
            (
                #"{state, <<"s">>, #{assigns => []}}"#, "invalid_message",
                "the state's 'assigns' are a map, not []"
            ),
            (
                #"{state, <<"s">>, #{assigns => #{}, components => []}}"#, "invalid_message",
                "the state's 'components' are a map, not []"
            ),
            (
                #"{state, <<"s">>, #{assigns => #{}, components => #{row => #{}}}}"#, "invalid_message",
                "a component is called by {Module, Id}, not row"
            ),
            (
                #"{state, <<"s">>, #{assigns => #{}, components => #{{'Row', 1} => 2}}}"#, "invalid_message",
                "a component's assigns are a map, not 2"
            ),
            (
                #"{state, <<"s">>, #{assigns => #{}, components => #{{'Row', 1} => #{2 => 2}}}}"#, "invalid_message",
                "the keys of assigns are atoms, not 2"
            ),
            (
                #"{state, <<"s">>, #{assigns => #{}, url => 'no'}}"#, "invalid_message",
                "the state's 'url' is a binary of UTF-8, not no"
            ),
            (#"{gap, <<"s">>, 3}"#, "invalid_message", "what is left out is a map of counts, not 3"),
            (
                #"{gap, <<"s">>, #{<<"render">> => 3}}"#, "invalid_message",
                #"the kind of what is left out is an atom, not <<"render">>"#
            ),
            (#"{gap, <<"s">>, #{render => 0}}"#, "invalid_message", "a count is an integer of 1 or more, not 0"),
            (
                #"{gap, <<"s">>, #{render => -36893488147419103232}}"#, "invalid_message",
                "a count is an integer of 1 or more, not -36893488147419103232"
            ),
            (#"{gap, <<"other">>, #{}}"#, "unknown_session", "no session with this key is running"),
            (
                #"{event, <<"s">>, event, #{}, 1.0}"#, "invalid_message",
                "a time is an integer of milliseconds, not 1.0"
            ),
            (#"{stop, <<"s">>, now}"#, "invalid_message", "a time is an integer of milliseconds, not now"),
            (
                #"{event, <<"s">>, event, #{}, 1, 2}"#, "invalid_message",
                "{event, Key, Kind, Payload} has 4 elements, not 6"
            ),
            (
                #"{start, 1, #{view => a, visit => tab}}"#, "invalid_message",
                "the header's 'visit' is a binary of UTF-8 of up to 256 bytes, not tab"
            ),
            (
                "{start, 1, #{view => a, continues => <<\"\(String(repeating: "x", count: 257))\">>}}",
                "invalid_message",
                "the header's 'continues' is a binary of UTF-8 of up to 256 bytes, not a binary of 257 bytes"
            ),
            (#"{flush, 2}"#, "unknown_session", "no session with this key is running"),
            (#"{stop, 2.0}"#, "unknown_session", "no session with this key is running"),
            (#"{stop}"#, "invalid_message", "{stop, Key} has 2 elements, not 1"),
        ])
    func refused(message: String, reason: String, text: String) throws {
        let answers = try Port.run([try Term(erlangText: message).external])
        let error = try #require(answers.errors.first)
        #expect(error.reason == reason)
        #expect(error.text == text)
        #expect(error.frame == 1)
        #expect(answers.events == ["mount", "event"])
        #expect(answers.status == 1)
    }

    @Test(
        "Bytes that are no term are answered by where they are wrong",
        arguments: [
            ([], 0), ([1], 0), ([131], 1), ([131, 104, 2, 97, 1], 5), ([131, 97, 1, 0], 3),
            ([131, 116, 255, 255, 255, 255], 6),
            ([131, 80, 0, 0, 0, 9, 1, 2], 6), ([131, 109, 255, 255, 255, 255, 1], 6),
            ([131, 70, 127, 240, 0, 0, 0, 0, 0, 0], 1),
            ([131] + Array(repeating: [108, 0, 0, 0, 1], count: 2_000).joined() + [106], 5_126),
        ] as [([UInt8], Int)])
    func malformed(bytes: [UInt8], byte: Int) throws {
        let answers = try Port.run([bytes])
        let error = try #require(answers.errors.first)
        #expect(error.reason == "malformed_term")
        #expect(error.byte == byte, "\(error)")
        #expect(answers.events == ["mount", "event"])
    }

    @Test("Whatever bytes come, they are answered, and what was recorded is stored")
    func random() throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        print("seed \(seed)")
        var state = seed
        func number(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let whole = try Term(erlangText: #"{event, <<"s">>, event, #{name => <<"x">>, params => [{a, 1.5} | b]}}"#)
            .external
        let frames = (0..<500).map { _ -> [UInt8] in
            guard number(2) == 0 else { return (0..<number(40)).map { _ in UInt8(number(256)) } }
            var bytes = whole
            for _ in 0...number(3) { bytes[number(bytes.count)] = UInt8(number(256)) }
            return bytes
        }
        let answers = try Port.run(frames)
        #expect(answers.events.prefix(1) == ["mount"])
        #expect(answers.errors.count + answers.events.count == 502)
    }

    @Test("Input that is cut in the middle of a frame is stored up to there")
    func truncated() throws {
        for tail in [[0], [0, 0, 0], [0, 0, 0, 9, 131], [255, 255, 255, 255, 131, 106]] as [[UInt8]] {
            let answers = try Port.run([], tail: tail)
            #expect(answers.errors.map(\.reason) == ["truncated"])
            #expect(answers.events == ["mount", "event"])
        }
    }

    @Test("A frame that is too large is skipped")
    func tooLarge() throws {
        let answers = try Port.run([[UInt8](repeating: 131, count: 64 << 20 | 1)])
        #expect(answers.errors.map(\.reason) == ["frame_too_large"])
        #expect(answers.errors.first?.text == "a frame of 67108865 bytes, more than the limit of 67108864")
        #expect(answers.events == ["mount", "event"])
    }

    @Test("The answers come in order, and say what is stored")
    func answers() throws {
        let answers = try Port.run(
            [
                try Term(erlangText: #"{flush, <<"s">>}"#).external, try Term(erlangText: #"{stop, <<"s">>}"#).external,
            ], event: false)
        let names = answers.terms.compactMap { $0.elements?.first?.atom?.name }.filter {
            $0 != "stored" && $0 != "recovered"
        }
        #expect(names == ["ready", "started", "flushed", "stopped"])
        let ready = try Term(erlangText: "{ready, #{port => 2, format => {1, 0}}}")
        #expect(answers.terms[0] == ready)
        let stopped = try Term(
            erlangText: #"{stopped, <<"s">>, {stored, <<"s">>}, #{recorded => 1, stored => 1, dropped => #{}}}"#)
        #expect(answers.terms.contains(stopped))
        #expect(answers.status == 0)
    }

    @Test(
        "Options that make no sense are refused by their names",
        arguments: [
            (["--max-events", "0"], "policy.maxEvents"), (["--sample", "2"], "policy.headSampling"),
            (["--keep", "-1"], "--keep"), (["--flush-events", "0"], "policy.flush.events"),
            (["--memory", "1k"], "memoryByteCount"),
            (["--redact-like", "*"], "'*' starts with *"), (["--redact", "all"], "all"), (["--slower", "x"], "x"),
        ])
    func options(arguments: [String], name: String) throws {
        try inFolder { folder in
            let tool = try Tool.run(["record", folder.path] + arguments)
            #expect(tool.status == 64)
            #expect(tool.talk.contains(name), "\(tool.talk)")
            #expect(tool.output.isEmpty)
        }
    }

    @Test("Policies are options: what is kept of whom, and what is filtered")
    func policies() throws {
        #expect(try Port.run([], arguments: ["--sample", "0"]).outcome == "{discarded,head_sampling}")
        #expect(try Port.run([], arguments: ["--keep", "0"]).outcome == "{discarded,tail_sampling}")
        #expect(try Port.run([], event: false, arguments: []).outcome == "{discarded,no_interaction}")
        #expect(try Port.run([], event: false, arguments: ["--keep-idle"]).outcome == #"{stored,<<"s">>}"#)
        let event = try Term(
            erlangText:
                #"{event, <<"s">>, x_a, #{token => 1, iban => 2, mail => <<"a@b.cd">>, key => <<"sk_1a">>, password_hint => 3}}"#
        ).external
        let answers = try Port.run(
            [event],
            arguments: [
                "--filter", "iban", "--allow", "password_hint", "--redact", "emails", "--redact-like", "sk_*",
            ])
        let filtered = try Term(
            erlangText: #"""
                #{token => <<"[FILTERED]">>, iban => <<"[FILTERED]">>, mail => <<"[REDACTED]">>, key => <<"[REDACTED]">>,
                password_hint => 3}
                """#)
        #expect(answers.payloads[1] == filtered)
    }
}

@Suite("reel record with a real BEAM")
struct RecordBeamTests {
    /// What Tests/ToolTests/Support/port.escript says.
    private func beam(_ arguments: String...) throws -> (status: Int32, text: String) {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Support/port.escript")
        let program = try Program.run("escript", [script.path] + arguments)
        return (program.status, program.text)
    }

    @Test("10,000 events that a BEAM sends are the same when it reads them back")
    func events() throws {
        try inFolder { folder in
            let said = try beam("events", Tool.path, folder.path, "10000")
            #expect(said == (0, "same\n"))
            #expect(try Tool.run("validate", folder.appending(path: "events.reel").path).talk == "")
        }
    }

    @Test("Random terms, pids and functions among them, come back as they were")
    func randomTerms() throws {
        let seed = UInt32.random(in: 1...(.max))
        print("seed \(seed)")
        try inFolder { folder in
            let said = try beam("random", Tool.path, folder.path, "2000", "\(seed)")
            #expect(said == (0, "same\n"))
        }
    }

    @Test("Many sessions go through one port at the same time, each with its own events in order")
    func manySessions() throws {
        try inFolder { folder in
            let said = try beam("many", Tool.path, folder.path, "100", "50")
            #expect(said == (0, "same\n"))
        }
    }

    @Test("When the BEAM is killed half-way, everything that it has sent is stored, and the recording is finished")
    func killed() throws {
        try inFolder { folder in
            let killed = try beam("killed", Tool.path, folder.path, "10000")
            // The recorder is nobody's child any more: what is waited for is its end.
            let recorder = try #require(Int32(killed.text.trimmingCharacters(in: .whitespacesAndNewlines)))
            _ = try Tool.shell("tail --pid=\(recorder) -f /dev/null")
            let said = try beam("find", folder.path, "10000")
            #expect(said == (0, "same\n"))
            #expect(try Tool.run("validate", folder.appending(path: "killed.reel").path).talk == "")
        }
    }
}

import ExternalTerm
import Reel
import ReelRecorder
import Testing

/// A term as Elixir writes it.
private func elixir(_ text: String) throws -> Term { try Term(elixirText: text) }

@Suite("Sanitizing")
struct SanitizerTests {
    @Test(
        "A sensitive value is filtered in every part of a session, whatever holds it",
        arguments: [
            // Atoms, binaries and charlists as keys, in upper and lower case.
            (#"%{password: "x"}"#, #"%{password: "[FILTERED]"}"#),
            (#"%{"password" => "x"}"#, #"%{"password" => "[FILTERED]"}"#),
            (#"%{"New_PassWord_2" => "x"}"#, #"%{"New_PassWord_2" => "[FILTERED]"}"#),
            (#"%{userToken: 1, token: nil}"#, #"%{userToken: "[FILTERED]", token: "[FILTERED]"}"#),
            (#"[{'password', 'x'}]"#, #"[{'password', "[FILTERED]"}]"#),
            (
                #"%{"api-key" => 1, "X-Api-Key" => 1, apiKey: 1, api_key: 1, privateKey: 1, credentials: %{a: 1}, client_secret: 1}"#,
                #"""
                %{"api-key" => "[FILTERED]", "X-Api-Key" => "[FILTERED]", apiKey: "[FILTERED]", api_key: "[FILTERED]",
                privateKey: "[FILTERED]", credentials: "[FILTERED]", client_secret: "[FILTERED]"}
                """#
            ),
            // Nested.
            (
                #"%{user: %{list: [%{1 => {:ok, %{secret: "x"}}}]}}"#,
                #"%{user: %{list: [%{1 => {:ok, %{secret: "[FILTERED]"}}}]}}"#
            ),
            (
                #"%{__struct__: Shop.User, password_hash: "x", name: "Ada"}"#,
                #"%{__struct__: Shop.User, password_hash: "[FILTERED]", name: "Ada"}"#
            ),
            // Keyword lists and tuples.
            (#"[name: "Ada", password: "x"]"#, #"[name: "Ada", password: "[FILTERED]"]"#),
            (#"{:token, "x"}"#, #"{:token, "[FILTERED]"}"#),
            (#"{:set_password, "x", "y"}"#, #"{:set_password, "[FILTERED]", "[FILTERED]"}"#),
            (#"{"x-auth-token", "x"}"#, #"{"x-auth-token", "[FILTERED]"}"#),
            (#"[1, {:password, "x"} | {:secret, "x"}]"#, #"[1, {:password, "[FILTERED]"} | {:secret, "[FILTERED]"}]"#),
            (#"%{{:password, "x"} => 1}"#, #"%{{:password, "[FILTERED]"} => 1}"#),
            // What only looks like it.
            (#"{:token}"#, #"{:token}"#), (#"{"the token", 1, 2}"#, #"{"the token", 1, 2}"#),
            (#"%{1 => :password, name: "password", apikind: 2}"#, #"%{1 => :password, name: "password", apikind: 2}"#),
        ])
    func sensitive(given: String, expected: String) throws {
        for part in RecordedPart.allCases {
            #expect(try DefaultSanitizer().sanitize(elixir(given), in: part) == elixir(expected), "\(part)")
        }
    }

    @Test("Internal keys are removed from assigns at every depth, and from nothing else")
    func internalKeys() throws {
        let given = try elixir(
            """
            %{__changed__: nil, flash: %{}, uploads: 1, streams: 2, _replay_id: 3, _replay_t0: 4, count: 5,
            inner: %{flash: 1, a: 1}, options: [flash: 1, b: 2], live_action: :index}
            """)
        #expect(
            try DefaultSanitizer().sanitize(given, in: .assigns)
                == elixir("%{count: 5, inner: %{a: 1}, options: [b: 2], live_action: :index}"))
        for part in [RecordedPart.params, .session, .payload] {
            #expect(try DefaultSanitizer().sanitize(given, in: part) == given)
        }
    }

    @Test("The assigns and parameters in an event's payload are treated as such")
    func payloads() throws {
        #expect(
            try DefaultSanitizer().sanitize(
                elixir("%{assigns: %{flash: 1, a: 1}, params: %{flash: 1}, flash: 1, uri: \"/?token=x\"}"), in: .payload
            )
                == elixir("%{assigns: %{a: 1}, params: %{flash: 1}, flash: 1, uri: \"/?token=[FILTERED]\"}"))
    }

    @Test("Rules can be changed: words, names that are kept, keys that are internal")
    func rules() throws {
        var rules = DefaultSanitizer.Rules()
        rules.sensitiveWords += ["blood_type"]
        rules.allowedKeys = ["Token_Count", "flash"]
        rules.internalKeys.insert("csrf")
        let sanitizer = DefaultSanitizer(rules)
        #expect(
            try sanitizer.sanitize(
                elixir(#"%{"TOKEN_COUNT" => 4, token_count: 3, BloodType: 1, flash: 2, csrf: 3, token: 1}"#),
                in: .assigns)
                == elixir(
                    #"%{"TOKEN_COUNT" => 4, token_count: 3, BloodType: "[FILTERED]", flash: 2, token: "[FILTERED]"}"#))
        #expect(sanitizer.verdict(onKey: "token_count", in: .params) == .keep)
        #expect(sanitizer.verdict(onKey: "csrf", in: .assigns) == .remove)
        #expect(sanitizer.verdict(onKey: "csrf", in: .params) == .filter)
    }

    @Test(
        "An address loses the values of sensitive keys and its password",
        arguments: [
            ("/a?token=x&b=1", "/a?token=[FILTERED]&b=1"),
            ("/a?b=1&user[password]=x#top", "/a?b=1&user[password]=[FILTERED]#top"),
            ("https://h/?p%61ssword=x y", "https://h/?p%61ssword=[FILTERED]"),
            ("https://h/#access_token=x&s=1", "https://h/#access_token=[FILTERED]&s=1"),
            ("https://u:pw@h:80/p?q", "https://u:[FILTERED]@h:80/p?q"), ("https://u@h/", "https://u@h/"),
            ("/a?TOKEN=&x", "/a?TOKEN=[FILTERED]&x"), ("/a?api+key=1", "/a?api+key=[FILTERED]"),
            ("/token=x", "/token=[FILTERED]"),
            ("/a?b=token", "/a?b=token"), ("", ""), ("?", "?"), ("/a?b=/c?token=x", "/a?b=/c?token=[FILTERED]"),
        ])
    func addresses(given: String, expected: String) throws {
        #expect(try DefaultSanitizer().sanitize(url: given) == expected)
        #expect(
            try DefaultSanitizer().sanitize(.map(["at": .string(given.replacing(" ", with: ""))]), in: .assigns)
                == .map(["at": .string(expected)]))
    }

    @Test("An address in the middle of other text, in a charlist or taken apart by Elixir, is sanitized as well")
    func addressesElsewhere() throws {
        for (given, expected) in [
            (#""GET /a?token=x now""#, #""GET /a?token=[FILTERED] now""#),
            (#"'/a?token=x'"#, #"'/a?token=[FILTERED]'"#),
            (
                #"%{__struct__: URI, query: "token=x&a=1", fragment: "secret=1", userinfo: "u:p", authority: "u:p@h", path: "/"}"#,
                #"%{__struct__: URI, query: "token=[FILTERED]&a=1", fragment: "secret=[FILTERED]", userinfo: "u:[FILTERED]", authority: "u:[FILTERED]@h", path: "/"}"#
            ),
        ] {
            #expect(try DefaultSanitizer().sanitize(elixir(given), in: .params) == elixir(expected))
        }
    }

    @Test("Text of any key is redacted, keys included")
    func redacting() throws {
        let sanitizer = DefaultSanitizer(redactor: Redactor([.cardNumbers, .emailAddresses]))
        #expect(
            try sanitizer.sanitize(
                elixir(#"%{"a@b.cd" => {:ok, ["4111 1111 1111 1111", '4111111111111111']}, n: 4111111111111111}"#),
                in: .params)
                == elixir(#"%{"[REDACTED]" => {:ok, ["[REDACTED]", '[REDACTED]']}, n: "[REDACTED]"}"#))
        #expect(try sanitizer.sanitize(url: "/?mail=a@b.cd") == "/?mail=[REDACTED]")
        // No UTF-8, but text all the same.
        #expect(
            try sanitizer.sanitize(.binary([0xFF] + Array("4111111111111111".utf8)), in: .params)
                == .binary([0xFF] + Array("[REDACTED]".utf8)))
    }

    @Test("What is nested deeper than a tree may be is refused, not passed")
    func tooDeep() {
        var term = Term.string("x")
        for _ in 0..<1_100 { term = .list([term]) }
        #expect(throws: (any Error).self) { try DefaultSanitizer().sanitize(term, in: .params) }
    }

    @Test(
        "Forms, changesets and schemas lose what no page shows",
        arguments: [
            (
                DefaultSanitizer.Compaction.structs,
                #"%{__struct__: Phoenix.HTML.Form, source: %{__struct__: Ecto.Changeset, prepare: [], repo: nil, repo_opts: [], types: %{a: :string}, validations: [a: 1], data: %{__struct__: Shop.User, id: 1, password: "[FILTERED]"}, changes: %{name: "Ada"}, params: %{"password" => "[FILTERED]"}}, data: %{__struct__: Shop.User, id: 1}, options: [], name: "user", impl: Phoenix.HTML.FormData.Ecto.Changeset}"#
            ),
            (
                .maps,
                #"%{__struct__: Phoenix.HTML.Form, source: %{__struct__: Ecto.Changeset, prepare: [], repo: nil, repo_opts: [], types: nil, validations: [], data: %{id: 1, password: "[FILTERED]"}, changes: %{name: "Ada"}, params: %{"password" => "[FILTERED]"}}, data: %{id: 1}, options: [], name: "user", impl: Phoenix.HTML.FormData.Ecto.Changeset}"#
            ),
            (
                .none,
                #"%{__struct__: Phoenix.HTML.Form, source: %{__struct__: Ecto.Changeset, prepare: [1], repo: Shop.Repo, repo_opts: [a: 1], types: %{a: :string}, validations: [a: 1], data: %{__struct__: Shop.User, __meta__: %{state: :loaded}, id: 1, password: "[FILTERED]"}, changes: %{name: "Ada"}, params: %{"password" => "[FILTERED]"}}, data: %{__struct__: Shop.User, __meta__: %{state: :loaded}, id: 1}, options: [method: "post"], name: "user", impl: Phoenix.HTML.FormData.Ecto.Changeset}"#
            ),
        ])
    func structs(compaction: DefaultSanitizer.Compaction, expected: String) throws {
        let given = try elixir(
            #"%{__struct__: Phoenix.HTML.Form, source: %{__struct__: Ecto.Changeset, prepare: [1], repo: Shop.Repo, repo_opts: [a: 1], types: %{a: :string}, validations: [a: 1], data: %{__struct__: Shop.User, __meta__: %{state: :loaded}, id: 1, password: "x"}, changes: %{name: "Ada"}, params: %{"password" => "x"}}, data: %{__struct__: Shop.User, __meta__: %{state: :loaded}, id: 1}, options: [method: "post"], name: "user", impl: Phoenix.HTML.FormData.Ecto.Changeset}"#
        )
        var rules = DefaultSanitizer.Rules()
        rules.compaction = compaction
        #expect(
            try DefaultSanitizer(rules).sanitize(.map(["form": given]), in: .assigns)
                == .map(["form": try elixir(expected)]))
    }

    @Test("Parameters that are text are sanitized as any others, the addresses in them as well")
    func flatParameters() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let session = recording.recorder.busySession()
            let values = [
                "to": "/?token=x&b=1", "from": "https://u:pw@h/", "mail": "a@b.cd", "password": "/?a=1", "n": "1",
            ]
            session.event("go", params: values)
            // One that needs more room than a session has at first, all of it for what is filtered.
            let long = String(repeating: "&token=x", count: 2_000)
            session.event("long", params: ["at": long])
            session.close()
            _ = await session.stored()
            let events = try await recording.events(session.id)
            let expected: [String: String] = [
                "to": "/?token=[FILTERED]&b=1", "from": "https://u:[FILTERED]@h/", "mail": "a@b.cd", "n": "1",
                "password": "[FILTERED]",
            ]
            let params = events[2].content[atom: "params"]
            for (key, value) in expected { #expect(params?[.string(key)]?.text == value) }
            #expect(
                events[3].content[atom: "params"]?[.string("at")]?.text
                    == String(repeating: "&token=[FILTERED]", count: 2_000))
        }
    }

    @Test("What a redactor fails on is replaced as a whole, and counted")
    func failing() async throws {
        struct Failure: Error {}
        try await inFolder { folder in
            let failing = TextPattern(shortest: 4) { _ in throw Failure() }
            let recording = try Recording(in: folder, sanitizer: DefaultSanitizer(redactor: Redactor([failing])))
            let session = recording.recorder.session(
                view: "Test.Live", url: "/secret-path", params: .map(["a": "private"]))
            session.event("go", params: ["a": "private", "b": "x"])
            session.close()
            _ = await session.stored()
            let file = try RecordingFile(try await recording.content(session.id))
            #expect(try file.header.fields[atom: "params"] == "[UNSANITIZED]")
            #expect(try file.header.url == "[UNSANITIZED]")
            let event = try #require(try file.allEvents().last)
            #expect(event.content == .map(["name": "go", "params": "[UNSANITIZED]"]))
            #expect(recording.recorder.statistics.failed == [.sanitizing: 3])
        }
    }
}

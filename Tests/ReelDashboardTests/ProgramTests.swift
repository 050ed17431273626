import ExternalTerm
import Foundation
import ReelStore
import ReelStoreConformance
import SystemPackage
import Testing

@Suite("The programs: reel serve, and the example")
struct ProgramTests {
    private static func inFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reel-program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }

    private static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Samples/phoenix-replay-0.6")

    private static func client(_ line: String?) throws -> Client {
        let url = try #require(line?.split(separator: " ").last.flatMap { URL(string: String($0)) })
        return Client(port: try #require(url.port))
    }

    @Test("reel serve says where it is, serves a store, and ends well when it is told to")
    func serve() async throws {
        try await Self.inFolder { (folder) async throws in
            let store = try FileStore(FilePath(folder))
            try await store.keep(SampleSession("s-1"))
            let program = try ServingProgram("reel", ["serve", folder, "--port", "0"])
            let line = await program.nextLine()
            #expect(line?.hasPrefix("http://127.0.0.1:") == true)
            let client = try Self.client(line)
            #expect(try await client.get("/").listed == ["s-1"])
            #expect(try await client.get("/recordings/s-1/bytes").body == SampleSession("s-1").bytes())
            #expect(try await client.confirm("/recordings/s-1/delete").status == 303)
            #expect(try await store.recording(RecordingID("s-1")) == nil)
            #expect(program.stop() == 0)
            #expect(program.said.isEmpty)
        }
    }

    @Test(
        "reel serve ends when it is told to, whatever it is doing and whoever holds on to it", .timeLimit(.minutes(5)))
    func endsWhileWorking() async throws {
        try await Self.inFolder { (folder) async throws in
            let store = try FileStore(FilePath(folder))
            // Integers whose digits take minutes.
            let number = Term.integer(isNegative: false, magnitude: [UInt8](repeating: 0xAB, count: 32_768))
            let numbers = Term.list([Term](repeating: number, count: 1_500))
            try await store.keep(
                SampleSession("s-1", events: [(0, "mount", .map(["assigns": .map(["numbers": numbers])]))]))
            let program = try ServingProgram("reel", ["serve", folder, "--port", "0"])
            let client = try Self.client(await program.nextLine())
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try? await client.get("/recordings/s-1/state?event=0") } }
                group.addTask {
                    _ = try? await client.raw("POST /clear HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n")
                }
                group.addTask {
                    // The server has begun when it follows a recording.
                    _ = try? await client.follow("/recordings/s-1/live") { try await $0.nextEvent() }
                    #expect(program.stop() == 0)
                }
            }
        }
    }

    @Test("reel serve says what is the matter with a port and a password")
    func refusals() async throws {
        try await Self.inFolder { (folder) async throws in
            _ = try FileStore(FilePath(folder))
            let program = try ServingProgram("reel", ["serve", folder, "--port", "0"])
            let client = try Self.client(await program.nextLine())
            let other = try ServingProgram("reel", ["serve", folder, "--port", "\(client.port)"])
            #expect(other.status() == 74)
            #expect(other.said.contains("the port is taken by another program"))
            #expect(program.stop() == 0)
            let password = try ServingProgram(
                "reel", ["serve", folder], environment: ["REEL_PASSWORD": "long enough for one"])
            #expect(password.status() == 64)
            #expect(password.said.contains("REEL_PASSWORD without --user"))
        }
    }

    @Test("reel serve keeps a store within limits")
    func limits() async throws {
        try await Self.inFolder { (folder) async throws in
            let store = try FileStore(FilePath(folder))
            for number in 1...3 { try await store.keep(SampleSession("s-\(number)")) }
            let changes = try await store.changes()
            let program = try ServingProgram("reel", ["serve", folder, "--port", "0", "--max-count", "1"])
            let client = try Self.client(await program.nextLine())
            var deleted = 0
            for await change in changes {
                if case .deleted = change { deleted += 1 }
                if deleted == 2 { break }
            }
            #expect(try await client.get("/").listed.count == 1)
            #expect(program.stop() == 0)
            let both = try ServingProgram("reel", ["serve", folder, "--max-count", "1", "--read-only"])
            #expect(both.status() == 64)
        }
    }

    @Test(
        "reel serve takes a file, and a folder of PhoenixReplay's files",
        arguments: [
            ("counter.recording", 1, []), ("", 5, ["catalogue", "chat", "contact-form", "counter", "long-chat"]),
        ])
    func files(name: String, count: Int, torn: [String]) async throws {
        let path = Self.samples.appending(path: name).path
        let before = try FileManager.default.contentsOfDirectory(atPath: Self.samples.path).sorted()
        let program = try ServingProgram("reel", ["serve", path, "--port", "0", "--read-only"])
        let client = try Self.client(await program.nextLine())
        let listed = try await client.get("/").listed
        #expect(listed.count == count)
        for id in listed { #expect(try await client.get("/recordings/\(id)/page?event=3").status == 200) }
        #expect(try await client.get("/clear").status == 403)
        #expect(program.stop() == 0)
        // What a process wrote that died is torn, which is said of each file once.
        let said = program.said.split(separator: "\n")
        #expect(said.allSatisfy { $0.contains("is torn") })
        for name in torn { #expect(said.count { $0.contains("/\(name).part: ") } == 1) }
        #expect(said.count == torn.count)
        #expect(try FileManager.default.contentsOfDirectory(atPath: Self.samples.path).sorted() == before)
    }

    @Test("reel serve asks for a password beyond this machine, and takes one from a file or the environment")
    func password() async throws {
        try await Self.inFolder { (folder) async throws in
            let refused = try ServingProgram("reel", ["serve", folder, "--host", "0.0.0.0", "--port", "0"])
            #expect(refused.status() == 64)
            #expect(refused.said.contains("a user and a password are needed"))
            let none = try ServingProgram("reel", ["serve", folder, "--host", "0.0.0.0", "--user", "ada"])
            #expect(none.status() == 64)
            #expect(none.said.contains("give --password-file, or set REEL_PASSWORD"))
            let file = folder + "/password"
            try Data("correct horse battery\nnot this\n".utf8).write(to: URL(filePath: file))
            let fromFile = [
                "serve", folder, "--host", "0.0.0.0", "--port", "0", "--user", "ada", "--password-file", file,
            ]
            let right = "Basic " + Data("ada:correct horse battery".utf8).base64EncodedString()
            for (arguments, environment) in [
                (fromFile, [:]), (Array(fromFile.dropLast(2)), ["REEL_PASSWORD": "correct horse battery"]),
            ] {
                let program = try ServingProgram("reel", arguments, environment: environment)
                let client = try Self.client(await program.nextLine())
                #expect(try await client.get("/").status == 401)
                #expect(try await client.get("/", [("Authorization", right)]).status == 200)
                #expect(program.stop() == 0)
            }
        }
    }

    @Test(
        "reel serve names a store, a template or a folder that is not there",
        arguments: [
            (["/nonexistent/store"], 66), (["sqlite:/nonexistent/store.db"], 66),
            (["FOLDER", "--templates", "/nonexistent"], 66),
            (["nosuch:store"], 64), (["FOLDER", "--port", "99999"], 64),
        ] as [([String], Int32)])
    func missing(arguments: [String], status: Int32) async throws {
        try await Self.inFolder { (folder) async throws in
            let program = try ServingProgram("reel", ["serve"] + arguments.map { $0 == "FOLDER" ? folder : $0 })
            #expect(program.status() == status)
            #expect(!program.said.isEmpty)
        }
    }

    private static let templates = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Examples/Shop/Templates").path

    @Test("the example records a visitor, and the dashboard shows each page as the visitor has seen it")
    func example() async throws {
        try await Self.inFolder { (folder) async throws in
            let program = try ServingProgram(
                "shop", ["--port", "0", "--store", folder + "/recordings", "--templates", Self.templates])
            let client = try Self.client(await program.nextLine())
            let welcome = try await client.get(
                "/", [("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0")])
            let cookie = [("Cookie", try #require(welcome.cookie))]
            var seen = [welcome.text]
            for (path, form) in [
                ("/add", "sku=mug"), ("/add", "sku=bowl"), ("/quantity", "sku=mug&quantity=3"),
                ("/quantity", "sku=mug&quantity=lots"), ("/remove", "sku=bowl"),
                ("/order", "name=Ada+%3Cb%3E&email=ada&password=swordfish&note=%7B%7Bsearch%7D%7D"),
                ("/order", "name=Ada+%3Cb%3E&email=ada%40example.com&password=swordfish"),
            ] {
                #expect(try await client.post(path, form, cookie).status == 303)
                seen.append(try await client.get("/", cookie).text)
            }
            #expect(seen.last?.contains("Thank you, Ada &lt;b&gt;") == true)
            var listed: [String] = []
            while listed.isEmpty { listed = try await client.get("/reel/?status=finished").listed }
            let list = try await client.get("/reel/").text
            #expect(list.contains("Firefox on Linux"))
            let recording = "/reel/recordings/\(listed[0])"
            let events = try await client.get(recording).text
            let renders = events.matches(of: #/<li value="(\d+)".*<span class="kind">(mount|render|assigns)</#)
                .compactMap { Int($0.output.1) }
            #expect(renders.count == seen.count)
            for (event, page) in zip(renders, seen) {
                #expect(try await client.get("\(recording)/page?event=\(event)").text == page)
            }
            #expect(events.contains("password=[FILTERED]"))
            #expect(!events.contains("swordfish"))
            #expect(program.stop() == 0)
        }
    }

    @Test("a hundred viewers of a session that goes on take no more memory than a few")
    func memory() async throws {
        try await Self.inFolder { (folder) async throws in
            let program = try ServingProgram(
                "shop", ["--port", "0", "--store", folder + "/recordings", "--templates", Self.templates, "--eager"])
            let client = try Self.client(await program.nextLine())
            let cookie = [("Cookie", try #require(try await client.get("/").cookie))]
            _ = try await client.post("/add", "sku=mug", cookie)
            var listed: [String] = []
            while listed.isEmpty { listed = try await client.get("/reel/").listed }
            let live = "/reel/recordings/\(listed[0])/live"
            let before = program.residentByteCount
            try await withThrowingTaskGroup(of: String?.self) { group in
                let (ready, arrive) = AsyncStream<Void>.makeStream()
                for _ in 0..<100 {
                    group.addTask {
                        try await client.follow(live) { (events) async throws in
                            _ = try await events.nextEvent()
                            arrive.yield()
                            var last: String?
                            while let event = try await events.nextEvent() { last = event.name }
                            return last
                        }
                    }
                }
                var arrivals = ready.makeAsyncIterator()
                for _ in 0..<100 { await arrivals.next() }
                for index in 0..<200 {
                    _ = try await client.post("/quantity", "sku=mug&quantity=\(index % 90 + 1)", cookie)
                }
                _ = try await client.post("/order", "name=Ada&email=ada%40example.com", cookie)
                for try await last in group { #expect(last == "finished") }
            }
            #expect(program.residentByteCount - before < 32 << 20)
            #expect(program.stop() == 0)
        }
    }
}

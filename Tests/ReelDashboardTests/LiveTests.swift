import ReelDashboard
import ReelStore
import ReelStoreConformance
import ServiceLifecycle
import Testing

@Suite("Following a running recording")
struct LiveTests {
    private static func event(_ name: String, _ recording: StoredRecording?) -> Client.Events.Event {
        .init(
            name: name,
            data: "{\"byteCount\": \(recording?.byteCount ?? -1), \"eventCount\": \(recording?.eventCount ?? -1)}")
    }

    @Test("a viewer is told how far it is at once, each time it grows, and that it has finished")
    func growing() async throws {
        let pieces = try SampleSession("s-1", eventsPerMember: 3).pieces()
        try await Site.with { (site) async throws in
            let id = try RecordingID("s-1")
            let started = try await site.store.append(pieces[0], to: id, at: 0)
            try await site.client.follow("/recordings/s-1/live") { (events) async throws in
                #expect(try await events.nextEvent() == Self.event("grown", started))
                var offset = pieces[0].count
                for piece in pieces.dropFirst().dropLast() {
                    let grown = try await site.store.append(piece, to: id, at: offset)
                    offset += piece.count
                    #expect(try await events.nextEvent() == Self.event("grown", grown))
                }
                let finished = try await site.store.append(pieces.last ?? [], to: id, at: offset)
                // What it grew to last may be told or not: the newest counts.
                var event = try await events.nextEvent()
                if event?.name == "grown" { event = try await events.nextEvent() }
                #expect(event == Self.event("finished", finished))
                #expect(try await events.nextEvent() == nil)
            }
        }
    }

    @Test("a finished recording says so at once, and the stream ends")
    func finished() async throws {
        try await Site.with([SampleSession("s-1")]) { (site) async throws in
            let events = try await site.client.follow("/recordings/s-1/live") { (events) async throws in
                var all: [String] = []
                while let event = try await events.nextEvent() { all.append(event.name) }
                return all
            }
            #expect(events == ["finished"])
        }
    }

    @Test("a viewer is told when the recording is deleted, alone or with all others", arguments: [false, true])
    func deleted(clears: Bool) async throws {
        try await Site.with([SampleSession("s-1", isFinished: false)]) { (site) async throws in
            try await site.client.follow("/recordings/s-1/live") { (events) async throws in
                #expect(try await events.nextEvent()?.name == "grown")
                if clears {
                    try await site.store.clear()
                } else {
                    try await site.store.delete(RecordingID("s-1"))
                }
                #expect(try await events.nextEvent()?.name == "deleted")
                #expect(try await events.nextEvent() == nil)
            }
        }
    }

    @Test("a viewer of a recording that does not grow hears a comment now and then")
    func heartbeat() async throws {
        var configuration = DashboardConfiguration()
        configuration.heartbeat = .milliseconds(20)
        try await Site.with([SampleSession("s-1", isFinished: false)], configuration: configuration) {
            (site) async throws in
            try await site.client.follow("/recordings/s-1/live") { (events) async throws in
                #expect(try await events.next()?.name == "grown")
                for _ in 0..<3 { #expect(try await events.next()?.name == ":") }
            }
        }
    }

    @Test("a hundred viewers are told of all that happens, and leave nothing behind")
    func hundred() async throws {
        let pieces = try SampleSession("s-1", eventsPerMember: 1).pieces()
        var configuration = DashboardConfiguration()
        configuration.heartbeat = .milliseconds(50)
        try await Site.with(configuration: configuration) { (site) async throws in
            let id = try RecordingID("s-1")
            let other = SampleSession("other", isFinished: false)
            try await site.store.keep(other)
            try await site.store.append(pieces[0], to: id, at: 0)
            try await withThrowingTaskGroup(of: String?.self) { group in
                let (ready, arrive) = AsyncStream<Void>.makeStream()
                for viewer in 0..<100 {
                    // Every tenth looks at another recording, which does not grow.
                    let path = viewer % 10 == 0 ? "/recordings/other/live" : "/recordings/s-1/live"
                    group.addTask {
                        try await site.client.follow(path) { (events) async throws in
                            _ = try await events.nextEvent()
                            arrive.yield()
                            var last: String?
                            while let event = try await events.nextEvent() { last = event.name }
                            return last
                        }
                    }
                }
                var iterator = ready.makeAsyncIterator()
                for _ in 0..<100 { await iterator.next() }
                #expect(await site.dashboard.live.viewerCount == 100)
                var offset = pieces[0].count
                for piece in pieces.dropFirst() {
                    try await site.store.append(piece, to: id, at: offset)
                    offset += piece.count
                }
                try await site.store.delete(other.id)
                var ends: [String: Int] = [:]
                for try await end in group { ends[end ?? "", default: 0] += 1 }
                #expect(ends == ["finished": 90, "deleted": 10])
            }
            while await site.dashboard.live.viewerCount > 0 { await Task.yield() }
        }
    }

    @Test("a viewer who goes away makes room for another one")
    func leaving() async throws {
        var configuration = DashboardConfiguration()
        configuration.mostViewers = 1
        try await Site.with([SampleSession("s-1", isFinished: false)], configuration: configuration) {
            (site) async throws in
            for _ in 0..<3 {
                try await site.client.follow("/recordings/s-1/live") { (events) async throws in
                    #expect(try await events.nextEvent()?.name == "grown")
                    let refused = try await site.client.get("/recordings/s-1/live")
                    #expect(refused.status == 503)
                    #expect(refused.header("Retry-After") == "30")
                }
                while await site.dashboard.live.viewerCount > 0 { await Task.yield() }
            }
        }
    }

    @Test("a server that shuts down ends its viewers' streams")
    func shutdown() async throws {
        try await Site.with([SampleSession("s-1", isFinished: false)]) { (site) async throws in
            try await site.client.follow("/recordings/s-1/live") { (events) async throws in
                #expect(try await events.nextEvent()?.name == "grown")
                await site.services.triggerGracefulShutdown()
                while try await events.next() != nil {}
            }
        }
    }
}

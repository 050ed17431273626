import ExternalTerm
import Reel
import ReelRecorder
import ReelStore
import Testing

@Suite("What is left out leaves a trace")
struct GapTests {
    private static let row = ComponentID("Elixir.Shop.Row", id: 1)
    private static let key = Term.tuple([.atom("Elixir.Shop.Row"), 1])

    /// A configuration with little memory, of which nothing is stored before the end.
    private static let tight = RecorderConfiguration.with {
        $0.memoryByteCount = 1 << 20
        $0.policy.flush.events = .max
        $0.policy.flush.bytes = 32 << 20
        $0.policy.flush.interval = .seconds(3_600)
        $0.compacts = false
    }

    /// More than the memory takes.
    private static let large = Term.string(String(repeating: "x", count: 1_500_000))

    /// Records with `body`, and gives what is in the store then.
    private func recorded(
        _ configuration: RecorderConfiguration = tight, _ body: (Session) -> Void
    ) async throws -> (events: [Event], states: [State], file: RecordingFile) {
        try await inFolder { folder in
            let recording = try Recording(in: folder, configuration)
            let session = recording.recorder.session(
                view: "Shop.CartLive", url: "/cart", assigns: .map(["n": 0]))
            body(session)
            session.close()
            #expect(await session.stored() == .stored(session.id))
            #expect(recording.recorder.statistics.memoryByteCount == 0)
            let file = try RecordingFile(await recording.content(session.id))
            let events = try file.allEvents()
            return (events, try events.indices.map { try file.state(after: $0) }, file)
        }
    }

    @Test("An event that had no room is a gap at its place, before the next one that has")
    func event() async throws {
        let (events, states, file) = try await recorded { session in
            session.event("large", params: ["x": GapTests.large])
            session.info(.atom("large"))
            session.record(kind: "x_large", payload: .map(["x": GapTests.large]))
            session.render(changed: ["n": 1])
        }
        #expect(events.map(\.kind) == ["mount", "gap", "info", "gap", "render"])
        try #require(events.count == 5)
        #expect(Gap(payload: events[1].content) == Gap(dropped: ["event": 1]))
        #expect(Gap(payload: events[3].content) == Gap(dropped: ["x_large": 1]))
        // No change is missing, so the state is as sure as before.
        #expect(states.allSatisfy { $0.unsureSince == nil })
        #expect(states.last?.assigns == ["n": 1])
        #expect(try file.header.fields[atom: "dropped"] == .map(TermMap([.init("event", 1), .init("x_large", 1)])))
    }

    @Test("A session whose only event had no room is kept, and says so in its last event")
    func onlyEvent() async throws {
        let (events, _, file) = try await recorded { session in
            session.event("large", params: ["x": GapTests.large])
        }
        #expect(events.map(\.kind) == ["mount", "gap"])
        #expect(try file.summary?.eventCount == 2)
    }

    @Test("What was acknowledged of such a session is not deleted")
    func acknowledged() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, GapTests.tight)
            let session = recording.recorder.session(view: "Shop.CartLive")
            #expect(await session.flush().stored == 1)
            session.event("large", params: ["x": GapTests.large])
            session.close()
            #expect(await session.stored() == .stored(session.id))
            #expect(try await recording.events(session.id).map(\.kind) == ["mount", "gap"])
        }
    }

    @Test("A crash before the first click is kept, and one that the recorder sees by itself")
    func crash() async throws {
        struct Failure: Error {}
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            let id = RecordingID.random()
            await #expect(throws: Failure.self) {
                try await recording.recorder.withSession(view: "Shop.CartLive", id: id) { _ in throw Failure() }
            }
            let session = recording.recorder.session(view: "Shop.CartLive")
            session.exit(
                reason: "KeyError", module: "Elixir.Shop.Cart", function: "total", arity: 1, file: "lib/cart.ex",
                line: 7)
            session.close()
            #expect(await session.stored() == .stored(session.id))
            await recording.recorder.shutdown()
            #expect(try await recording.events(id).map(\.kind) == ["mount", "exit"])
            let exit = try #require(try await recording.events(session.id).last)
            #expect(
                exit.content
                    == .map([
                        "reason": "KeyError", "module": .atom("Elixir.Shop.Cart"), "function": .atom("total"),
                        "arity": 1,
                        "file": "lib/cart.ex", "line": 7,
                    ]))
            #expect(exit.label == "exited: KeyError at lib/cart.ex:7")
        }
    }

    @Test("A mount that had no room makes the state unsure, and changes mean nothing then")
    func mount() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, GapTests.tight)
            let session = recording.recorder.session(view: "Shop.CartLive", assigns: .map(["page": GapTests.large]))
            #expect(session.needsWholeState)
            session.event("add")
            session.render(changed: ["n": 1])
            session.render(assigns: ["n": 2])
            #expect(!session.needsWholeState)
            session.close()
            #expect(await session.stored() == .stored(session.id))
            let file = try RecordingFile(await recording.content(session.id))
            #expect(try file.allEvents().map(\.kind) == ["gap", "event", "gap", "assigns"])
            #expect(try file.state(after: 2).unsureSince == file.event(at: 0).offset)
            #expect(try file.state(after: 3) == State(assigns: ["n": 2]))
        }
    }

    @Test("After a gap in components, only the whole state is sure")
    func components() async throws {
        let (events, states, _) = try await recorded { session in
            session.component(GapTests.row, assigns: .map(["open": .boolean(false), "x": 1]))
            session.component(GapTests.row, changed: .map(["open": GapTests.large]))
            session.render(assigns: ["n": 1])
            session.snapshot(["n": 2])
            #expect(session.needsWholeState)
            session.componentDestroyed(GapTests.row)
            session.state(
                assigns: .map(["n": 3]), components: [GapTests.row: .map(["open": .boolean(true)])],
                url: "/cart?token=1")
            #expect(!session.needsWholeState)
            session.component(GapTests.row, changed: ["y": 4])
        }
        #expect(
            events.map(\.kind) == [
                "mount", "component", "gap", "render", "render", "gap", "params", "component_destroyed", "component",
                "assigns", "component",
            ])
        try #require(events.count == 11)
        let since = events[2].offset
        #expect(states.map(\.unsureSince) == [nil, nil] + [Int?](repeating: since, count: 7) + [nil, nil])
        #expect(
            states[9]
                == State(
                    assigns: ["n": 3], components: TermMap([.init(GapTests.key, .map(["open": .boolean(true)]))]),
                    url: "/cart?token=[FILTERED]"))
        #expect(
            states[10].components[GapTests.key] == .map(["open": .boolean(true), "y": 4]))
    }

    @Test("A whole state that has no room leaves the gap open")
    func noRoom() async throws {
        let (events, states, _) = try await recorded { session in
            session.gap(dropped: ["render": 2])
            session.state(assigns: .map(["page": GapTests.large]))
            #expect(session.needsWholeState)
            session.state(assigns: ["n": 1])
            #expect(!session.needsWholeState)
            session.gap(dropped: ["render": 0])
            session.gap()
        }
        #expect(events.map(\.kind) == ["mount", "gap", "gap", "assigns", "gap"])
        try #require(events.count == 5)
        #expect(Gap(payload: events[2].content) == Gap(dropped: ["assigns": 1]))
        #expect(events[4].content == .map(["dropped": .map([:])]))
        #expect(states.map { $0.unsureSince == nil } == [true, false, false, true, false])
        #expect(states[3].assigns == ["n": 1])
    }

    @Test("The most events are not exceeded by what a whole state takes, but for the gap at the end", arguments: 1...9)
    func maxEvents(most: Int) async throws {
        var configuration = RecorderConfiguration.with { $0.policy.discardsWithoutInteraction = false }
        configuration.policy.maxEvents = most
        let (events, states, _) = try await recorded(configuration) { session in
            for round in 0..<3 {
                session.gap()
                session.state(
                    assigns: .map(["n": .integer(round)]),
                    components: [ComponentID("Elixir.Shop.Row", id: .integer(round)): .map(["a": 1])])
            }
        }
        // Each round is a gap, the component that goes, the one that comes, and the assigns.
        #expect(events.count == min(most + 1, 12))
        if most < 11 {
            #expect(events.last?.kind == "gap")
            #expect(states.last?.unsureSince != nil)
        }
    }

    @Test("A whole state makes the recorded one what it says, whatever came before", arguments: 0..<20)
    func anyState(seed: UInt64) async throws {
        var generator = Numbers(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        var wanted: [(index: Int, state: State)] = []
        var configuration = GapTests.tight
        configuration.policy.discardsWithoutInteraction = false
        let (_, states, _) = try await recorded(configuration) { session in
            var recorded = 0
            for _ in 0..<40 {
                let component = ComponentID("Elixir.Shop.Row", id: .integer(generator.next(3)))
                let assigns = GapTests.assigns(&generator)
                switch generator.next(8) {
                case 0: session.render(changed: .map(assigns))
                case 1: session.render(assigns: .map(assigns))
                case 2: session.component(component, changed: .map(assigns))
                case 3: session.component(component, assigns: .map(assigns))
                case 4: session.componentDestroyed(component)
                case 5: session.record(kind: "render", payload: .map(["assigns": .map(assigns)]))
                case 6: session.gap(dropped: generator.next(2) == 0 ? [:] : ["component": 1])
                default:
                    var components: [ComponentID: Term] = [:]
                    for id in 0..<generator.next(3) {
                        components[ComponentID("Elixir.Shop.Row", id: .integer(id))] = .map(
                            GapTests.assigns(&generator))
                    }
                    session.state(assigns: .map(assigns), components: components, url: "/\(generator.next(3))")
                    recorded = session.progress.recorded
                    let pairs = components.map {
                        TermMap.Pair(.tuple([.atom($0.key.module), $0.key.id]), $0.value)
                    }
                    wanted.append((recorded - 1, State(assigns: assigns, components: TermMap(pairs))))
                }
            }
        }
        for (index, state) in wanted {
            var found = states[index]
            found.url = nil
            #expect(found == state, "seed \(seed), event \(index)")
        }
    }

    private static func assigns(_ generator: inout Numbers) -> TermMap {
        var map: TermMap = [:]
        for name in ["a", "b", "c"] as [Atom] where generator.next(2) == 0 {
            map[atom: name] = .integer(generator.next(3))
        }
        return map
    }
}

/// Numbers that are the same for the same start.
private struct Numbers {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}

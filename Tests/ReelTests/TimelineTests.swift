import ExternalTerm
import Reel
import Testing

/// What a player asks: the state at an event, what it changed, and what to call it.
@Suite("Timeline and labels")
struct TimelineTests {
    @Test(
        "The changes at an event lead from the state before it to the state after it",
        arguments: 1...8 as ClosedRange<UInt64>)
    func changes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let events = generator.session(40)
        let states = NaiveFold.states(after: events)
        let bytes = try recording(of: events, WriterOptions(memberByteCount: 500))
        let timeline = Timeline(try RecordingFile(MemorySource(bytes)))
        var state = State()
        for index in events.indices {
            let changes = try timeline.changes(at: index)
            #expect(changes.allSatisfy { $0.before != $0.after })
            for change in changes { apply(change, to: &state) }
            // A component that has no assigns leaves no trace.
            #expect(
                state.assigns == states[index].assigns && state.url == states[index].url, "seed \(seed), event \(index)"
            )
            #expect(
                withoutEmpty(state.components) == withoutEmpty(states[index].components), "seed \(seed), event \(index)"
            )
            #expect(try timeline.state(after: index) == states[index])
            state = states[index]
            #expect(changes == Change.from(index > 0 ? states[index - 1] : State(), to: states[index]))
        }
        #expect(throws: ReelError.self) { try timeline.changes(at: 40) }
        #expect(throws: ReelError.self) { try timeline.changes(at: -1) }
    }

    private func apply(_ change: Change, to state: inout State) {
        switch (change.place, change.key) {
        case (.assigns, let key?):
            #expect(state.assigns[key] == change.before)
            state.assigns[key] = change.after
        case (.component(let component), let key?):
            var assigns = state.components[component]?.map ?? [:]
            #expect(assigns[key] == change.before)
            assigns[key] = change.after
            state.components[component] = .map(assigns)
        case (.url, nil):
            #expect(state.url == change.before?.text)
            state.url = change.after?.text
        default: Issue.record("a change without a key: \(change)")
        }
    }

    private func withoutEmpty(_ components: TermMap) -> TermMap {
        TermMap(components.pairs.filter { $0.value.map?.isEmpty != true })
    }

    @Test("Changes come in the order of their keys: assigns, components, address")
    func order() {
        let component = Term.tuple([.atom("Elixir.Cart"), 1])
        let before = State(
            assigns: ["a": 1, "b": 2, "c": 3], components: TermMap([.init(component, .map(["x": 1]))]), url: "/a")
        let after = State(assigns: ["a": 1, "b": 3, "d": 4], components: [:], url: nil)
        let changes = Change.from(before, to: after)
        #expect(changes.map(\.place) == [.assigns, .assigns, .assigns, .component(component), .url])
        #expect(changes.map(\.key) == [.atom("b"), .atom("c"), .atom("d"), .atom("x"), nil])
        #expect(changes.map(\.before) == [2, 3, nil, 1, "/a"])
        #expect(changes.map(\.after) == [3, nil, 4, nil, nil])
        #expect(Change.from(before, to: before) == [])
    }

    @Test("A state is a term, the one that keyframes hold")
    func term() {
        #expect(State().term == .map(["assigns": .map([:]), "components": .map([:])]))
        #expect(
            State(assigns: ["n": 1], url: "/x").term
                == .map(["assigns": .map(["n": 1]), "components": .map([:]), "url": "/x"]))
        #expect(
            State(unsureSince: 70).term == .map(["assigns": .map([:]), "components": .map([:]), "unsure": 70]))
    }

    static let labels: [(Atom, Term, String)] = [
        ("mount", .map([:]), "mount"), ("event", .map(["name": "inc"]), "inc"),
        ("event", .map(["name": .atom("inc"), "params": .map([:])]), "inc"),
        (
            "event",
            .map([
                "name": "save",
                "params": .map(TermMap([.init("qty", "2"), .init("_target", "x"), .init("empty", "")])),
            ]), "save: qty=2"
        ),
        ("event", .map(["params": .map([:])]), "event"), ("event", 7, "event"),
        ("handle_params", .map(["url": "/a"]), "navigate → /a"),
        ("params", .map(["uri": "/orders"]), "navigate → /orders"),
        ("render", .map(["assigns": .map(["count": 1, "form": 2])]), "assigns count, form"),
        ("assigns", .map(["delta": .map(["count": 1])]), "assigns count"),
        ("assigns", .map(["snapshot": .map(["count": 1])]), "assigns count (all)"),
        ("log", .map(["level": .atom("error"), "message": "payment declined\nand more"]), "[error] payment declined"),
        ("exit", .map(["reason": "killed\nat"]), "exited: killed"),
        ("exit", .map(["reason": "KeyError", "file": "lib/cart.ex", "line": 7]), "exited: KeyError at lib/cart.ex:7"),
        ("exit", .map(["reason": "KeyError", "file": "lib/cart.ex"]), "exited: KeyError at lib/cart.ex"),
        ("gap", .map([:]), "events are missing"), ("gap", .map(["dropped": .map([:])]), "events are missing"),
        (
            "gap", .map(["dropped": .map(TermMap([.init("render", 3), .init("event", 1)]))]),
            "events are missing: event 1, render 3"
        ),
        ("viewport", .map(["width": 10, "height": 20]), "viewport 10 × 20"),
        ("viewport", .map(["width": 10]), "viewport"), ("käse", .map([:]), "käse"),
        ("component", .map([:]), "component"),
        (
            "component", .map(["module": .atom("Elixir.Shop.Cart"), "id": "c1", "assigns": .map(["n": 1])]),
            "Shop.Cart#c1 assigns n"
        ),
        ("component_destroyed", .map(["module": .atom("Elixir.Shop.Cart"), "id": "c1"]), "Shop.Cart#c1 removed"),
    ]

    @Test("An event has one line that says what happened", arguments: labels)
    func label(kind: Atom, payload: Term, text: String) throws {
        let reader = try RecordingReader(MemorySource(frame(.header()) + frame(.event(0, kind, payload))))
        #expect(try reader.next()?.label == text)
    }

    @Test("A label is one for every event, and never fails", arguments: 1...6 as ClosedRange<UInt64>)
    func anyLabel(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let reader = try RecordingReader(MemorySource(recording(of: generator.session(150))))
        while let event = try reader.next() { #expect(!event.label.isEmpty) }
    }
}

import ExternalTerm
import Reel
import TestPrograms
import Testing

/// What each event does to the state, rule by rule: Spec/recording.md §7.1.
@Suite("The fold")
struct FoldTests {
    struct Rule: CustomTestStringConvertible, Sendable {
        var name: String
        var events: [PlainEvent]
        var state: State

        init(_ name: String, _ events: [(Atom, Term)], _ state: State) {
            self.name = name
            self.events = events.map { PlainEvent(offset: 0, kind: $0.0, payload: $0.1) }
            self.state = state
        }

        var testDescription: String { name }
    }

    private static let cart = Term.tuple([.atom("Cart"), 1])
    private static func map(_ pairs: (Term, Term)...) -> Term { .map(TermMap(pairs.map { TermMap.Pair($0.0, $0.1) })) }
    private static func component(_ assigns: Term, id: Term = 1) -> (Atom, Term) {
        ("component", .map(["module": .atom("Cart"), "id": id, "assigns": assigns]))
    }
    private static let mount: (Atom, Term) = ("mount", .map(["assigns": .map(["a": 1, "b": 2])]))
    private static let mounted = State(assigns: ["a": 1, "b": 2])

    static let rules: [Rule] = [
        Rule("before anything there is nothing", [("beat", .map(["assigns": .map(["a": 1])]))], State()),
        Rule("mount makes the assigns", [mount], mounted),
        Rule("mount replaces them", [mount, ("mount", .map(["assigns": .map(["c": 3])]))], State(assigns: ["c": 3])),
        Rule("mount of nothing leaves nothing", [mount, ("mount", .map(["assigns": .map([:])]))], State()),
        Rule("mount without assigns changes nothing", [mount, ("mount", .map(["params": .map([:])]))], mounted),
        Rule(
            "mount with other assigns than a map changes nothing", [mount, ("mount", .map(["assigns": []]))], mounted),
        Rule("mount with another payload than a map changes nothing", [mount, ("mount", [1, 2])], mounted),
        Rule(
            "render replaces and adds", [mount, ("render", .map(["assigns": .map(["b": 3, "c": 4])]))],
            State(assigns: ["a": 1, "b": 3, "c": 4])),
        Rule(
            "nothing is merged deeper",
            [
                ("mount", .map(["assigns": .map(["m": .map(["x": 1, "y": 2])])])),
                ("render", .map(["assigns": .map(["m": .map(["x": 3])])])),
            ], State(assigns: ["m": .map(["x": 3])])),
        Rule("render needs no mount", [("render", .map(["assigns": .map(["b": 3])]))], State(assigns: ["b": 3])),
        Rule("render has no delta", [mount, ("render", .map(["delta": .map(["b": 3])]))], mounted),
        Rule(
            "a delta replaces and adds", [mount, ("assigns", .map(["delta": .map(["b": 3])]))],
            State(assigns: ["a": 1, "b": 3])),
        Rule(
            "a snapshot replaces all", [mount, ("assigns", .map(["snapshot": .map(["b": 3])]))],
            State(assigns: ["b": 3])),
        Rule(
            "a snapshot counts before a delta",
            [mount, ("assigns", .map(["snapshot": .map(["b": 3]), "delta": .map(["c": 4])]))], State(assigns: ["b": 3])),
        Rule(
            "a snapshot that is no map does not count",
            [mount, ("assigns", .map(["snapshot": .atom(.nil), "delta": .map(["c": 4])]))],
            State(assigns: ["a": 1, "b": 2, "c": 4])),
        Rule(
            "assigns without either change nothing", [mount, ("assigns", .map(["assigns": .map(["c": 4])]))], mounted),
        Rule(
            "keys may be binaries", [mount, ("render", map(("assigns", .map(["b": 3]))))],
            State(assigns: ["a": 1, "b": 3])),
        Rule(
            "of both keys the atom counts",
            [("render", map(("assigns", .map(["b": 3])), (.atom("assigns"), .map(["c": 4]))))], State(assigns: ["c": 4])
        ),
        Rule(
            "an atom that is no map counts all the same",
            [mount, ("render", map(("assigns", .map(["b": 3])), (.atom("assigns"), 1)))], mounted),
        Rule(
            "assigns may have any keys, and 1 and 1.0 are two",
            [("render", .map(["assigns": map((1, "i"), (1.0, "f"), ("t", "b"))]))],
            State(assigns: TermMap([.init(1, "i"), .init(1.0, "f"), .init("t", "b")]))),
        Rule(
            "a component has assigns of its own", [mount, component(.map(["a": 9]))],
            State(assigns: ["a": 1, "b": 2], components: TermMap([.init(cart, .map(["a": 9]))]))),
        Rule(
            "they are merged", [component(.map(["a": 9])), component(.map(["b": 8]))],
            State(components: TermMap([.init(cart, .map(["a": 9, "b": 8]))]))),
        Rule(
            "components differ by their id", [component(.map(["a": 9])), component(.map(["b": 8]), id: "1")],
            State(
                components: TermMap([.init(cart, .map(["a": 9])), .init(.tuple([.atom("Cart"), "1"]), .map(["b": 8]))]))
        ),
        Rule(
            "a component without assigns is there", [component(.map([:]))],
            State(components: TermMap([.init(cart, .map([:]))]))),
        Rule("a component whose assigns are no map is not", [component(1)], State()),
        Rule(
            "a component without an id is not", [("component", .map(["module": .atom("Cart"), "assigns": .map([:])]))],
            State()),
        Rule(
            "a component leaves with its assigns",
            [component(.map(["a": 9])), ("component_destroyed", .map(["module": .atom("Cart"), "id": 1]))], State()),
        Rule(
            "and comes back without them",
            [
                component(.map(["a": 9])), ("component_destroyed", .map(["module": .atom("Cart"), "id": 1])),
                component(.map(["b": 1])),
            ], State(components: TermMap([.init(cart, .map(["b": 1]))]))),
        Rule(
            "one that is not there leaves nothing",
            [mount, ("component_destroyed", .map(["module": .atom("Cart"), "id": 1]))], mounted),
        Rule(
            "one that is not named stays",
            [component(.map([:])), ("component_destroyed", .map(["module": .atom("Cart")]))],
            State(components: TermMap([.init(cart, .map([:]))]))),
        Rule(
            "mount leaves components and the address", [component(.map([:])), ("params", .map(["uri": "/a"])), mount],
            State(assigns: ["a": 1, "b": 2], components: TermMap([.init(cart, .map([:]))]), url: "/a")),
        Rule(
            "params name the address", [("params", .map(["uri": "/a"])), ("params", .map(["uri": "/b"]))],
            State(url: "/b")),
        Rule("so does handle_params", [("handle_params", .map(["url": "/a"]))], State(url: "/a")),
        Rule(
            "both may have either key, and uri counts",
            [("handle_params", .map(["uri": "/a", "url": "/b"])), ("params", .map(["url": "/c"]))], State(url: "/c")),
        Rule(
            "an address that is no text is none",
            [
                ("params", .map(["uri": "/a"])), ("params", .map(["uri": .atom(.nil), "url": "/b"])),
                ("params", .map(["uri": .binary([0xFF])])),
            ], State(url: "/a")),
        Rule("an address may be empty", [("params", .map(["uri": ""]))], State(url: "")),
        Rule("after a gap it is unsure", [mount, gap(["render": 1])], unsure),
        Rule("nobody knows what is missing", [mount, gap([:])], unsure),
        Rule("a gap that says nothing is one", [mount, ("gap", .map([:]))], unsure),
        Rule("and so is one with another payload than a map", [mount, ("gap", [1])], unsure),
        Rule("and one that counts in a list", [mount, ("gap", .map(["dropped": .list(["log"])]))], unsure),
        Rule(
            "what changes nothing may be missing", [mount, gap(["log": 9, "event": 1, "gap": 2, "x_y": 1])], mounted),
        Rule("one kind that changes something is enough", [mount, gap(["log": 9, "handle_params": 1])], unsure),
        Rule(
            "kinds may be atoms, and all keys binaries",
            [mount, ("gap", map(("dropped", map((.atom("params"), 1)))))], unsure),
        Rule("a number of none counts as one", [mount, gap(["component": 0])], unsure),
        Rule(
            "renders do not make it sure", [gap([:]), ("render", .map(["assigns": .map(["a": 1])]))], unsure(["a": 1])),
        Rule("a delta does not", [gap([:]), ("assigns", .map(["delta": .map(["a": 1])]))], unsure(["a": 1])),
        Rule("mount does not", [gap([:]), ("mount", .map(["assigns": .map(["a": 1])]))], unsure(["a": 1])),
        Rule(
            "a snapshot does", [mount, gap([:]), ("assigns", .map(["snapshot": .map(["c": 1])]))],
            State(assigns: ["c": 1])),
        Rule(
            "until the next gap", [gap([:]), ("assigns", .map(["snapshot": .map(["c": 1])])), gap(["mount": 1])],
            unsure(["c": 1])),
    ]

    private static func gap(_ dropped: [String: Int]) -> (Atom, Term) {
        (
            "gap",
            .map(["dropped": .map(TermMap(dropped.map { TermMap.Pair(.string($0.key), .integer($0.value)) }))])
        )
    }
    private static func unsure(_ assigns: TermMap) -> State { State(assigns: assigns, unsureSince: 0) }
    private static let unsure = unsure(["a": 1, "b": 2])

    @Test(
        "A state is what its events add up to, in one member, over keyframes, and in a plain recording",
        arguments: rules)
    func rule(_ rule: Rule) throws {
        #expect(NaiveFold.states(after: rule.events).last == rule.state)
        let index = rule.events.count - 1
        let whole = try recording(of: rule.events)
        let split = try recording(of: rule.events + [PlainEvent(1)], WriterOptions(memberByteCount: 1))
        for bytes in [whole, split, try Program.run("gzip", "-dc", input: split).output] {
            let file = try RecordingFile(MemorySource(bytes))
            #expect(try file.state(after: index) == rule.state)
            #expect(try file.state(after: try file.eventCount - 1) == rule.state)
        }
    }

    @Test("Values come out as they went in, whatever form they were written in")
    func values() throws {
        // An old atom, a list of integers, a long integer and keys in no order.
        let value: [UInt8] = [116, 0, 0, 0, 2, 100, 0, 1, 98, 108, 0, 0, 0, 1, 97, 1, 106, 100, 0, 1, 97, 110, 1, 0, 7]
        let event: [UInt8] =
            [131, 104, 3, 97, 0, 119, 6] + Array("render".utf8) + [116, 0, 0, 0, 1, 119, 7] + Array("assigns".utf8)
            + value
        let file = try RecordingFile(MemorySource(frame(.header()) + frame(event)))
        #expect(try file.state(after: 0).assigns == ["a": 7, "b": [1]])
    }
}

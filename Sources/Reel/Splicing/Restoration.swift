import ExternalTerm

/// What a session's view held, and the page as its visitor saw it, at some point.
struct Situation {
    var state = State()
    var page = Page()
    /// Files that the events before hold for pages, by their addresses.
    var assets: [String: PageAsset] = [:]
    /// The payload of the last event that said how large the visitor's window is, when it is known.
    var viewport: Term?

    /// At the start of a session.
    init() {}

    /// Before the event with this index, which is not the first.
    ///
    /// - Parameters:
    ///   - missing: the events before it that the new recording does not have.
    ///   - viewport: the payload of the last event that said how large the visitor's window is.
    init(
        before event: Int, of file: RecordingFile, missing: Range<Int>, viewport: Term?
    ) throws(ReelError) {
        state = try file.state(after: event - 1)
        page = try file.page(after: event - 1)
        assets = try file.recordedAssets(of: missing)
        self.viewport = viewport
    }
}

/// Events that nobody has recorded: they make one situation of another. Implements Spec/recording.md §7.1 and Spec/pages.md §10.
struct Restoration {
    /// An event that is to be written.
    struct Made {
        var offset: Int
        var kind: Atom
        var payload: Term
    }

    private(set) var events: [Made] = []

    /// Starts a recording in the middle of a session.
    ///
    /// - Parameters:
    ///   - offset: when the recording starts, by its own clock.
    ///   - shift: how many milliseconds later than in the session that is.
    init(starting situation: Situation, at offset: Int, shift: Int) {
        if let since = situation.state.unsureSince {
            let (moved, overflows) = since.addingReportingOverflow(shift)
            add(Gap.kind, Gap().payload, at: overflows ? 0 : max(moved, 0))
        }
        add("mount", .map(["assigns": .map(situation.state.assigns)]), at: offset)
        add(componentsOf: situation, at: offset)
        finish(situation, at: offset)
    }

    /// Goes on after events that are missing.
    ///
    /// - Parameters:
    ///   - missing: what is missing, and since when.
    ///   - offset: when the recording goes on.
    init(from before: State, to situation: Situation, missing: (gap: Gap, offset: Int), at offset: Int) {
        add(Gap.kind, missing.gap.payload, at: missing.offset)
        for (module, id) in before.components.keys.compactMap(Restoration.parts(of:)) {
            add("component_destroyed", .map(["module": module, "id": id]), at: offset)
        }
        add(componentsOf: situation, at: offset)
        // The whole state is known again, as Spec/recording.md §7.1 has it, unless it was not in the session.
        let isSure = situation.state.unsureSince == nil
        add(
            isSure ? "assigns" : "mount",
            .map([isSure ? "snapshot" : "assigns": .map(situation.state.assigns)]), at: offset)
        finish(situation, at: offset)
    }

    private mutating func add(_ kind: Atom, _ payload: Term, at offset: Int) {
        events.append(Made(offset: offset, kind: kind, payload: payload))
    }

    private mutating func add(componentsOf situation: Situation, at offset: Int) {
        for pair in situation.state.components.pairs {
            guard let (module, id) = Restoration.parts(of: pair.key) else { continue }
            add("component", .map(["module": module, "id": id, "assigns": pair.value]), at: offset)
        }
    }

    private mutating func finish(_ situation: Situation, at offset: Int) {
        // Assets have to come before the first page.
        for (href, asset) in situation.assets.sorted(by: { $0.key < $1.key }) {
            add(PageAsset.kind, asset.payload(at: href), at: offset)
        }
        if let url = situation.state.url { add("params", .map(["uri": .string(url)]), at: offset) }
        if let viewport = situation.viewport { add("viewport", viewport, at: offset) }
        guard case .list(let pageEvents) = situation.page.term else { return }
        for event in pageEvents {
            guard let elements = event.elements, elements.count == 2, let kind = elements[0].atom else { continue }
            add(kind, elements[1], at: offset)
        }
    }

    /// The module and the id that a component's key is of.
    private static func parts(of key: Term) -> (module: Term, id: Term)? {
        guard let elements = key.elements, elements.count == 2 else { return nil }
        return (elements[0], elements[1])
    }
}

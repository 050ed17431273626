public import ExternalTerm

/// What a session's view held after some event. Implements Spec/recording.md §7.
public struct State: Hashable, Sendable {
    /// The view's assigns.
    public var assigns: TermMap
    /// The assigns of each component on the page; the keys are `{Module, Id}`.
    public var components: TermMap
    /// The address that the session was at, or nil before its first navigation.
    public var url: String?
    /// Since when the state is unsure, in milliseconds from the session's start, or nil when it is sure.
    ///
    /// Events are missing that may have changed an unsure state: it is what the recorded ones add up to, and the view may have held
    /// something else. The next `assigns` with a `snapshot` makes it sure again. Implements Spec/recording.md §7.1.
    public var unsureSince: Int?

    /// Creates a state, by default an empty one that is sure.
    public init(assigns: TermMap = [:], components: TermMap = [:], url: String? = nil, unsureSince: Int? = nil) {
        self.assigns = assigns
        self.components = components
        self.url = url
        self.unsureSince = unsureSince
    }

    /// The state as a keyframe holds it: `#{assigns, components, url, unsure}`, the last two only when there is something to say.
    public var term: Term {
        var map: TermMap = ["assigns": .map(assigns), "components": .map(components)]
        if let url { map[atom: "url"] = .string(url) }
        if let unsureSince { map[atom: "unsure"] = .integer(unsureSince) }
        return .map(map)
    }
}

public import ExternalTerm

/// What a session's view held after some event. Implements Spec/recording.md §7.
public struct State: Hashable, Sendable {
    /// The view's assigns.
    public var assigns: TermMap
    /// The assigns of each component on the page; the keys are `{Module, Id}`.
    public var components: TermMap
    /// The address that the session was at, or nil before its first navigation.
    public var url: String?

    /// Creates a state, empty unless told otherwise.
    public init(assigns: TermMap = [:], components: TermMap = [:], url: String? = nil) {
        self.assigns = assigns
        self.components = components
        self.url = url
    }

    /// The state as a keyframe holds it: `#{assigns, components, url}`, the last one only when it is known.
    public var term: Term {
        var map: TermMap = ["assigns": .map(assigns), "components": .map(components)]
        if let url { map[atom: "url"] = .string(url) }
        return .map(map)
    }
}

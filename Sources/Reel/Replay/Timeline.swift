public import ExternalTerm

/// What a player asks of a recording: the state at an event, and what the event changed. Implements Spec/recording.md §7.
///
/// ```swift
/// let timeline = Timeline(try RecordingFile(InputFile("session.reel")))
/// let state = try timeline.state(after: 12)
/// for change in try timeline.changes(at: 12) { print(change.key ?? "url", change.after ?? "removed") }
/// ```
public struct Timeline {
    /// The recording.
    public let file: RecordingFile

    /// Creates a timeline over `file`.
    public init(_ file: RecordingFile) { self.file = file }

    /// What the view held after the event with this index.
    ///
    /// - Throws: ``ReelError``, of the kind `noSuchEvent` when there is no such event.
    /// - Complexity: reads the members from the last one before the event that starts with a keyframe to the event's own.
    public func state(after index: Int) throws(ReelError) -> State { try file.state(after: index) }

    /// The page after the event with this index, as far as the recording holds pages. Implements Spec/pages.md.
    ///
    /// - Throws: ``ReelError``, of the kind `noSuchEvent` when there is no such event.
    /// - Complexity: reads the members from the last one before the event that starts with a keyframe that holds a page.
    public func page(after index: Int) throws(ReelError) -> Page { try file.page(after: index) }

    /// What the event with this index changed, the view's assigns first, in the order of their keys.
    ///
    /// An assign that was set to what it had been already is no change.
    ///
    /// - Throws: ``ReelError``, of the kind `noSuchEvent` when there is no such event.
    public func changes(at index: Int) throws(ReelError) -> [Change] {
        let after = try file.state(after: index)
        return Change.from(index > 0 ? try file.state(after: index - 1) : State(), to: after)
    }
}

/// A difference between two states.
public struct Change: Hashable, Sendable {
    /// Where a change is.
    public enum Place: Hashable, Sendable {
        /// In the view's assigns.
        case assigns
        /// In the assigns of a component, `{Module, Id}`.
        case component(Term)
        /// In the address.
        case url
    }

    /// Where the change is.
    public var place: Place
    /// Which assign changed; nil for the address.
    public var key: Term?
    /// What it was, or nil when there was none.
    public var before: Term?
    /// What it is, or nil when there is none any more.
    public var after: Term?

    /// The differences between two states, the view's assigns first, in the order of their keys.
    public static func from(_ before: State, to after: State) -> [Change] {
        var changes = differences(before.assigns, after.assigns, in: .assigns)
        for component in Set(before.components.keys + after.components.keys).sorted() {
            changes += differences(
                before.components[component]?.map ?? TermMap(), after.components[component]?.map ?? TermMap(),
                in: .component(component))
        }
        if before.url != after.url {
            changes.append(
                Change(
                    place: .url, key: nil, before: before.url.map { .string($0) }, after: after.url.map { .string($0) })
            )
        }
        return changes
    }

    private static func differences(_ before: TermMap, _ after: TermMap, in place: Place) -> [Change] {
        Set(before.keys + after.keys).sorted().compactMap { key in
            before[key] == after[key] ? nil : Change(place: place, key: key, before: before[key], after: after[key])
        }
    }
}

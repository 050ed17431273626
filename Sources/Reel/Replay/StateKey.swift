import ExternalTerm

/// A key of assigns or of components: two are equal when a map takes them for the same key, though they may be different
/// terms, such as `0.0` and `-0.0`. Implements Spec/terms.md §5.
struct StateKey: Hashable, Comparable, Sendable {
    let term: Term

    init(_ term: Term) { self.term = term }

    static func < (left: StateKey, right: StateKey) -> Bool { left.term < right.term }

    static func == (left: StateKey, right: StateKey) -> Bool {
        // Most keys are atoms, and equal terms are the same key.
        if left.term == right.term { return true }
        if case .atom = left.term { return false }
        return !(left.term < right.term) && !(right.term < left.term)
    }

    func hash(into hasher: inout Hasher) { StateKey.hash(term, into: &hasher) }

    /// Hashes what terms that are the same key have in common.
    private static func hash(_ term: Term, into hasher: inout Hasher) {
        switch term {
        case .float(let value): hasher.combine(value)
        case .tuple(let elements):
            for element in elements { hash(element, into: &hasher) }
        case .list(let elements):
            for element in elements { hash(element, into: &hasher) }
        case .map(let map): hasher.combine(map.count)
        case .improperList, .reference, .record, .localFunction: break
        default: hasher.combine(term)
        }
    }
}

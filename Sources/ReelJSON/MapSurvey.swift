import ExternalTerm

/// What has to be known of maps before they are written, found in one walk over a term however deep its maps nest.
///
/// Maps are noted in the order in which they start, which is the order in which they are written.
struct MapSurvey {
    /// A map of the term.
    struct Map {
        /// Where it starts.
        var start: Int
        /// Where it ends.
        var end = 0
        /// Whether all keys are strings that an object may have as they are: see Spec/json.md §4.7.
        var hasObjectKeys = true
        /// Whether all values are the empty list, as those of a set are.
        var hasOnlyEmptyLists = true
        /// Where the values of the keys that are atoms stand, when they are few; empty otherwise.
        var fields: [Field] = []
        fileprivate var count: Int
    }

    /// A pair of a map whose key is an atom.
    struct Field {
        var key: TermToken.AtomText
        var value: Int
    }

    /// The maps, in the order in which they start.
    private(set) var maps: [Map] = []

    /// The most pairs of a map whose fields are noted: no struct that is known has more.
    private static let mostFields = 16

    private struct Container {
        /// Which map this is, or nil.
        var map: Int?
        var remaining: Int
    }

    /// Surveys the valid term at `start`.
    init(_ bytes: Span<UInt8>, at start: Int, notesFields: Bool) throws(TermError) {
        var open = [Container(map: nil, remaining: 1)]
        var offset = start
        while let top = open.indices.last {
            guard open[top].remaining > 0 else {
                if let map = open[top].map { maps[map].end = offset }
                open.removeLast()
                continue
            }
            open[top].remaining -= 1
            let token: TermToken
            let tokenStart = offset
            (token, offset) = try KnownTerm.token(of: bytes, at: offset)
            if let map = open[top].map {
                note(token, at: tokenStart, isKey: open[top].remaining & 1 == 1, in: map, notesFields, bytes)
            }
            switch token {
            case .map(let count):
                open.append(Container(map: maps.count, remaining: 2 * count))
                maps.append(Map(start: tokenStart, count: count))
            default:
                let following = token.contentCount
                if following > 0 { open.append(Container(map: nil, remaining: following)) }
            }
        }
    }

    private mutating func note(
        _ token: TermToken, at offset: Int, isKey: Bool, in map: Int, _ notesFields: Bool, _ bytes: Span<UInt8>
    ) {
        guard isKey else {
            if token != .nil { maps[map].hasOnlyEmptyLists = false }
            if notesFields, let last = maps[map].fields.indices.last, maps[map].fields[last].value < 0 {
                maps[map].fields[last].value = offset
            }
            return
        }
        if maps[map].hasObjectKeys { maps[map].hasObjectKeys = TaggedMapping.isObjectKey(token, of: bytes) }
        if notesFields, maps[map].count <= MapSurvey.mostFields, case .atom(let text) = token {
            maps[map].fields.append(Field(key: text, value: -1))
        }
    }
}

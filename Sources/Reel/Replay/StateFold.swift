import ExternalTerm
import Zlib

/// What the events so far add up to, folded over their encoded bytes: only what changes is looked at, nothing is decoded.
///
/// Implements Spec/recording.md §7.
struct StateFold: Sendable {
    /// The view's assigns, each value encoded.
    private(set) var assigns: [StateKey: [UInt8]] = [:]
    /// The assigns of the components that are on the page, by `{Module, Id}`.
    private(set) var components: [StateKey: [StateKey: [UInt8]]] = [:]
    /// The address that the session is at, or nil before the first navigation.
    private(set) var url: String?
    /// Since when the state is unsure, in milliseconds from the session's start, or nil when it is sure.
    private(set) var unsureSince: Int?
    /// About how many bytes the state takes, encoded.
    private(set) var byteCount = 0

    init() {}

    /// Applies an event. Events of other kinds, and payloads of other shapes, change nothing.
    ///
    /// - Returns: whether the event changed the state.
    @discardableResult
    mutating func apply(_ head: EventHead, of bytes: Span<UInt8>) throws(TermError) -> Bool {
        let payload = head.payload
        switch head.kind.name {
        case "mount":
            guard let pairs = try assignsOf("assigns", payload, bytes) else { return false }
            replaceAssigns(pairs, of: bytes)
        case "assigns":
            if let pairs = try assignsOf("snapshot", payload, bytes) {
                replaceAssigns(pairs, of: bytes)
                unsureSince = nil
            } else if let pairs = try assignsOf("delta", payload, bytes) {
                mergeAssigns(pairs, of: bytes)
            } else {
                return false
            }
        case "render":
            guard let pairs = try assignsOf("assigns", payload, bytes) else { return false }
            mergeAssigns(pairs, of: bytes)
        case "component":
            guard let key = try componentKey(payload, bytes), let pairs = try assignsOf("assigns", payload, bytes)
            else { return false }
            var component = components[key] ?? [:]
            merge(pairs, of: bytes, into: &component)
            components[key] = component
        case "component_destroyed":
            guard let key = try componentKey(payload, bytes), let component = components.removeValue(forKey: key)
            else { return false }
            byteCount -= component.reduce(0) { $0 + StateFold.byteCount(of: $1.key.term, $1.value) }
        case "params", "handle_params":
            var value = try EncodedTerm.value(of: "uri", in: bytes, at: payload.lowerBound)
            if value == nil { value = try EncodedTerm.value(of: "url", in: bytes, at: payload.lowerBound) }
            guard let value, let text = try EncodedTerm.term(bytes, at: value).text else { return false }
            url = text
        case Gap.kind.name:
            guard unsureSince == nil, try Gap.mayChangeState(payload, of: bytes) else { return false }
            unsureSince = head.offset
        default:
            return false
        }
        return true
    }

    private func assignsOf(
        _ name: Atom, _ payload: Range<Int>, _ bytes: Span<UInt8>
    ) throws(TermError) -> [(key: Term, value: Range<Int>)]? {
        guard let value = try EncodedTerm.value(of: name, in: bytes, at: payload.lowerBound) else { return nil }
        return try EncodedTerm.pairs(of: bytes, at: value)
    }

    private func componentKey(_ payload: Range<Int>, _ bytes: Span<UInt8>) throws(TermError) -> StateKey? {
        guard let module = try EncodedTerm.value(of: "module", in: bytes, at: payload.lowerBound),
            let id = try EncodedTerm.value(of: "id", in: bytes, at: payload.lowerBound)
        else { return nil }
        return StateKey(.tuple([try EncodedTerm.term(bytes, at: module), try EncodedTerm.term(bytes, at: id)]))
    }

    private mutating func replaceAssigns(_ pairs: [(key: Term, value: Range<Int>)], of bytes: Span<UInt8>) {
        byteCount -= assigns.reduce(0) { $0 + StateFold.byteCount(of: $1.key.term, $1.value) }
        assigns.removeAll(keepingCapacity: true)
        mergeAssigns(pairs, of: bytes)
    }

    private mutating func mergeAssigns(_ pairs: [(key: Term, value: Range<Int>)], of bytes: Span<UInt8>) {
        // Taken out for the time of the merge, so that it is changed in place.
        var merged: [StateKey: [UInt8]] = [:]
        swap(&merged, &assigns)
        merge(pairs, of: bytes, into: &merged)
        assigns = merged
    }

    private mutating func merge(
        _ pairs: [(key: Term, value: Range<Int>)], of bytes: Span<UInt8>, into component: inout [StateKey: [UInt8]]
    ) {
        for pair in pairs {
            let value = bytes.array(pair.value)
            byteCount += StateFold.byteCount(of: pair.key, value)
            let key = StateKey(pair.key)
            if let old = component[key] { byteCount -= StateFold.byteCount(of: pair.key, old) }
            // Unlike `updateValue`, this keeps the key that is there already.
            component[key] = value
        }
    }

    private static func byteCount(of key: Term, _ value: [UInt8]) -> Int {
        if case .atom(let atom) = key { return atom.name.utf8.count + 2 + value.count }
        return key.external.count - 1 + value.count
    }
}

// MARK: - Keyframes

extension StateFold {
    /// Writes the state as a keyframe holds it: `#{assigns, components, page, url, unsure}`.
    ///
    /// - Parameter page: the page, encoded.
    func write(to writer: inout TermWriter, page: [UInt8]? = nil) throws(TermError) {
        let rest = [page != nil, unsureSince != nil, url != nil].count { $0 }
        writer.writeMapHead(count: 2 + rest)
        writer.write(atom: "assigns")
        try StateFold.write(assigns, to: &writer)
        writer.write(atom: "components")
        writer.writeMapHead(count: components.count)
        for (key, component) in components.sorted(by: { $0.key < $1.key }) {
            writer.write(key.term)
            try StateFold.write(component, to: &writer)
        }
        if let page {
            var transcoder = CanonicalTranscoder(limits: .trusted)
            writer.write(atom: "page")
            _ = try transcoder.transcodeTerm(page.span, at: 0, into: &writer)
        }
        if let unsureSince {
            writer.write(atom: "unsure")
            writer.write(integer: unsureSince)
        }
        if let url {
            writer.write(atom: "url")
            writer.write(string: url)
        }
    }

    private static func write(_ assigns: [StateKey: [UInt8]], to writer: inout TermWriter) throws(TermError) {
        var transcoder = CanonicalTranscoder(limits: .trusted)
        writer.writeMapHead(count: assigns.count)
        for (key, value) in assigns.sorted(by: { $0.key < $1.key }) {
            writer.write(key.term)
            _ = try transcoder.transcodeTerm(value.span, at: 0, into: &writer)
        }
    }

    /// Reads the state of a keyframe, or returns nil when the term there is no state.
    init?(_ bytes: Span<UInt8>, at offset: Int) throws(TermError) {
        guard let fields = try EncodedTerm.pairs(of: bytes, at: offset) else { return nil }
        // Unlike those of payloads, its keys are atoms.
        func value(of name: Atom) -> Range<Int>? { fields.first { $0.key == .atom(name) }?.value }
        guard let assigns = value(of: "assigns"),
            let assignPairs = try EncodedTerm.pairs(of: bytes, at: assigns.lowerBound)
        else { return nil }
        mergeAssigns(assignPairs, of: bytes)
        if let components = value(of: "components") {
            guard let pairs = try EncodedTerm.pairs(of: bytes, at: components.lowerBound) else { return nil }
            for pair in pairs {
                guard let content = try EncodedTerm.pairs(of: bytes, at: pair.value.lowerBound),
                    pair.key.elements?.count == 2
                else { return nil }
                var component: [StateKey: [UInt8]] = [:]
                merge(content, of: bytes, into: &component)
                self.components[StateKey(pair.key)] = component
            }
        }
        if let url = value(of: "url") {
            self.url = try EncodedTerm.term(bytes, at: url.lowerBound).text
        }
        if let unsure = value(of: "unsure") {
            self.unsureSince = try EncodedTerm.term(bytes, at: unsure.lowerBound).integer.flatMap { $0 >= 0 ? $0 : nil }
        }
    }
}

// MARK: - Values

extension StateFold {
    /// The state as terms, of which it may have so many in all.
    func state(_ limits: TermLimits = .trusted) throws(TermError) -> State {
        var map: [TermMap.Pair] = []
        var remaining = limits.treeTermCount
        for (key, component) in components {
            map.append(TermMap.Pair(key.term, .map(try StateFold.decoded(component, &remaining))))
        }
        return State(
            assigns: try StateFold.decoded(assigns, &remaining), components: TermMap(map), url: url,
            unsureSince: unsureSince)
    }

    private static func decoded(_ assigns: [StateKey: [UInt8]], _ remaining: inout Int) throws(TermError) -> TermMap {
        var pairs: [TermMap.Pair] = []
        pairs.reserveCapacity(assigns.count)
        for (key, value) in assigns {
            pairs.append(
                TermMap.Pair(key.term, try Term.decode(value.span, at: 0, limits: .trusted, spending: &remaining)))
        }
        return TermMap(pairs)
    }
}

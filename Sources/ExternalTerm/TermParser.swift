/// Reads a term token by token, where it stands: no tree is built, and nothing is allocated but for keys that are
/// containers.
///
/// The parser checks what `binary_to_term` checks, nesting and duplicate keys included, so that tokens that have been
/// returned up to the end of a term are those of a valid one. Its stack is on the heap and bounded by
/// ``TermLimits/depth``.
///
/// ```swift
/// var parser = TermParser(bytes.span, at: 1)  // after the leading 131
/// while let token = try parser.next() {
///     if case .atom(let text) = token { print(bytes.span.atom(text)) }
/// }
/// ```
///
/// Compressed terms have to be inflated first: see ``withTermParser(over:limits:_:)``. Implements Spec/terms.md §3.
public struct TermParser: ~Escapable {
    private var reader: TokenReader
    private let depthLimit: Int
    private var open: [Container] = []
    private var isStarted = false
    /// Where the keys of the maps that are open start, outermost map first; not those of maps inside a key.
    ///
    /// Of a key that is a container, the bitwise complement of where its canonical form starts in `canonicalKeys`.
    private var keyStarts: [Int] = []
    private var canonicalKeys = TermWriter()
    private var transcoder: CanonicalTranscoder
    /// How many containers enclose the key that is being read, if it is a container: it has been checked as a whole.
    private var checkedKeyDepth: Int?

    /// A container that some terms are still to come for.
    private struct Container {
        var kind: Kind
        var remaining: Int
        /// Where the container starts.
        var start: Int
        /// From where a map's keys are in `keyStarts`.
        var firstKey: Int

        /// What the container is; `emptyList` is a list without elements so far, which is nothing but its tail.
        enum Kind { case sequence, list, emptyList, map }
    }

    /// Creates a parser of the term that starts at `offset`, without a leading 131.
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>, at offset: Int = 0, limits: TermLimits = .default) {
        reader = TokenReader(bytes, at: offset)
        depthLimit = limits.depth
        transcoder = CanonicalTranscoder(limits: limits)
    }

    /// The bytes that the parser reads.
    public var bytes: Span<UInt8> {
        @_lifetime(copy self) get { reader.bytes }
    }

    /// Where the next token starts; after the last one, where the term ends.
    public var offset: Int { reader.offset }

    /// How many containers are open.
    public var depth: Int { open.count }

    /// Starts over with the term that follows the one just read, keeping what memory the parser has.
    public mutating func startNextTerm() {
        open.removeAll(keepingCapacity: true)
        keyStarts.removeAll(keepingCapacity: true)
        canonicalKeys.bytes.removeAll(keepingCapacity: true)
        checkedKeyDepth = nil
        isStarted = false
    }

    /// Reads the next token, or returns nil after the term's last one.
    ///
    /// - Throws: ``TermError`` when the bytes there are no valid token or end a map with a key twice.
    /// - Complexity: O(1), but O(*n* log *n*) at the end of a map whose keys are not in order, and in the size of a key
    ///   that is a container at its start.
    public mutating func next() throws(TermError) -> TermToken? {
        guard !isStarted || !open.isEmpty else { return nil }
        isStarted = true
        let start = reader.offset
        let token = try reader.next()
        if let top = open.last, top.kind == .map, top.remaining.isMultiple(of: 2), checkedKeyDepth == nil {
            try noteKey(token, at: start)
        }
        if let top = open.indices.last {
            open[top].remaining -= 1
            if open[top].remaining == 0, try continuesList(token) { return token }
        }
        let following = token.followingTermCount
        if following > 0 {
            let kind: Container.Kind =
                switch token {
                case .map: .map
                case .list(let count): count > 0 ? .list : .emptyList
                default: .sequence
                }
            if kind != .emptyList { try checkDepth(open.count) }
            open.append(Container(kind: kind, remaining: following, start: start, firstKey: keyStarts.count))
        } else {
            try closeContainers()
        }
        return token
    }

    /// Notes a key of a map that is in no key itself. When it is a container, it is checked as a whole before any of it
    /// is returned, so that no map inside it has to be compared at each level again.
    private mutating func noteKey(_ token: TermToken, at start: Int) throws(TermError) {
        guard token.followingTermCount > 0 else { return keyStarts.append(start) }
        keyStarts.append(~canonicalKeys.bytes.count)
        _ = try transcoder.transcodeTerm(reader.bytes, at: start, enclosedBy: open.count, into: &canonicalKeys)
        checkedKeyDepth = open.count
    }

    /// Takes what may be the tail of the list on top: a list there goes on with the one on top, and is no deeper.
    private mutating func continuesList(_ token: TermToken) throws(TermError) -> Bool {
        let top = open.count - 1
        guard open[top].kind == .list || open[top].kind == .emptyList else { return false }
        if case .list(let count) = token {
            if open[top].kind == .emptyList, count > 0 {
                try checkDepth(top)
                open[top].kind = .list
            }
            open[top].remaining = count + 1
            return true
        }
        // The tail of a list without elements stands where the list would.
        if open[top].kind == .emptyList { open.removeLast() }
        return false
    }

    /// Checks that the terms in a container whose head has been read may be so deep.
    private func checkDepth(_ depth: Int) throws(TermError) {
        guard depth < depthLimit else {
            throw TermError(.limitExceeded, at: reader.offset, "terms nested deeper than \(depthLimit)")
        }
    }

    /// Reads the rest of the term: all that is left of it, without returning tokens.
    public mutating func skipToEnd() throws(TermError) {
        if !isStarted {
            if try skipCommonTerm() { return }
            _ = try next()
        }
        try skip(toDepth: 0)
    }

    /// Reads one whole term, from where a term may start.
    ///
    /// - Returns: where the term stands.
    public mutating func skipTerm() throws(TermError) -> Range<Int>? {
        let start = reader.offset
        let depth = open.count
        if try skipCommonTerm() { return start..<reader.offset }
        guard try next() != nil else { return nil }
        try skip(toDepth: depth)
        return start..<reader.offset
    }

    /// Goes past a whole term of the kinds that most consist of, where nothing but a term that ends by itself may stand.
    ///
    /// Returns false, and stays, before anything else.
    private mutating func skipCommonTerm() throws(TermError) -> Bool {
        if isStarted {
            guard let top = open.last, checkedKeyDepth == nil else { return false }
            switch top.kind {
            case .sequence: break
            case .map where top.remaining & 1 == 1: break
            case .list where top.remaining > 1: break
            default: return false
            }
        }
        guard let end = CommonTerm.end(of: reader.bytes, at: reader.offset, room: depthLimit - open.count) else {
            return false
        }
        isStarted = true
        reader.rewind(to: end)
        if let top = open.indices.last {
            open[top].remaining -= 1
            try closeContainers()
        }
        return true
    }

    /// Reads on until no more than `depth` containers are open.
    private mutating func skip(toDepth depth: Int) throws(TermError) {
        while open.count > depth {
            let top = open.count - 1
            let start = reader.offset
            guard reader.skipCommonLeaf() else {
                _ = try next()
                continue
            }
            if open[top].kind == .map, open[top].remaining & 1 == 0, checkedKeyDepth == nil {
                keyStarts.append(start)
            }
            open[top].remaining -= 1
            if open[top].remaining == 0 {
                // What no list goes on with ends a list.
                if open[top].kind == .emptyList { open.removeLast() }
                try closeContainers()
            }
        }
    }

    private mutating func closeContainers() throws(TermError) {
        while true {
            let isInKey = checkedKeyDepth != nil
            // The key ends where no more containers are open than when it started.
            if let depth = checkedKeyDepth, open.count <= depth { checkedKeyDepth = nil }
            guard let top = open.last, top.remaining == 0 else { return }
            open.removeLast()
            guard top.kind == .map, !isInKey else { continue }
            guard try !hasDuplicateKey(from: top.firstKey) else {
                throw TermError(.duplicateKey, at: top.start, "a map that names a key twice")
            }
            keyStarts.removeSubrange(top.firstKey...)
        }
    }

    /// Whether a key of a map, all of which have been read, comes twice.
    private mutating func hasDuplicateKey(from firstKey: Int) throws(TermError) -> Bool {
        let keys = keyStarts[firstKey...]
        guard let firstContainer = keys.first(where: { $0 < 0 }) else {
            if MapKeys.areAscending(in: reader.bytes, starts: keys) { return false }
            return MapKeys.order(in: reader.bytes, starts: Array(keys)) == []
        }
        defer { canonicalKeys.bytes.removeSubrange((~firstContainer)...) }
        guard keys.count > 1 else { return false }
        var starts: [Int] = []
        for key in keys {
            starts.append(key < 0 ? ~key : canonicalKeys.bytes.count)
            guard key >= 0 else { continue }
            _ = try transcoder.transcodeTerm(reader.bytes, at: key, into: &canonicalKeys)
        }
        return MapKeys.order(in: canonicalKeys.bytes.span, starts: starts) == []
    }
}

/// Calls `body` with a parser of a whole stored term: one that starts with 131, compressed or not.
///
/// - Returns: what `body` returns, and how many bytes the term takes at the start of `bytes`.
/// - Throws: ``TermError`` when the term is invalid, LOCAL_EXT, or longer than what `body` read of it.
public func withTermParser<Result>(
    over bytes: Span<UInt8>, limits: TermLimits = .default,
    _ body: (inout TermParser) throws(TermError) -> Result
) throws(TermError) -> (result: Result, byteCount: Int) {
    switch try TermEnvelope.open(bytes, limits: limits) {
    case .plain(let start):
        var parser = TermParser(bytes, at: start, limits: limits)
        let result = try body(&parser)
        try parser.skipToEnd()
        return (result, parser.offset)
    case .inflated(let content, let byteCount):
        do throws(TermError) {
            var parser = TermParser(content.span, at: 0, limits: limits)
            let result = try body(&parser)
            try parser.skipToEnd()
            return (result, byteCount)
        } catch {
            throw error.inCompressedTerm
        }
    case .local(let range):
        throw TermError(.unknownTag, at: range.lowerBound, "LOCAL_EXT (121), which only the node that wrote it reads")
    }
}

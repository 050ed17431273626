import ExternalTerm

/// What the events of a page add up to. Keyframes are made of it.
///
/// Events are kept as they are and merged when a keyframe may be due: a recording that is too short for one costs no merging.
struct PageFold: Sendable {
    private var page = Page()
    private var pending: [(kind: Atom, payload: [UInt8])] = []
    private var pendingByteCount = 0
    /// How many diffs a reader has to merge since the last keyframe.
    private(set) var diffCount = 0
    /// Whether there has been an event of a page.
    private(set) var isThere = false

    init() {}

    /// The page that a keyframe holds, or nil when the term has not that form.
    init?(_ encoded: [UInt8]) {
        guard let term = try? EncodedTerm.term(encoded.span, at: 0), let page = Page(term) else { return nil }
        self.page = page
        isThere = page.byteCount > 0
    }

    /// Takes an event in.
    ///
    /// - Returns: whether it may have changed the page.
    mutating func apply(kind: Atom, payload: Range<Int>, of bytes: Span<UInt8>) -> Bool {
        guard Page.isChanged(by: kind), isThere || kind != Page.gap else { return false }
        isThere = true
        if kind == Page.diff { diffCount += 1 }
        pending.append((kind, bytes.array(payload)))
        pendingByteCount += payload.count
        return true
    }

    /// Takes in that events are missing.
    mutating func applyGap() {
        merge()
        page.apply(kind: Page.gap, payload: .map([:]))
    }

    /// About how many bytes the page takes. What waits to be merged stays as long as it is smaller than that.
    mutating func byteCount() -> Int {
        if pendingByteCount > page.byteCount { merge() }
        return page.byteCount
    }

    /// The page for a keyframe, or nil when there has been none. Diffs are counted from here on.
    mutating func takeTerm() -> Term? {
        diffCount = 0
        guard isThere else { return nil }
        merge()
        return page.term
    }

    private mutating func merge() {
        for (kind, payload) in pending {
            // What has been appended is a term; one that is deeper than trees may be is no page.
            guard let payload = try? EncodedTerm.term(payload.span, at: 0) else { continue }
            page.apply(kind: kind, payload: payload)
        }
        pending.removeAll()
        pendingByteCount = 0
    }
}

public import ExternalTerm

/// The page of a session as its visitor saw it, as far as the events that have been applied make it. Implements Spec/pages.md.
///
/// ```swift
/// var page = Page()
/// try recording.forEachEvent { event in
///     if Page.isChanged(by: event.kind) { page.apply(kind: event.kind, payload: try event.payload) }
///     return true
/// }
/// let html = try page.written().text
/// ```
///
/// Copies share what does not change, so that a page may be kept for each point of a session.
public struct Page: Sendable {
    private var document: Document?
    private var root: [UInt8]?
    /// The regions, and their ids in the order in which they first joined.
    private(set) var regions: [[UInt8]: PageRegion] = [:]
    private var order: [[UInt8]] = []
    /// Why regions are unsure.
    private var unsure: [[UInt8]: String] = [:]
    /// Diffs of regions that have not joined.
    private var waiting: [(id: [UInt8], payload: TermMap)] = []
    private var title: [UInt8]?
    private var asksForDefaultTitle = false
    /// Why the page is unsure, when that is of no region.
    private var loss: String?
    /// About how many bytes the document and the regions take.
    private(set) var byteCount = 0

    /// Creates a page without anything.
    public init() {}

    /// Whether events of a kind may change the page. Implements Spec/pages.md §2.
    public static func isChanged(by kind: Atom) -> Bool { Kind(rawValue: kind.name) != nil }

    /// The kind of the events that say that events are missing.
    static let gap: Atom = "gap"
    /// The kinds of the events that make a region and that change it.
    static let join: Atom = "page_join"
    static let diff: Atom = "page_diff"
    /// The kind of the events that say what stands around the root.
    static let document: Atom = "page"

    private enum Kind: String {
        case page
        case join = "page_join"
        case diff = "page_diff"
        case gap
    }

    /// Goes on by one event. Whatever is wrong with it, the page goes on, and is unsure.
    public mutating func apply(kind: Atom, payload: Term) {
        guard let kind = Kind(rawValue: kind.name) else { return }
        if kind == .gap { return applyGap() }
        guard case .map(let map) = payload, let id = map.pageValue("id")?.pageText, !id.isEmpty else {
            loss = "an event of the page has no id"
            return
        }
        switch kind {
        case .page: take(id, map)
        case .join: join(id, map.pageValue("tree"))
        case .diff: diff(id, map)
        case .gap: break
        }
    }

    private mutating func applyGap() {
        for id in order { unsure[id] = "events are missing" }
        // Among the diffs that wait for a join, one may be missing.
        if !waiting.isEmpty { loss = "events are missing" }
    }

    private mutating func take(_ id: [UInt8], _ payload: TermMap) {
        let element = payload.pageValue("element")
        guard let before = payload.pageValue("before")?.pageText, let after = payload.pageValue("after")?.pageText,
            element == nil || element?.pageText != nil
        else {
            loss = "a document that is malformed"
            return
        }
        let taken = Document(before: before, after: after, element: element?.pageText ?? Document.element(id))
        byteCount += taken.byteCount - (document?.byteCount ?? 0)
        document = taken
        root = id
    }

    private mutating func join(_ id: [UInt8], _ tree: Term?) {
        do throws(PageFault) {
            guard regions[id] != nil || order.count < PageLimits.regionCount else {
                throw PageFault("too many regions")
            }
            try set(id, try PageRegion(joining: tree))
        } catch {
            if regions[id] == nil { loss = error.reason } else { unsure[id] = error.reason }
            return
        }
        if root == nil { root = id }
        unsure[id] = nil
        if id == root { loss = nil }
        if let title = tree?.map?.pageValue("t")?.pageText {
            set(title)
        } else if id == root {
            asksForDefaultTitle = true
        }
        let diffs = waiting.filter { $0.id == id }
        guard !diffs.isEmpty else { return }
        waiting.removeAll { $0.id == id }
        for (id, payload) in diffs { diff(id, payload) }
    }

    private mutating func diff(_ id: [UInt8], _ payload: TermMap) {
        guard let region = regions[id] else {
            if waiting.count < PageLimits.waitingCount {
                waiting.append((id, payload))
            } else {
                loss = "too many diffs wait for their joins"
            }
            return
        }
        let diff = payload.pageValue("diff")
        do throws(PageFault) {
            try set(id, try region.merging(diff))
            if let title = diff?.map?.pageValue("t")?.pageText { set(title) }
        } catch {
            unsure[id] = error.reason
        }
    }

    private mutating func set(_ id: [UInt8], _ region: PageRegion) throws(PageFault) {
        let count = byteCount - (regions[id]?.byteCount ?? 0) + region.byteCount
        guard count <= PageLimits.byteCount else { throw PageFault("a page that is too large") }
        byteCount = count
        if regions.updateValue(region, forKey: id) == nil { order.append(id) }
    }

    private mutating func set(_ title: [UInt8]) {
        asksForDefaultTitle = title.allSatisfy(\.isHTMLSpace)
        if !asksForDefaultTitle { self.title = title }
    }
}

// MARK: - The text

extension Page {
    /// A page that has been put together.
    public struct Written: Hashable, Sendable {
        /// The document as the browser had it, or nil when no root has joined. It may hold anything: ``safeText`` is for showing.
        public var text: String?
        /// The document's title, or nil when there is no document.
        public var title: String?
        /// Why the page may be wrong, or nil when it is right.
        public var unsureReason: String?
    }

    /// The page as a text. Implements Spec/pages.md §8 and §9.
    ///
    /// - Throws: ``ReelError`` of the kind `limitExceeded` when the text is beyond the limits of Spec/pages.md §11.
    public func written() throws(ReelError) -> Written {
        guard let root, let region = regions[root] else { return Written(unsureReason: loss) }
        do throws(PageFault) {
            var reason = loss ?? unsure[root]
            let document = document ?? Document(id: root)
            let (before, after, title) = document.titled(title, asksForDefault: asksForDefaultTitle)
            let html = try html(root, region)
            reason = reason ?? html.unsureReason
            var text = before + document.element + html.text + document.endTag + after
            var readByteCount = 0
            for id in order where id != root {
                readByteCount += text.count
                guard readByteCount <= PageLimits.readByteCount else { throw PageFault("too many regions") }
                guard let region = regions[id], let place = Page.place(of: id, in: text) else { continue }
                let html = try self.html(id, region)
                text.replaceSubrange(place, with: html.text)
                reason = reason ?? html.unsureReason
                guard text.count <= PageLimits.byteCount else { throw PageFault("a page that is too large") }
            }
            return Written(
                text: String(decoding: text, as: UTF8.self), title: String(decoding: title, as: UTF8.self),
                unsureReason: reason)
        } catch {
            throw ReelError(.limitExceeded, error.reason, section: "pages.md §11")
        }
    }

    /// The HTML of a region by the DOM id of its element, the root's without one; nil when it has not joined.
    ///
    /// - Throws: ``ReelError`` of the kind `limitExceeded` when the text is beyond the limits of Spec/pages.md §11.
    public func html(ofRegion id: String? = nil) throws(ReelError) -> String? {
        guard let id = id.map({ Array($0.utf8) }) ?? root, let region = regions[id] else { return nil }
        do throws(PageFault) {
            return String(decoding: try html(id, region).text, as: UTF8.self)
        } catch {
            throw ReelError(.limitExceeded, error.reason, section: "pages.md §11")
        }
    }

    /// What stands around the root.
    var documentTexts: [[UInt8]] { document.map { [$0.before, $0.element, $0.after] } ?? [] }

    /// Whether a region has joined.
    package func hasRegion(_ id: [UInt8]) -> Bool { regions[id] != nil }

    /// A region as the tree of a join; nil when there is none, or when a tree cannot say all of it.
    package func tree(ofRegion id: [UInt8]) -> Term? {
        guard let (tree, rest) = regions[id]?.terms(title: nil), rest == nil else { return nil }
        return tree
    }

    /// Whether a region may be wrong, or has not joined.
    package func isUnsure(region id: [UInt8]) -> Bool { regions[id] == nil || unsure[id] != nil }

    private func html(
        _ id: [UInt8], _ region: PageRegion
    ) throws(PageFault) -> (text: [UInt8], unsureReason: String?) {
        var writing = PageWriting(region: region)
        try writing.write(region.tree, depth: 0)
        return (writing.bytes, unsure[id] ?? writing.hole.map { "the component \($0) is missing" })
    }

    /// What stands in the first element that has an id.
    private static func place(of id: [UInt8], in text: [UInt8]) -> Range<Int>? {
        var tags = PageTags(text)
        while let tag = tags.next() {
            guard !tag.isEnd, let value = tag.attribute("id"), PageTags.decoded(text[value]) == id else { continue }
            return tag.range.upperBound..<tags.endOfContent(of: tag)
        }
        return nil
    }
}

/// What stands around the root. Implements Spec/pages.md §2 and §8.3.
private struct Document: Sendable {
    var before: [UInt8]
    var after: [UInt8]
    var element: [UInt8]

    init(before: [UInt8], after: [UInt8], element: [UInt8]) {
        self.before = before
        self.after = after
        self.element = element
    }

    /// The document around a root of which none is known.
    init(id: [UInt8]) {
        let before = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title></title></head><body>"
        self.init(
            before: Array(before.utf8), after: Array("</body></html>".utf8), element: Document.element(id))
    }

    var byteCount: Int { before.count + after.count + element.count }

    static func element(_ id: [UInt8]) -> [UInt8] { Array("<div id=\"".utf8) + id + Array("\">".utf8) }

    /// The end tag of the root's element.
    var endTag: [UInt8] {
        guard element.first == UInt8(ascii: "<") else { return Array("</div>".utf8) }
        let name = element.dropFirst().prefix { !$0.isHTMLSpace && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ">") }
        return Array("</".utf8) + name + [UInt8(ascii: ">")]
    }

    /// The document with its title, and the title as a text.
    func titled(
        _ title: [UInt8]?, asksForDefault: Bool
    ) -> (before: [UInt8], after: [UInt8], title: [UInt8]) {
        if let (text, title) = Document.titled(before, title, asksForDefault) { return (text, after, title) }
        if let (text, title) = Document.titled(after, title, asksForDefault) { return (before, text, title) }
        return (before, after, Document.collapsed(PageTags.decoded((title ?? [])[...])))
    }

    private static func titled(
        _ text: [UInt8], _ title: [UInt8]?, _ asksForDefault: Bool
    ) -> (text: [UInt8], title: [UInt8])? {
        var tags = PageTags(text)
        while let tag = tags.next() {
            guard !tag.isEnd, tag.name.elementsEqual("title".utf8) else { continue }
            let range = tag.range.upperBound..<tags.endOfContent(of: tag)
            var content = Array(text[range])
            var other = title.map(escaped)
            if asksForDefault, let value = tag.attribute("data-default") { other = Array(text[value]) }
            if let other {
                let (prefix, suffix) = (tag.attribute("data-prefix"), tag.attribute("data-suffix"))
                content = (prefix.map { Array(text[$0]) } ?? []) + other + (suffix.map { Array(text[$0]) } ?? [])
            }
            var text = text
            text.replaceSubrange(range, with: content)
            return (text, collapsed(PageTags.decoded(content[...])))
        }
        return nil
    }

    private static func escaped(_ title: [UInt8]) -> [UInt8] {
        title.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "&"): Array("&amp;".utf8)
            case UInt8(ascii: "<"): Array("&lt;".utf8)
            default: [byte]
            }
        }
    }

    /// A text without white space at its ends, runs of it being one space.
    private static func collapsed(_ text: [UInt8]) -> [UInt8] {
        Array(text.split(whereSeparator: \.isHTMLSpace).joined(separator: [32]))
    }
}

// MARK: - Keyframes

extension Page {
    /// The events that make the page from nothing, as a keyframe holds them: a list of `{Kind, Payload}`. Implements
    /// Spec/pages.md §10.
    public var term: Term {
        var events: [Term] = []
        func add(_ kind: Kind, _ payload: TermMap) {
            events.append(.tuple([.atom(Atom(named: kind.rawValue) ?? .nil), .map(payload)]))
        }
        if let document, let root {
            add(
                .page,
                [
                    "after": .binary(document.after), "before": .binary(document.before),
                    "element": .binary(document.element), "id": .binary(root),
                ])
        }
        // The title comes with the root, unless it has not joined.
        let titled = root.flatMap { regions[$0] == nil ? nil : $0 } ?? order.first
        for id in order {
            guard let region = regions[id] else { continue }
            let (tree, rest) = region.terms(title: id == titled ? title : nil)
            add(.join, ["id": .binary(id), "tree": tree])
            if let rest { add(.diff, ["diff": rest, "id": .binary(id)]) }
            if id == titled, title != nil, asksForDefaultTitle {
                add(.diff, ["diff": .map(["t": .binary([])]), "id": .binary(id)])
            }
            if unsure[id] != nil { add(.diff, ["id": .binary(id)]) }
        }
        for (_, payload) in waiting { add(.diff, payload) }
        if loss != nil { add(.diff, [:]) }
        return .list(events)
    }

    /// The page that a keyframe holds, or nil when the term has not the form of Spec/pages.md §10.
    public init?(_ term: Term) {
        guard case .list(let events) = term else { return nil }
        self.init()
        for event in events {
            guard let parts = event.elements, parts.count == 2, let kind = parts[0].atom else { return nil }
            apply(kind: kind, payload: parts[1])
        }
    }
}

import ExternalTerm
import Reel

/// What of a session's pages may be recorded. Implements Spec/port.md §7.
///
/// It puts the page together as a reader does, so that it sees the HTML, and not only the pieces of it: what is in an element that is
/// marked, or is a password, can be told by that alone. Of a region that it cannot put together nothing is recorded.
struct PagePrivacy: Sendable {
    /// The page as it was sent.
    private var page = Page()
    private var secrets = SecretTexts()
    /// What the document's elements around the root do to it.
    private var rootEffect = PageMask.Effect.none
    private var root: [UInt8]?
    /// What becomes of regions that are in elements of other ones.
    private var effects: [[UInt8]: PageMask.Effect] = [:]
    /// Regions that are recorded as HTML, whole, until they join anew.
    private var whole: Set<[UInt8]> = []
    /// Regions in whose HTML there may be something to mask.
    private var delicate: Set<[UInt8]> = []
    /// Regions of which diffs came before their joins, with which they are recorded.
    private var early: Set<[UInt8]> = []

    /// Takes note of what a sanitizer has filtered.
    mutating func note(_ term: Term, sanitizedTo sanitized: Term) {
        secrets.insert(filteredFrom: term, to: sanitized)
    }

    /// Takes note of events that have never come.
    mutating func noteGap() { page.apply(kind: "gap", payload: .map([:])) }

    /// Whether events of a kind are pages, which have to go through here.
    static func isPage(_ kind: Atom) -> Bool {
        ["page", "page_join", "page_diff"].contains(kind.name)
    }

    /// The payload of an event of a page as it may be recorded.
    mutating func sanitized(_ kind: Atom, _ payload: Term) -> Term {
        guard case .map(let map) = payload, let id = map.pageText("id"), !secrets.isOverfull else { return .map([:]) }
        // Nothing but what Spec/pages.md names is of any use.
        switch kind.name {
        case "page": return document(id, map)
        case "page_join": return .map(["id": .binary(id)]).with("tree", joined(id, map.pageValue("tree")))
        default: return .map(["id": .binary(id)]).with("diff", changed(id, map.pageValue("diff")))
        }
    }

    // MARK: Documents

    private mutating func document(_ id: [UInt8], _ map: TermMap) -> Term {
        guard let before = map.pageText("before"), let after = map.pageText("after") else { return .map([:]) }
        let element = map.pageText("element")
        root = id
        var mask = PageMask(before)
        let start = mask.take()
        mask.add(element ?? [])
        let startTag = mask.take()
        rootEffect = mask.effect
        mask.add(after)
        for secret in mask.secrets { secrets.insert(secret) }
        effects.merge(mask.effects) { $1 }
        var payload: TermMap = [
            "after": .binary(removed(mask.take())), "before": .binary(removed(start)), "id": .binary(id),
        ]
        if element != nil { payload[atom: "element"] = .binary(removed(startTag)) }
        return .map(payload)
    }

    // MARK: Regions

    private mutating func joined(_ id: [UInt8], _ tree: Term?) -> Term? {
        apply("page_join", id, "tree", tree)
        if root == nil { root = id }
        whole.remove(id)
        delicate.remove(id)
        guard let tree, !page.isUnsure(region: id) else { return nil }
        guard early.remove(id) != nil else { return content(of: id, tree) }
        // What came before is in it.
        return page.tree(ofRegion: id).flatMap { content(of: id, $0) }
    }

    private mutating func changed(_ id: [UInt8], _ diff: Term?) -> Term? {
        let isEarly = !page.hasRegion(id)
        apply("page_diff", id, "diff", diff)
        guard let diff else { return nil }
        if isEarly {
            // In what it will be is not known yet.
            early.insert(id)
            return .map([:])
        }
        return page.isUnsure(region: id) ? nil : content(of: id, diff)
    }

    private mutating func apply(_ kind: Atom, _ id: [UInt8], _ key: Atom, _ content: Term?) {
        page.apply(kind: kind, payload: .map(["id": .binary(id)]).with(key, content))
    }

    /// A tree or a diff that the page has taken, as it may be recorded; nil when nothing of it may.
    private mutating func content(of id: [UInt8], _ content: Term) -> Term? {
        let effect = max(effects[id] ?? .none, id == root ? rootEffect : .none)
        if effect != .none || PagePrivacy.isDelicate(content, depth: 0) { delicate.insert(id) }
        guard delicate.contains(id) || whole.contains(id) else {
            return withoutSecrets(content) ?? html(of: id, in: effect).map { asWhole(id, content, $0, effect) }
        }
        guard let mask = html(of: id, in: effect) else { return nil }
        for secret in mask.secrets { secrets.insert(secret) }
        for (inner, effect) in mask.effects { effects[inner] = effect }
        // What stands everywhere cannot be looked for.
        let isFound = mask.secrets.allSatisfy(secrets.contains)
        if !mask.hasMarks, isFound, !whole.contains(id), let content = withoutSecrets(content) { return content }
        return asWhole(id, content, mask, effect)
    }

    private func html(of id: [UInt8], in effect: PageMask.Effect) -> PageMask? {
        (try? page.html(ofRegion: String(decoding: id, as: UTF8.self)))
            .flatMap { $0 }.map { PageMask(Array($0.utf8), in: effect) }
    }

    /// The region's HTML as the only static of a tree or a diff.
    private mutating func asWhole(
        _ id: [UInt8], _ content: Term, _ mask: PageMask, _ effect: PageMask.Effect
    ) -> Term {
        whole.insert(id)
        var tree: TermMap = ["s": .list([.binary(removed(mask.bytes))])]
        if let title = content.map?.pageText("t"), effect != .block {
            tree[atom: "t"] = .binary(removed(effect == .none ? title : PageMask.masked(title[...])))
        }
        return .map(tree)
    }

    /// The bytes that stand in what has to be looked at as HTML.
    private static let marks = ["data-reel-", "password", "csrf", "authenticity_token", "data-phx-s"].map {
        Array($0.utf8)
    }

    private static func isDelicate(_ term: Term, depth: Int) -> Bool {
        guard depth < TermLimits.deepestTree else { return true }
        switch term {
        case .binary(let text): return marks.contains { text.containsIgnoringCase($0) }
        case .list(let elements): return elements.contains { isDelicate($0, depth: depth + 1) }
        case .map(let map): return map.pairs.contains { isDelicate($0.value, depth: depth + 1) }
        default: return false
        }
    }

    // MARK: Secrets

    /// A tree or a diff without secrets, and without keys that no page has; nil when one is in the ids of a stream's items, which
    /// would not be found again.
    private func withoutSecrets(_ content: Term) -> Term? {
        var isIdentity = false
        let result = removed(content, depth: 0, isStatic: false, &isIdentity)
        return isIdentity ? nil : result
    }

    private func removed(_ term: Term, depth: Int, isStatic: Bool, _ isIdentity: inout Bool) -> Term {
        guard depth < TermLimits.deepestTree else { return .string(SanitizedValue.failed) }
        switch term {
        case .binary(let text): return .binary(removed(text, isStatic: isStatic))
        case .list(let elements):
            return .list(elements.map { removed($0, depth: depth + 1, isStatic: isStatic, &isIdentity) })
        case .map(let map):
            var pairs: [TermMap.Pair] = []
            for pair in map.pairs {
                let name = pair.key.atom?.name ?? pair.key.text
                // Pushed events and replies are data of the application: their keys are not known here.
                if depth == 0, name == "e" || name == "r" { continue }
                let isStatic = isStatic || name == "s" || name == "p"
                let value = removed(pair.value, depth: depth + 1, isStatic: isStatic, &isIdentity)
                if name == "stream", value != pair.value { isIdentity = true }
                pairs.append(TermMap.Pair(pair.key, value))
            }
            return .map(TermMap(pairs))
        default: return term
        }
    }

    private func removed(_ text: [UInt8], isStatic: Bool = false) -> [UInt8] {
        PagePrivacy.withoutTokens(secrets.removed(from: text, isStatic: isStatic) ?? text)
    }

    /// A text without the tokens that Phoenix signs.
    private static func withoutTokens(_ text: [UInt8]) -> [UInt8] {
        let start = Array("SFMyNTY.".utf8)
        var result: [UInt8] = []
        var position = 0
        while let found = text.firstRange(of: start, from: position) {
            result += text[position..<found]
            result += SanitizedValue.filtered.utf8
            position = found + start.count
            while position < text.count, text[position].isTokenByte { position += 1 }
        }
        return position == 0 ? text : result + text[position...]
    }
}

extension Term {
    /// The map with one more pair, if there is a value.
    fileprivate func with(_ key: Atom, _ value: Term?) -> Term {
        var map = map ?? TermMap()
        if let value { map[atom: key] = value }
        return .map(map)
    }
}

extension TermMap {
    /// The value under a name that is an atom, or a binary with the same text.
    fileprivate func pageValue(_ name: Atom) -> Term? { self[atom: name] ?? self[.string(name.name)] }

    fileprivate func pageText(_ name: Atom) -> [UInt8]? {
        guard let value = pageValue(name), value.text != nil, case .binary(let bytes) = value else { return nil }
        return bytes
    }
}

extension UInt8 {
    fileprivate var isTokenByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}

extension [UInt8] {
    fileprivate func firstRange(of wanted: [UInt8], from start: Int) -> Int? {
        guard count >= wanted.count else { return nil }
        var position = start
        while position <= count - wanted.count {
            guard let found = self[position...].firstIndex(of: wanted[0]) else { return nil }
            if self[found...].starts(with: wanted) { return found }
            position = found + 1
        }
        return nil
    }

    fileprivate func containsIgnoringCase(_ wanted: [UInt8]) -> Bool {
        guard count >= wanted.count else { return false }
        for start in 0...count - wanted.count where self[start] | 0x20 == wanted[0] {
            if self[start..<start + wanted.count].elementsEqual(wanted, by: { (65...90 ~= $0 ? $0 + 32 : $0) == $1 }) {
                return true
            }
        }
        return false
    }
}

import Reel

/// Masks HTML: elements with `data-reel-mask` and `data-reel-block`, passwords, and the tokens of Phoenix. Implements Spec/port.md §7.
struct PageMask {
    /// What becomes of what is in an element; the stronger one counts.
    enum Effect: Int, Comparable, Sendable {
        /// It stays.
        case none
        /// Text and values become asterisks of the same length.
        case mask
        /// Nothing of it is kept.
        case block

        static func < (left: Effect, right: Effect) -> Bool { left.rawValue < right.rawValue }
    }

    /// The masked HTML.
    private(set) var bytes: [UInt8] = []
    /// Whether anything stood in an element that is marked.
    private(set) var hasMarks = false
    /// What stands in passwords and tokens, entities replaced.
    private(set) var secrets: [[UInt8]] = []
    /// What becomes of the elements that have ids, where something does.
    private(set) var effects: [[UInt8]: Effect] = [:]
    /// The elements that are open: their names, and what becomes of what is in them.
    private var open: [(name: [UInt8], effect: Effect)] = []

    /// What becomes of what comes next.
    var effect: Effect { open.last?.effect ?? start }
    private let start: Effect

    /// - Parameter effect: what becomes of what stands around the HTML.
    init(_ html: [UInt8], in effect: Effect = .none) {
        start = effect
        hasMarks = effect != .none
        add(html)
    }

    /// Goes on with HTML that follows.
    mutating func add(_ html: [UInt8]) {
        var tags = PageTags(html)
        var position = 0
        while let tag = tags.next() {
            addText(html[position..<tag.range.lowerBound])
            position = tag.range.upperBound
            if tag.isEnd { close(tag, html) } else { start(tag, html) }
        }
        addText(html[position...])
    }

    /// The masked HTML so far; it is empty after that.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private mutating func addText(_ text: ArraySlice<UInt8>) {
        guard !text.isEmpty else { return }
        switch effect {
        case .none: bytes += text
        case .mask:
            // A script and a comment in it are text as well: none of them is kept.
            bytes += PageMask.masked(text)
        case .block: break
        }
    }

    /// An asterisk for each character.
    ///
    /// - Parameter keepsSpace: whether white space stays, so that lines break where they did.
    static func masked(_ text: ArraySlice<UInt8>, keepsSpace: Bool = true) -> [UInt8] {
        var masked: [UInt8] = []
        var position = text.startIndex
        while position < text.endIndex {
            let byte = text[position]
            position += 1
            if keepsSpace, byte.isHTMLSpace {
                masked.append(byte)
                continue
            }
            masked.append(asterisk)
            if byte == UInt8(ascii: "&"), let end = text[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) {
                // An entity is one character.
                position = end + 1
            } else {
                while position < text.endIndex, text[position] & 0xC0 == 0x80 { position += 1 }
            }
        }
        return masked
    }

    private static let asterisk = UInt8(ascii: "*")

    // MARK: Tags

    private mutating func close(_ tag: PageTag, _ html: [UInt8]) {
        guard let index = open.lastIndex(where: { $0.name == tag.name }) else {
            // It closes what has been opened around here.
            if effect != .block { bytes += html[tag.range] }
            return
        }
        open.removeSubrange(index...)
        if effect != .block { bytes += html[tag.range] }
    }

    private mutating func start(_ tag: PageTag, _ html: [UInt8]) {
        let outer = effect
        var inner = outer
        if tag.attribute("data-reel-mask") != nil { inner = max(inner, .mask) }
        if tag.attribute("data-reel-block") != nil { inner = .block }
        if inner != .none {
            hasMarks = true
            if let id = tag.attribute("id") { effects[PageTags.decoded(html[id])] = inner }
        }
        if outer != .block { addStartTag(tag, html, inner) }
        if !PageMask.void.contains(tag.name) { open.append((tag.name, inner)) }
    }

    private static func names(_ names: String...) -> Set<[UInt8]> { Set(names.map { Array($0.utf8) }) }

    private static let void = names(
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
    /// Attributes that say how an element looks, and nothing of what is in it.
    private static let structural = names(
        "id", "class", "style", "type", "name", "for", "role", "rows", "cols", "size", "width", "height", "colspan",
        "rowspan",
        "dir", "hidden", "disabled", "tabindex", "data-reel-mask", "data-reel-block", "phx-update", "viewbox", "d",
        "fill", "stroke",
        "stroke-width", "xmlns", "x", "y", "cx", "cy", "r", "points")
    private static let tokens = names("data-phx-session", "data-phx-static")
    private static let tokenNames = names("_csrf_token", "csrf-token", "_csrf", "authenticity_token")

    private mutating func addStartTag(_ tag: PageTag, _ html: [UInt8], _ effect: Effect) {
        var position = tag.range.lowerBound
        func lowercased(_ name: String) -> [UInt8]? {
            tag.attribute(name).map { html[$0].map { 65...90 ~= $0 ? $0 + 32 : $0 } }
        }
        let isPassword =
            tag.name.elementsEqual("input".utf8)
            && lowercased("type").map { $0.elementsEqual("password".utf8) } ?? false
        let hasToken = lowercased("name").map(PageMask.tokenNames.contains) ?? false
        for attribute in tag.attributes {
            let isValue = attribute.name.elementsEqual("value".utf8) || attribute.name.elementsEqual("content".utf8)
            let value = html[attribute.value]
            if PageMask.tokens.contains(attribute.name) || hasToken && isValue {
                keep(value)
                bytes += html[position..<attribute.value.lowerBound] + SanitizedValue.filtered.utf8
            } else if isPassword, isValue {
                keep(value)
                bytes += html[position..<attribute.value.lowerBound] + PageMask.masked(value, keepsSpace: false)
            } else if effect != .none, !PageMask.structural.contains(attribute.name), !value.isEmpty {
                bytes += html[position..<attribute.value.lowerBound] + PageMask.masked(value)
            } else {
                bytes += html[position..<attribute.value.upperBound]
            }
            position = attribute.value.upperBound
        }
        bytes += html[position..<tag.range.upperBound]
    }

    private mutating func keep(_ value: ArraySlice<UInt8>) {
        let secret = TextView(Array(value)).withoutEntities().bytes
        if !secret.isEmpty, !secret.elementsEqual(SanitizedValue.filtered.utf8) { secrets.append(secret) }
    }
}

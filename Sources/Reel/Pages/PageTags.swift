/// A start or end tag in HTML. Implements Spec/pages.md §7 and §8.2.
package struct PageTag {
    /// Its name in small letters.
    package var name: [UInt8]
    package var isEnd: Bool
    /// Where it stands, from `<` to after `>`.
    package var range: Range<Int>
    /// The names, in small letters, and values of its attributes, as they are written.
    package var attributes: [(name: [UInt8], value: Range<Int>)] = []

    /// The value of the first attribute of a name.
    package func attribute(_ name: String) -> Range<Int>? {
        attributes.first { $0.name.elementsEqual(name.utf8) }?.value
    }
}

/// The tags of a text, one after the other.
package struct PageTags {
    let text: [UInt8]
    private var position: Int

    package init(_ text: [UInt8], from position: Int = 0) {
        self.text = text
        self.position = position
    }

    /// Elements whose content is text, whatever it looks like.
    private static let raw: Set<[UInt8]> = Set(
        ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"].map {
            Array($0.utf8)
        })

    /// The id in the first start tag of a text.
    static func idOfFirstTag(_ text: [UInt8]) -> [UInt8]? {
        var tags = PageTags(text)
        while let tag = tags.next() {
            if !tag.isEnd { return tag.attribute("id").map { PageTags.decoded(text[$0]) } }
        }
        return nil
    }

    package mutating func next() -> PageTag? {
        while let start = text[position...].firstIndex(of: UInt8(ascii: "<")) {
            if text.hasBytes("<!--", at: start) {
                guard let end = text.firstRange(of: "-->", from: start + 4) else { break }
                position = end.upperBound
                continue
            }
            let isEnd = start + 1 < text.count && text[start + 1] == UInt8(ascii: "/")
            let nameStart = start + (isEnd ? 2 : 1)
            guard nameStart < text.count, text[nameStart].isASCIILetter else {
                position = start + 1
                continue
            }
            guard let tag = tag(from: start, nameStart: nameStart, isEnd: isEnd) else { break }
            position = tag.range.upperBound
            if !isEnd, PageTags.raw.contains(tag.name) { position = endOfRaw(tag) ?? text.count }
            return tag
        }
        position = text.count
        return nil
    }

    /// The start tag that a text begins with, or nil when it begins with none, or ends in it.
    static func first(of text: [UInt8]) -> PageTag? {
        guard text.count > 1, text[1].isASCIILetter else { return nil }
        return PageTags(text).tag(from: 0, nameStart: 1, isEnd: false)
    }

    /// Where the end tag of an element with raw content starts.
    private func endOfRaw(_ tag: PageTag) -> Int? {
        var start = tag.range.upperBound
        while let found = text.firstRange(of: "</", from: start) {
            let end = found.upperBound + tag.name.count
            if end < text.count, text[found.upperBound..<end].elementsEqual(tag.name, by: { $0.asciiLowercased == $1 }),
                text[end].isHTMLSpace || text[end] == UInt8(ascii: "/") || text[end] == UInt8(ascii: ">")
            {
                return found.lowerBound
            }
            start = found.upperBound
        }
        return nil
    }

    /// Where the content of the element of a start tag ends: at its end tag, or right where it starts when there is none.
    func endOfContent(of tag: PageTag) -> Int {
        if PageTags.raw.contains(tag.name) { return endOfRaw(tag) ?? tag.range.upperBound }
        var depth = 1
        var tags = PageTags(text, from: tag.range.upperBound)
        while let other = tags.next() {
            guard other.name == tag.name else { continue }
            depth += other.isEnd ? -1 : 1
            if depth == 0 { return other.range.lowerBound }
        }
        return tag.range.upperBound
    }

    /// The tag from a `<` on, or nil when the text ends in it.
    private func tag(from start: Int, nameStart: Int, isEnd: Bool) -> PageTag? {
        var position = nameStart
        while position < text.count, !text[position].endsHTMLName { position += 1 }
        var tag = PageTag(
            name: text[nameStart..<position].map(\.asciiLowercased), isEnd: isEnd, range: start..<start)
        while true {
            while position < text.count, text[position].isHTMLSpace || text[position] == UInt8(ascii: "/") {
                position += 1
            }
            guard position < text.count else { return nil }
            if text[position] == UInt8(ascii: ">") { break }
            let attribute = position
            // A name may start with an equals sign.
            position += 1
            while position < text.count, !text[position].endsHTMLName, text[position] != UInt8(ascii: "=") {
                position += 1
            }
            let name = text[attribute..<position].map(\.asciiLowercased)
            guard let value = value(&position) else { return nil }
            tag.attributes.append((name, value))
        }
        tag.range = start..<position + 1
        return tag
    }

    /// The value of an attribute whose name ends at `position`; nil when the text ends in it.
    private func value(_ position: inout Int) -> Range<Int>? {
        var after = position
        while after < text.count, text[after].isHTMLSpace { after += 1 }
        guard after < text.count, text[after] == UInt8(ascii: "=") else { return position..<position }
        after += 1
        while after < text.count, text[after].isHTMLSpace { after += 1 }
        guard after < text.count else {
            position = after
            return after..<after
        }
        if text[after] == UInt8(ascii: "\"") || text[after] == UInt8(ascii: "'") {
            guard let end = text[(after + 1)...].firstIndex(of: text[after]) else { return nil }
            position = end + 1
            return after + 1..<end
        }
        position = after
        while position < text.count, !text[position].isHTMLSpace, text[position] != UInt8(ascii: ">") { position += 1 }
        return after..<position
    }

    private static let entities: [(text: String, byte: UInt8)] = [
        ("&amp;", UInt8(ascii: "&")), ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
        ("&quot;", UInt8(ascii: "\"")), ("&#39;", UInt8(ascii: "'")), ("&#34;", UInt8(ascii: "\"")),
    ]

    /// A text with its entities replaced.
    package static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let text = Array(text)
        guard text.contains(UInt8(ascii: "&")) else { return text }
        var decoded: [UInt8] = []
        var position = 0
        while position < text.count {
            if let entity = entities.first(where: { text.hasBytes($0.text, at: position) }) {
                decoded.append(entity.byte)
                position += entity.text.utf8.count
            } else {
                decoded.append(text[position])
                position += 1
            }
        }
        return decoded
    }
}

extension [UInt8] {
    /// Whether a text in small letters stands at a position, in any letters.
    func hasName(_ name: String, at position: Int) -> Bool {
        let bytes = self[position...].prefix(name.utf8.count)
        return bytes.count == name.utf8.count && zip(bytes, name.utf8).allSatisfy { $0.asciiLowercased == $1 }
    }

    fileprivate func hasBytes(_ bytes: String, at position: Int) -> Bool {
        self[position...].starts(with: bytes.utf8)
    }

    fileprivate func firstRange(of bytes: String, from start: Int) -> Range<Int>? {
        let wanted = Array(bytes.utf8)
        var position = start
        while position <= count - wanted.count {
            guard let found = self[position...].firstIndex(of: wanted[0]) else { return nil }
            if self[found...].starts(with: wanted) { return found..<found + wanted.count }
            position = found + 1
        }
        return nil
    }
}

extension UInt8 {
    fileprivate var isASCIILetter: Bool { 65...90 ~= self || 97...122 ~= self }
    fileprivate var asciiLowercased: UInt8 { 65...90 ~= self ? self + 32 : self }
    /// Space, tab, line feed, form feed, carriage return.
    package var isHTMLSpace: Bool { self == 32 || self == 9 || self == 10 || self == 12 || self == 13 }
    fileprivate var endsHTMLName: Bool { isHTMLSpace || self == UInt8(ascii: "/") || self == UInt8(ascii: ">") }
}

extension Page.Written {
    /// The document, if there is one, with a policy by which a browser runs no script, loads nothing from a network and sends no form.
    ///
    /// A `meta` element with the policy comes before everything but the document type, so that it is in force for all of it. What no
    /// policy is in force for is taken out: `meta` elements that redirect or set policies, and `link` elements but style sheets and
    /// icons. Implements Spec/pages.md §11.
    ///
    /// - Parameter assets: the style sheets and images that are put in, as far as there is room for them.
    public func safeText(with assets: PageAssets = .none) -> String? {
        guard let text else { return nil }
        let bytes = SafePage.withoutRedirections(Array(text.utf8), assets)
        let place = SafePage.endOfDocumentType(bytes)
        let safe = bytes[..<place] + SafePage.policy.utf8 + bytes[place...]
        return String(decoding: safe, as: UTF8.self)
    }
}

enum SafePage {
    static let policy =
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline' data:; "
        + "img-src data:; font-src data:; media-src data:; form-action 'none'; base-uri 'none'\">"
        + "<meta http-equiv=\"x-dns-prefetch-control\" content=\"off\"><meta name=\"referrer\" content=\"no-referrer\">"

    /// Where the document type ends: after white space and comments, when there is one.
    static func endOfDocumentType(_ text: [UInt8]) -> Int {
        var position = 0
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while position < text.count {
            if text[position].isHTMLSpace {
                position += 1
            } else if text[position...].starts(with: "<!--".utf8) {
                // Comments end in more ways than one: with one in front, the policy comes before it.
                return 0
            } else {
                break
            }
        }
        guard text.hasName("<!doctype", at: position), let end = text[position...].firstIndex(of: UInt8(ascii: ">"))
        else { return 0 }
        return end + 1
    }

    /// The text without `meta` and `link` elements that do something.
    ///
    /// Each `<meta` and `<link` is looked at wherever it stands, in comments and attributes too: what a browser may take for a tag is
    /// read as one.
    static func withoutRedirections(_ text: [UInt8], _ assets: PageAssets) -> [UInt8] {
        var safe: [UInt8] = []
        safe.reserveCapacity(text.count)
        var dataAddresses: [String: String?] = [:]
        var room = PageLimits.byteCount - text.count
        var position = 0
        while let start = text[position...].firstIndex(of: UInt8(ascii: "<")) {
            safe += text[position..<start]
            position = start + 1
            guard mayBeTag(text, at: position) else {
                safe.append(UInt8(ascii: "<"))
                continue
            }
            let part = Array(text[start...].prefix(longestTag))
            guard let tag = PageTags.first(of: part) else {
                // Whatever it is, it is no tag any more. An image may hold all of itself.
                safe += isImage(text, at: position) ? "<".utf8 : "&lt;".utf8
                continue
            }
            if isRefused(tag, part) {
                position = start + tag.range.upperBound
                continue
            }
            var data: String?
            let value = reference(of: tag, part)
            if let address = value.flatMap({ address(part[$0]) }) {
                data = dataAddresses[address] ?? assets.asset(at: address)?.dataAddress
                dataAddresses.updateValue(data, forKey: address)
            }
            if let value, let data, data.utf8.count <= room {
                room -= data.utf8.count
                safe += part[..<value.lowerBound] + data.utf8
                position = start + value.upperBound
            } else {
                safe.append(UInt8(ascii: "<"))
            }
        }
        return safe + text[position...]
    }

    /// The addresses of the style sheets and images of a text.
    static func addresses(in text: [UInt8]) -> Set<String> {
        var addresses: Set<String> = []
        for range in tags(in: text) {
            let part = Array(text[range])
            guard let tag = PageTags.first(of: part), let value = reference(of: tag, part) else { continue }
            if let address = address(part[value]) { addresses.insert(address) }
        }
        return addresses
    }

    /// Where the tags of a text stand that may refer to something.
    static func tags(in text: [UInt8]) -> [Range<Int>] {
        var tags: [Range<Int>] = []
        var position = 0
        while let start = text[position...].firstIndex(of: UInt8(ascii: "<")) {
            position = start + 1
            guard mayBeTag(text, at: position), let tag = PageTags.first(of: Array(text[start...].prefix(longestTag)))
            else { continue }
            tags.append(start..<start + tag.range.upperBound)
        }
        return tags
    }

    private static func mayBeTag(_ text: [UInt8], at position: Int) -> Bool {
        ["meta", "link"].contains { text.hasName($0, at: position) } || isImage(text, at: position)
    }

    private static func isImage(_ text: [UInt8], at position: Int) -> Bool { text.hasName("img", at: position) }

    /// Where the address stands of the style sheet or the image that an element shows.
    private static func reference(of tag: PageTag, _ text: [UInt8]) -> Range<Int>? {
        if tag.name.elementsEqual("img".utf8) { return tag.attribute("src") }
        guard tag.name.elementsEqual("link".utf8), words(of: tag, text)?.contains("stylesheet") == true else {
            return nil
        }
        return tag.attribute("href")
    }

    private static func address(_ value: ArraySlice<UInt8>) -> String? {
        value.isEmpty ? nil : String(decoding: PageTags.decoded(value), as: UTF8.self)
    }

    /// What a `link` is, in small letters.
    private static func words(of tag: PageTag, _ text: [UInt8]) -> [String]? {
        tag.attribute("rel").map { value in
            text[value].split(whereSeparator: \.isHTMLSpace).map { String(decoding: $0, as: UTF8.self).lowercased() }
        }
    }

    /// A tag that is longer is none that anybody misses.
    private static let longestTag = 4_096

    private static func isRefused(_ tag: PageTag, _ text: [UInt8]) -> Bool {
        if tag.name.elementsEqual("meta".utf8) { return tag.attribute("http-equiv") != nil }
        guard tag.name.elementsEqual("link".utf8) else { return false }
        return words(of: tag, text)?.allSatisfy { ["stylesheet", "icon", "shortcut"].contains($0) } != true
    }
}

extension Page.Written {
    /// The document, if there is one, with a policy by which a browser runs no script, loads nothing from a network and sends no form.
    ///
    /// A `meta` element with the policy comes before everything but the document type, so that it is in force for all of it. What no
    /// policy is in force for is taken out: `meta` elements that redirect or set policies, and `link` elements but style sheets and
    /// icons. Implements Spec/pages.md §11.
    public var safeText: String? {
        guard let text else { return nil }
        let bytes = SafePage.withoutRedirections(Array(text.utf8))
        let place = SafePage.endOfDocumentType(bytes)
        let safe = bytes[..<place] + SafePage.policy.utf8 + bytes[place...]
        return String(decoding: safe, as: UTF8.self)
    }
}

private enum SafePage {
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
        let name = Array("<!doctype".utf8)
        let found = text[position...].prefix(name.count).map { 65...90 ~= $0 ? $0 + 32 : $0 }
        guard found == name, let end = text[position...].firstIndex(of: UInt8(ascii: ">")) else { return 0 }
        return end + 1
    }

    /// The text without `meta` and `link` elements that do something.
    ///
    /// Each `<meta` and `<link` is looked at wherever it stands, in comments and attributes too: what a browser may take for a tag is
    /// read as one.
    static func withoutRedirections(_ text: [UInt8]) -> [UInt8] {
        var safe: [UInt8] = []
        safe.reserveCapacity(text.count)
        var position = 0
        while let start = text[position...].firstIndex(of: UInt8(ascii: "<")) {
            safe += text[position..<start]
            position = start + 1
            let name = text[position...].prefix(4).map { 65...90 ~= $0 ? $0 + 32 : $0 }
            guard name.elementsEqual("meta".utf8) || name.elementsEqual("link".utf8) else {
                safe.append(UInt8(ascii: "<"))
                continue
            }
            let part = Array(text[start...].prefix(longestTag))
            if let tag = PageTags.first(of: part) {
                if isRefused(tag, part) {
                    position = start + tag.range.upperBound
                } else {
                    safe.append(UInt8(ascii: "<"))
                }
            } else {
                // Whatever it is, it is no tag any more.
                safe += "&lt;".utf8
            }
        }
        return safe + text[position...]
    }

    /// A tag that is longer is none that anybody misses.
    private static let longestTag = 4_096

    private static func isRefused(_ tag: PageTag, _ text: [UInt8]) -> Bool {
        if tag.name.elementsEqual("meta".utf8) { return tag.attribute("http-equiv") != nil }
        guard tag.name.elementsEqual("link".utf8) else { return false }
        guard let value = tag.attribute("rel") else { return true }
        let words = text[value].split(whereSeparator: \.isHTMLSpace).map { word in
            String(decoding: word, as: UTF8.self).lowercased()
        }
        return !words.allSatisfy { ["stylesheet", "icon", "shortcut"].contains($0) }
    }
}

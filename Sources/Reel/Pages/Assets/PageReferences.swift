/// The addresses of the style sheets and images that the pages of a session show.
///
/// Pages share what an event has left as it was, so each event costs what it has changed, however large the page is.
struct PageReferences {
    private(set) var addresses: Set<String> = []
    /// The tags of templates that values stand in. A template is kept so that no other one gets its identity.
    private var tags: [ObjectIdentifier: (template: PageStatics, tags: [Tag])] = [:]

    /// Of so many templates the tags are remembered.
    private static let mostTemplates = 4_096

    /// Adds what a page shows that the page before it did not.
    mutating func add(_ page: Page, since before: Page, hasNewDocument: Bool) {
        if hasNewDocument { for text in page.documentTexts { add(text) } }
        for (id, region) in page.regions {
            let old = before.regions[id]
            add(region.tree, since: old?.tree)
            for (number, component) in region.components { add(component, since: old?.components[number]) }
            for (name, items) in region.streams {
                let known = Set((old?.streams[name] ?? []).map { ObjectIdentifier($0.part) })
                for item in items where !known.contains(ObjectIdentifier(item.part)) {
                    add(.part(item.part), since: nil)
                }
            }
        }
    }

    private mutating func add(_ text: [UInt8]) { addresses.formUnion(SafePage.addresses(in: text)) }

    private mutating func add(_ value: PageValue, since old: PageValue?) {
        switch (value, old) {
        case (.component, _): break
        case (.text(let text), .text(let before)?) where text == before: break
        case (.text(let text), _): if text.contains(UInt8(ascii: "<")) { add(text) }
        case (.part(let part), .part(let before)?):
            guard part !== before else { return }
            add(part.values, in: part.statics, since: before.values)
        case (.part(let part), _): add(part.values, in: part.statics, since: [])
        case (.rows(let rows), .rows(let before)?):
            guard rows !== before else { return }
            add(rows, since: before.rows)
        case (.rows(let rows), _): add(rows, since: [])
        }
    }

    private mutating func add(_ rows: PageRows, since old: [PageRows.Row]) {
        for (index, row) in rows.rows.enumerated() {
            let before = index < old.count ? old[index] : nil
            switch (row, before) {
            case (.values(let values), .values(let before)?): add(values, in: rows.statics, since: before)
            case (.values(let values), _): add(values, in: rows.statics, since: [])
            case (.part(let part), .part(let before)?): add(.part(part), since: .part(before))
            case (.part(let part), _): add(.part(part), since: nil)
            }
        }
    }

    private mutating func add(_ values: [PageValue], in template: PageStatics, since old: [PageValue]) {
        for tag in tags(of: template) { add(tag.text(with: values)) }
        for (index, value) in values.enumerated() { add(value, since: index < old.count ? old[index] : nil) }
    }

    /// The tags that values stand in. The addresses of the others are taken the first time.
    private mutating func tags(of template: PageStatics) -> [Tag] {
        if let known = tags[ObjectIdentifier(template)] { return known.tags }
        var text: [UInt8] = []
        // Where values stand, each in the place of a byte.
        var places: [Int] = []
        for (index, part) in template.texts.enumerated() {
            if index > 0 {
                places.append(text.count)
                text.append(0)
            }
            text += part
        }
        var found: [Tag] = []
        for range in SafePage.tags(in: text) {
            let first = places.firstIndex { range.lowerBound < $0 } ?? places.endIndex
            let end = places[first...].firstIndex { range.upperBound <= $0 } ?? places.endIndex
            if first == end {
                add(Array(text[range]))
            } else {
                found.append(Tag(text: text[range], values: first..<end, places: places[first..<end]))
            }
        }
        if tags.count == PageReferences.mostTemplates { tags.removeAll() }
        tags[ObjectIdentifier(template)] = (template, found)
        return found
    }

    /// A tag that values stand in.
    private struct Tag {
        let text: ArraySlice<UInt8>
        /// Which values these are, and where in the text they stand.
        let values: Range<Int>
        let places: ArraySlice<Int>

        /// The tag with its values. Only texts stand in tags.
        func text(with all: [PageValue]) -> [UInt8] {
            var result: [UInt8] = []
            var position = text.startIndex
            for (index, place) in zip(values, places) {
                result += text[position..<place]
                if index < all.count, case .text(let value) = all[index] { result += value }
                position = place + 1
            }
            return result + text[position...]
        }
    }
}

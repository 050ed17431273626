import ExternalTerm

/// Writes the HTML of values. Implements Spec/pages.md §8.1.
struct PageWriting {
    let region: PageRegion
    private(set) var bytes: [UInt8] = []
    /// A component that something refers to and that is not there.
    private(set) var hole: Int?
    /// Where the components that have been written stand; nil while one is being written.
    private var known: [Int: Range<Int>?] = [:]

    init(region: PageRegion) { self.region = region }

    mutating func write(_ value: PageValue, depth: Int) throws(PageFault) {
        guard depth <= PageLimits.depth else { throw PageFault("values nest deeper than \(PageLimits.depth)") }
        switch value {
        case .text(let text): try append(text)
        case .component(let number): try write(component: number, depth: depth)
        case .part(let part): try write(part.statics, part.values, depth: depth)
        case .rows(let rows):
            if let stream = rows.stream, rows.change == nil {
                for item in region.streams[stream] ?? [] { try write(.part(item.part), depth: depth + 1) }
                return
            }
            for row in rows.rows {
                switch row {
                case .values(let values): try write(rows.statics, values, depth: depth)
                case .part(let part): try write(part.statics, part.values, depth: depth)
                }
            }
        }
    }

    private mutating func write(_ statics: PageStatics, _ values: [PageValue], depth: Int) throws(PageFault) {
        try append(statics.texts[0])
        for (index, value) in values.enumerated() {
            try write(value, depth: depth + 1)
            try append(statics.texts[index + 1])
        }
    }

    /// A component that is referred to again is not gone through again: references could double with each step.
    private mutating func write(component number: Int, depth: Int) throws(PageFault) {
        guard let component = region.components[number] else {
            hole = hole ?? number
            return
        }
        switch known[number] {
        case .some(.none): throw PageFault("components that hold one another")
        case .some(.some(let range)): try append(Array(bytes[range]))
        case .none:
            known.updateValue(nil, forKey: number)
            let start = bytes.count
            try write(component, depth: depth + 1)
            known.updateValue(start..<bytes.count, forKey: number)
        }
    }

    private mutating func append(_ text: [UInt8]) throws(PageFault) {
        guard bytes.count + text.count <= PageLimits.byteCount else { throw PageFault("a page that is too large") }
        bytes += text
    }
}

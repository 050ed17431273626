import ExternalTerm

/// What a page may take. Implements Spec/pages.md §11.
enum PageLimits {
    /// How deep values nest.
    static let depth = 256
    /// How many bytes all regions take, and how many the text of a page does.
    static let byteCount = 64 << 20
    static let regionCount = 10_000
    /// How many bytes all assets take, and how many addresses of them are looked for.
    static let assetByteCount = 16 << 20
    static let addressCount = 10_000
    /// How many diffs wait for the joins of their regions.
    static let waitingCount = 1_000
    /// How many items of streams a diff may move, and how many bytes are read to find the elements of regions: what takes longer was
    /// made to do so.
    static let movedItems = 200_000_000
    static let readByteCount = 1 << 30
    /// What a value counts for beside its text.
    static let value = 16
    /// Integers stay below this.
    static let integer = 1 << 53
}

/// Why an event of a page cannot be taken: its region is unsure from there on.
struct PageFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// A value of a tree. None is ever changed, so that trees share what they have in common. Implements Spec/pages.md §3.
enum PageValue: Sendable {
    case text([UInt8])
    case component(Int)
    case part(PagePart)
    case rows(PageRows)

    var byteCount: Int {
        switch self {
        case .text(let bytes): PageLimits.value + bytes.count
        case .component: PageLimits.value
        case .part(let part): part.measure.byteCount
        case .rows(let rows): rows.measure.byteCount
        }
    }

    var depth: Int { measure?.depth ?? 0 }

    /// Whether there is a stream in it whose rows have not become items yet.
    var isOpen: Bool { measure?.isOpen ?? false }

    var hasStreams: Bool { measure?.hasStreams ?? false }

    private var measure: PageMeasure? {
        switch self {
        case .text, .component: nil
        case .part(let part): part.measure
        case .rows(let rows): rows.measure
        }
    }
}

/// What several values come to.
struct PageMeasure: Sendable {
    var byteCount: Int
    var depth = 0
    var isOpen = false
    var hasStreams = false

    init(of statics: PageStatics, rowCount: Int = 0) {
        byteCount = statics.byteCount + rowCount * PageLimits.value
    }

    mutating func add(_ value: PageValue) {
        byteCount += value.byteCount
        depth = max(depth, value.depth)
        isOpen = isOpen || value.isOpen
        hasStreams = hasStreams || value.hasStreams
    }

    /// Counts the part or comprehension itself.
    mutating func close() throws(PageFault) {
        depth += 1
        guard depth <= PageLimits.depth else { throw PageFault("values nest deeper than \(PageLimits.depth)") }
    }
}

/// The texts between the values of a part or a row.
final class PageStatics: Sendable {
    let texts: [[UInt8]]
    let byteCount: Int

    init(_ texts: [[UInt8]]) {
        self.texts = texts
        byteCount = texts.reduce(PageLimits.value) { $0 + PageLimits.value + $1.count }
    }

    /// How many values stand between them; below 0 where there are none.
    var valueCount: Int { texts.count - 1 }
}

final class PagePart: Sendable {
    let statics: PageStatics
    let values: [PageValue]
    let measure: PageMeasure

    init(_ statics: PageStatics, _ values: [PageValue]) throws(PageFault) {
        self.statics = statics
        self.values = values
        var measure = PageMeasure(of: statics)
        for value in values { measure.add(value) }
        try measure.close()
        self.measure = measure
    }
}

/// A comprehension: rows of the same shape, and the name of its stream when it has one.
final class PageRows: Sendable {
    /// A row: values between the comprehension's statics, or with statics of its own.
    enum Row: Sendable {
        case values([PageValue])
        case part(PagePart)
    }

    let statics: PageStatics
    let rows: [Row]
    let stream: [UInt8]?
    /// What the diff at hand says of the stream.
    let change: PageStreamChange?
    let measure: PageMeasure

    init(
        _ statics: PageStatics, _ rows: [Row], stream: [UInt8]?, change: PageStreamChange? = nil
    ) throws(PageFault) {
        self.statics = statics
        self.rows = rows
        self.stream = stream
        self.change = change
        var measure = PageMeasure(of: statics, rowCount: rows.count)
        for row in rows {
            switch row {
            case .values(let values): for value in values { measure.add(value) }
            case .part(let part): measure.add(.part(part))
            }
        }
        try measure.close()
        if change != nil { measure.isOpen = true }
        if stream != nil { measure.hasStreams = true }
        self.measure = measure
    }
}

/// What a diff says of a stream. Implements Spec/pages.md §7.
struct PageStreamChange: Sendable {
    struct Place: Sendable {
        var index: Int
        var limit: Int
        var isUpdateOnly: Bool
    }

    var name: [UInt8]
    var places: [[UInt8]: Place] = [:]
    var deleted: Set<[UInt8]> = []
    var isReset = false
}

/// What a browser has got of a stream and still holds.
struct PageItem: Sendable {
    var id: [UInt8]?
    var part: PagePart
}

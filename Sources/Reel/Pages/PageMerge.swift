import ExternalTerm

/// Makes a new value of an old one and a change. Implements Spec/pages.md §3 and §5.
enum PageMerge {
    /// Statics by their numbers.
    typealias Templates = [Int: PageStatics]

    /// The value that `term` makes of `old`, which is nil where there is nothing.
    static func value(
        _ old: PageValue?, _ term: Term, _ templates: Templates?, depth: Int
    ) throws(PageFault) -> PageValue {
        switch term {
        case .map(let map):
            return try self.map(old, try PageFields(map, known: PageName.ofValues), templates, depth: depth)
        case .integer(let number):
            guard 1..<PageLimits.integer ~= number else { break }
            return .component(number)
        default: if let text = term.pageText { return .text(text) }
        }
        throw PageFault("a value that is neither text, component nor map")
    }

    /// The part or comprehension that a map makes of `old`.
    static func map(
        _ old: PageValue?, _ fields: PageFields, _ templates: Templates?, depth: Int
    ) throws(PageFault) -> PageValue {
        guard depth <= PageLimits.depth else { throw PageFault("values nest deeper than \(PageLimits.depth)") }
        let own = try fields.names[.templates].map { term throws(PageFault) in try self.templates(term) }
        if let statics = fields.names[.statics] {
            if fields.names[.list] != nil || fields.names[.keyed] != nil {
                let texts = try self.statics(statics, templates)
                return .rows(try rows(nil, texts, fields, templates ?? own, depth: depth))
            }
            let inner = own ?? templates
            return .part(try part(nil, try self.statics(statics, inner), fields, inner, depth: depth))
        }
        switch old {
        case .part(let part): return .part(try self.part(part, part.statics, fields, own ?? templates, depth: depth))
        case .rows(let rows): return .rows(try self.rows(rows, rows.statics, fields, templates ?? own, depth: depth))
        default: throw PageFault("a change of something that is not there")
        }
    }

    private static func templates(_ term: Term) throws(PageFault) -> Templates {
        guard case .map(let map) = term else { throw PageFault("templates that are no map") }
        var templates: Templates = [:]
        for (number, value) in try PageFields(map, known: []).numbers {
            guard let texts = value.pageTexts else { throw PageFault("a template that is no list of texts") }
            templates[number] = PageStatics(texts)
        }
        return templates
    }

    private static func statics(_ term: Term, _ templates: Templates?) throws(PageFault) -> PageStatics {
        if case .integer(let number) = term, let statics = templates?[number] { return statics }
        guard let texts = term.pageTexts else { throw PageFault("statics that are no list of texts") }
        return PageStatics(texts)
    }

    // MARK: Parts

    private static func part(
        _ old: PagePart?, _ statics: PageStatics, _ fields: PageFields, _ templates: Templates?, depth: Int
    ) throws(PageFault) -> PagePart {
        for name in [PageName.list, .keyed, .stream] where fields.names[name] != nil {
            throw PageFault("rows for a part")
        }
        guard statics.valueCount >= 0 else { throw PageFault("a part without statics") }
        if let old, fields.numbers.isEmpty { return old }
        return try PagePart(
            statics, try values(old?.values, fields.numbers, count: statics.valueCount, templates, depth: depth))
    }

    private static func values(
        _ old: [PageValue]?, _ changes: [(number: Int, value: Term)], count: Int, _ templates: Templates?, depth: Int
    ) throws(PageFault) -> [PageValue] {
        guard old != nil || changes.count >= count else { throw PageFault("a value is missing") }
        // Where there is no old value, each number below the count is in the changes once.
        var values = old ?? Array(repeating: .text([]), count: count)
        for change in changes {
            guard change.number < count else { throw PageFault("a value that no static comes after") }
            values[change.number] = try value(old?[change.number], change.value, templates, depth: depth + 1)
        }
        return values
    }

    // MARK: Comprehensions

    private static func rows(
        _ old: PageRows?, _ statics: PageStatics, _ fields: PageFields, _ templates: Templates?, depth: Int
    ) throws(PageFault) -> PageRows {
        let (list, keyed) = (fields.names[.list], fields.names[.keyed])
        guard fields.numbers.isEmpty, list == nil || keyed == nil else {
            throw PageFault("a comprehension with values of its own")
        }
        let change = try fields.names[.stream].map { term throws(PageFault) in try PageStreamChange(term) }
        var rows = old?.rows ?? []
        if let list {
            rows = try listed(list, statics.valueCount, templates, isStream: change != nil, depth: depth)
        }
        if let keyed { rows = try self.keyed(old?.rows, keyed, statics.valueCount, templates, depth: depth) }
        return try PageRows(statics, rows, stream: change?.name ?? old?.stream, change: change)
    }

    private static func listed(
        _ term: Term, _ count: Int, _ templates: Templates?, isStream: Bool, depth: Int
    ) throws(PageFault) -> [PageRows.Row] {
        guard case .list(let elements) = term else { throw PageFault("rows that are no list") }
        var rows: [PageRows.Row] = []
        rows.reserveCapacity(elements.count)
        for element in elements {
            switch element {
            case .map(let map) where isStream:
                let fields = try PageFields(map, known: PageName.ofValues)
                guard case .part(let part) = try self.map(nil, fields, templates, depth: depth + 1) else {
                    throw PageFault("a row that is no part")
                }
                rows.append(.part(part))
            case .list(let terms) where terms.count == count:
                var values: [PageValue] = []
                values.reserveCapacity(count)
                for term in terms { values.append(try value(nil, term, templates, depth: depth + 1)) }
                rows.append(.values(values))
            default: throw PageFault("a row that does not fit the statics")
            }
        }
        return rows
    }

    private static func keyed(
        _ old: [PageRows.Row]?, _ term: Term, _ width: Int, _ templates: Templates?, depth: Int
    ) throws(PageFault) -> [PageRows.Row] {
        guard case .map(let map) = term else { throw PageFault("rows that are no map") }
        let fields = try PageFields(map, known: PageName.ofRows)
        guard let count = fields.names[.count]?.pageInteger, count >= 0 else {
            throw PageFault("rows without their number")
        }
        let before = old ?? []
        guard count == 0 || width >= 0 else { throw PageFault("a row that does not fit the statics") }
        guard count - fields.numbers.count <= before.count else { throw PageFault("a row that is not there") }
        var changes: [Term?] = Array(repeating: nil, count: count)
        for (number, value) in fields.numbers {
            guard number < count else { throw PageFault("a row that is one too many") }
            changes[number] = value
        }
        func oldRow(_ index: Int) throws(PageFault) -> PageRows.Row {
            guard before.indices.contains(index) else { throw PageFault("a row that is not there") }
            return before[index]
        }
        func merged(_ row: PageRows.Row?, _ term: Term) throws(PageFault) -> PageRows.Row {
            guard case .map(let map) = term else { throw PageFault("a row that is no map") }
            let fields = try PageFields(map, known: [])
            var values: [PageValue]?
            if case .values(let old) = row { values = old }
            return .values(try self.values(values, fields.numbers, count: width, templates, depth: depth))
        }
        var rows: [PageRows.Row] = []
        rows.reserveCapacity(count)
        for (index, change) in changes.enumerated() {
            switch change {
            case nil: rows.append(try oldRow(index))
            case .integer(let from)?: rows.append(try oldRow(from))
            case .list(let pair)?:
                guard pair.count == 2, case .integer(let from) = pair[0] else {
                    throw PageFault("a row that is neither moved nor changed")
                }
                rows.append(try merged(try oldRow(from), pair[1]))
            case let change?: rows.append(try merged(index < before.count ? before[index] : nil, change))
            }
        }
        return rows
    }
}

extension PageStreamChange {
    /// Reads `[Ref, Inserts, Deleted]`, and whether it is a reset.
    init(_ term: Term) throws(PageFault) {
        guard case .list(let parts) = term, 3...4 ~= parts.count, let name = parts[0].pageText,
            case .list(let inserts) = parts[1], let deleted = parts[2].pageTexts,
            parts.count == 3 || parts[3] == .atom(.true) || parts[3] == .atom(.false)
        else { throw PageFault("a stream that is not [Ref, Inserts, Deleted]") }
        self.init(name: name, deleted: Set(deleted), isReset: parts.count == 4 && parts[3] == .atom(.true))
        for insert in inserts {
            guard case .list(let parts) = insert, parts.count >= 2, let id = parts[0].pageText,
                let index = parts[1].pageInteger
            else { throw PageFault("an insert that is not [Id, At, Limit, UpdateOnly]") }
            var limit = 0
            if parts.count > 2, parts[2] != .atom(.nil) {
                guard let number = parts[2].pageInteger else {
                    throw PageFault("an insert that is not [Id, At, Limit, UpdateOnly]")
                }
                limit = number
            }
            places[id] = Place(
                index: index, limit: limit, isUpdateOnly: parts.count > 3 && parts[3] == .atom(.true))
        }
    }
}

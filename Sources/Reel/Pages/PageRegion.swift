import ExternalTerm

/// A region of a page: its tree, its components, and the items of its streams. Implements Spec/pages.md §4 to §7.
struct PageRegion: Sendable {
    private(set) var tree: PageValue
    private(set) var components: [Int: PageValue]
    private(set) var streams: [[UInt8]: [PageItem]]
    /// About how many bytes it takes.
    let byteCount: Int

    private init(_ tree: PageValue, _ components: [Int: PageValue], _ streams: [[UInt8]: [PageItem]]) {
        self.tree = tree
        self.components = components
        self.streams = streams
        byteCount =
            components.values.reduce(tree.byteCount) { $0 + $1.byteCount }
            + streams.values.reduce(0) { $1.reduce($0) { $0 + $1.part.measure.byteCount } }
    }

    /// A region that begins with a tree.
    init(joining term: Term?) throws(PageFault) {
        switch term {
        case .map(let map)?: self = try PageRegion(.text([]), [:], [:]).merging(map, isJoin: true)
        default:
            guard let text = term?.pageText else { throw PageFault("a tree that is neither a text nor a map") }
            self.init(.text(text), [:], [:])
        }
    }

    /// The region after a diff.
    func merging(_ term: Term?) throws(PageFault) -> PageRegion {
        guard case .map(let map)? = term else { throw PageFault("a diff that is missing, or no map") }
        return try merging(map, isJoin: false)
    }

    private func merging(_ map: TermMap, isJoin: Bool) throws(PageFault) -> PageRegion {
        var fields = try PageFields(map, known: PageName.ofDiffs)
        let changes = try fields.names[.components].map(PageRegion.changes) ?? [:]
        for name in [PageName.components, .title, .events, .root] { fields.names[name] = nil }
        let isWhole = fields.names[.statics] != nil
        guard !isJoin || isWhole else { throw PageFault("a tree without statics") }
        var tree = tree
        if !fields.names.isEmpty || !fields.numbers.isEmpty {
            tree = try PageMerge.map(tree, fields, nil, depth: 1)
            if isWhole, case .rows = tree { throw PageFault("a tree that is no part") }
        }
        var components = isWhole ? [:] : self.components
        if !changes.isEmpty {
            var merging = ComponentMerging(old: components, changes: changes)
            components.merge(try merging.all()) { $1 }
        }
        return try PageRegion(tree, components, streams).settled()
    }

    private static func changes(_ term: Term) throws(PageFault) -> [Int: Term] {
        guard case .map(let map) = term else { throw PageFault("components that are no map") }
        var changes: [Int: Term] = [:]
        for (number, value) in try PageFields(map, known: []).numbers {
            guard number > 0 else { throw PageFault("a component without a number") }
            changes[number] = value
        }
        return changes
    }
}

/// The components of a diff. Implements Spec/pages.md §6.
private struct ComponentMerging {
    let old: [Int: PageValue]
    let changes: [Int: Term]
    private var done: [Int: PageValue] = [:]
    private var started: Set<Int> = []

    init(old: [Int: PageValue], changes: [Int: Term]) {
        self.old = old
        self.changes = changes
    }

    mutating func all() throws(PageFault) -> [Int: PageValue] {
        for number in changes.keys.sorted() { _ = try component(number, depth: 1) }
        return done
    }

    private mutating func component(_ number: Int, depth: Int) throws(PageFault) -> PageValue {
        if let known = done[number] { return known }
        guard depth <= PageLimits.depth, started.insert(number).inserted else {
            throw PageFault("components that are made of one another")
        }
        guard case .map(let map)? = changes[number] else { throw PageFault("a component that is no map") }
        var fields = try PageFields(map, known: PageName.ofValues)
        var base = old[number]
        if case .integer(let from)? = fields.names[.statics] {
            if from > 0 {
                base = changes[from] == nil ? nil : try component(from, depth: depth + 1)
            } else {
                base = from > -PageLimits.integer ? old[-from] : nil
            }
            guard let other = base else { throw PageFault("a component that is made of one that is not there") }
            base = try other.withoutStreams()
            fields.names[.statics] = nil
        }
        let component = try PageMerge.map(base, fields, nil, depth: 1)
        done[number] = component
        return component
    }
}

extension PageValue {
    /// The same without the items of its streams.
    fileprivate func withoutStreams() throws(PageFault) -> PageValue {
        guard hasStreams else { return self }
        func without(_ values: [PageValue]) throws(PageFault) -> [PageValue] {
            try values.map { value throws(PageFault) in try value.withoutStreams() }
        }
        switch self {
        case .text, .component: return self
        case .part(let part): return .part(try PagePart(part.statics, try without(part.values)))
        case .rows(let rows):
            guard rows.stream == nil else { return .rows(try PageRows(rows.statics, [], stream: nil)) }
            return .rows(
                try PageRows(
                    rows.statics,
                    try rows.rows.map { row throws(PageFault) in
                        guard case .values(let values) = row else { return row }
                        return .values(try without(values))
                    }, stream: nil))
        }
    }
}

// MARK: - Streams

extension PageRegion {
    /// The region with the rows that streams have brought as their items. Implements Spec/pages.md §7.
    private func settled() throws(PageFault) -> PageRegion {
        guard tree.isOpen || !streams.isEmpty || components.values.contains(where: \.isOpen) else { return self }
        var streams = streams
        let tree = try settle(tree, &streams)
        var components = components
        for number in components.keys.sorted() {
            guard let component = components[number], component.isOpen else { continue }
            components[number] = try settle(component, &streams)
        }
        PageRegion.forget(&streams, tree, components)
        return PageRegion(tree, components, streams)
    }

    private func settle(_ value: PageValue, _ streams: inout [[UInt8]: [PageItem]]) throws(PageFault) -> PageValue {
        guard value.isOpen else { return value }
        switch value {
        case .text, .component: return value
        case .part(let part): return .part(try settle(part, &streams))
        case .rows(let rows):
            guard let change = rows.change else {
                var settled: [PageRows.Row] = []
                settled.reserveCapacity(rows.rows.count)
                for row in rows.rows {
                    switch row {
                    case .values(let values): settled.append(.values(try settle(values, &streams)))
                    case .part(let part): settled.append(.part(try settle(part, &streams)))
                    }
                }
                return .rows(try PageRows(rows.statics, settled, stream: rows.stream))
            }
            var brought: [PageItem] = []
            brought.reserveCapacity(rows.rows.count)
            for row in rows.rows {
                let part =
                    switch row {
                    case .values(let values): try PagePart(rows.statics, values)
                    case .part(let part): part
                    }
                var writing = PageWriting(region: self)
                try writing.write(.part(part), depth: 0)
                let id = PageTags.idOfFirstTag(writing.bytes)
                brought.append(PageItem(id: id, part: try settle(part, &streams)))
            }
            streams[change.name] = try change.items(after: streams[change.name] ?? [], bringing: brought)
            return .rows(try PageRows(rows.statics, [], stream: change.name))
        }
    }

    private func settle(_ part: PagePart, _ streams: inout [[UInt8]: [PageItem]]) throws(PageFault) -> PagePart {
        guard part.measure.isOpen else { return part }
        return try PagePart(part.statics, try settle(part.values, &streams))
    }

    private func settle(
        _ values: [PageValue], _ streams: inout [[UInt8]: [PageItem]]
    ) throws(PageFault) -> [PageValue] {
        var settled: [PageValue] = []
        settled.reserveCapacity(values.count)
        for value in values { settled.append(try settle(value, &streams)) }
        return settled
    }

    /// Forgets the items of streams that nothing names any more.
    private static func forget(
        _ streams: inout [[UInt8]: [PageItem]], _ tree: PageValue, _ components: [Int: PageValue]
    ) {
        guard !streams.isEmpty else { return }
        var named: Set<[UInt8]> = []
        var left = [tree] + components.values
        while let value = left.popLast() {
            guard value.hasStreams else { continue }
            switch value {
            case .text, .component: break
            case .part(let part): left += part.values
            case .rows(let rows):
                for case .values(let values) in rows.rows { left += values }
                guard let stream = rows.stream, named.insert(stream).inserted else { continue }
                for item in streams[stream] ?? [] { left.append(.part(item.part)) }
            }
        }
        streams = streams.filter { named.contains($0.key) }
    }
}

extension PageStreamChange {
    /// What a stream holds after the change.
    func items(after before: [PageItem], bringing rows: [PageItem]) throws(PageFault) -> [PageItem] {
        func isTaken(_ item: PageItem) -> Bool { isReset || item.id.map(deleted.contains) ?? false }
        let taken = Set(before.filter(isTaken).compactMap(\.id))
        var items = before.filter { !isTaken($0) }
        let kept = Set(items.compactMap(\.id))
        var present = kept
        var moved = 0
        for row in rows {
            var place = Place(index: -1, limit: 0, isUpdateOnly: false)
            if let id = row.id {
                if present.contains(id), let index = items.firstIndex(where: { $0.id == id }) {
                    items[index] = row
                    moved += index
                    continue
                }
                if kept.contains(id) { continue }
                place = places[id] ?? place
                if place.isUpdateOnly, !taken.contains(id) { continue }
            }
            let index = place.index < 0 ? items.count : min(place.index, items.count)
            moved += items.count - index + (place.limit < 0 ? items.count : 0)
            guard moved <= PageLimits.movedItems else { throw PageFault("a stream that moves too many items") }
            items.insert(row, at: index)
            if let id = row.id { present.insert(id) }
            // What is gone stays in `present`, which only saves looking for what has never been there.
            if place.limit > 0, items.count > place.limit { items.removeLast(items.count - place.limit) }
            if place.limit < 0, items.count > -place.limit { items.removeFirst(items.count + place.limit) }
        }
        return items
    }
}

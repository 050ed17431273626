import ExternalTerm

extension PageRegion {
    /// The region as the tree of a join, and as a diff what a tree that is a text has no room for. Implements Spec/pages.md §10.
    func terms(title: [UInt8]?) -> (tree: Term, diff: Term?) {
        var more = TermMap()
        if !components.isEmpty {
            more[atom: "c"] = .map(TermMap(components.map { TermMap.Pair(.integer($0.key), term($0.value)) }))
        }
        if let title { more[atom: "t"] = .binary(title) }
        if case .map(let map) = term(tree) { return (.map(map.merging(more)), nil) }
        return (term(tree), more.isEmpty ? nil : .map(more))
    }

    private func term(_ value: PageValue) -> Term {
        switch value {
        case .text(let text): .binary(text)
        case .component(let number): .integer(number)
        case .part(let part): term(part)
        case .rows(let rows): term(rows)
        }
    }

    private func term(_ part: PagePart) -> Term {
        var pairs = part.values.enumerated().map { TermMap.Pair(.integer($0.offset), term($0.element)) }
        pairs.append(TermMap.Pair(.atom("s"), PageRegion.term(part.statics)))
        return .map(TermMap(pairs))
    }

    private func term(_ rows: PageRows) -> Term {
        var map: TermMap = ["d": .list([]), "s": PageRegion.term(rows.statics)]
        if let stream = rows.stream {
            let items = streams[stream] ?? []
            map[atom: "d"] = .list(
                items.map { item in
                    let isShared = item.part.statics.texts == rows.statics.texts
                    return isShared ? .list(item.part.values.map(term)) : term(item.part)
                })
            map[atom: "stream"] = .list([.binary(stream), .list([]), .list([])])
        } else {
            map[atom: "d"] = .list(
                rows.rows.map { row in
                    switch row {
                    case .values(let values): .list(values.map(term))
                    case .part(let part): term(part)
                    }
                })
        }
        return .map(map)
    }

    private static func term(_ statics: PageStatics) -> Term { .list(statics.texts.map { .binary($0) }) }
}

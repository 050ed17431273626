/// A container in Elixir's notation whose end is still to come.
struct ElixirContainer {
    enum Kind: Equatable {
        case tuple, list
        /// A list after its vertical bar.
        case tail
        /// A map, or a struct of a module.
        case map(module: Atom?)
        /// `MapSet.new(` and the list of its members.
        case set
    }

    var kind: Kind
    /// How many terms enclose the container.
    let depth: Int
    /// The elements so far; of a map, keys and values by turns.
    private(set) var terms: [Term] = []
    /// The pairs at the end that are written `key: value`.
    private(set) var keywords: [(key: Atom, value: Term)] = []
    /// The key of the pair that is being read.
    var key: Atom?

    init(kind: Kind, depth: Int) {
        self.kind = kind
        self.depth = depth
    }

    /// The byte that ends the container.
    var close: UInt8 {
        switch kind {
        case .tuple, .map: UInt8(ascii: "}")
        case .list, .tail: UInt8(ascii: "]")
        case .set: UInt8(ascii: ")")
        }
    }

    /// What ends the container, as an error message has it.
    var closeName: String { "\"\(Unicode.Scalar(close))\"" }

    /// Whether a key has been read that a value has to follow.
    var needsValue: Bool { key != nil || isMap && !terms.count.isMultiple(of: 2) }

    private var isMap: Bool {
        if case .map = kind { true } else { false }
    }

    /// Whether the container may end where its next element would start.
    var mayEnd: Bool {
        switch kind {
        case .tuple, .list, .map: !needsValue
        case .tail, .set: false
        }
    }

    /// How many terms enclose the tuple that a pair makes; nil where pairs make none.
    var pairDepth: Int? {
        switch kind {
        case .list: depth + 1
        // The pairs make a list, which is the tuple's last element.
        case .tuple: depth + 2
        default: nil
        }
    }

    /// How many terms enclose the term that is being read.
    var depthInside: Int { key == nil ? depth + 1 : (pairDepth ?? depth) + 1 }

    mutating func add(_ term: Term) {
        if let key {
            keywords.append((key, term))
            self.key = nil
        } else {
            terms.append(term)
        }
    }

    /// The container as a term.
    var term: Term {
        let pairs: [Term] = keywords.map { .tuple([.atom($0.key), $0.value]) }
        switch kind {
        case .tuple: return .tuple(terms + (pairs.isEmpty ? [] : [.list(pairs)]))
        case .list: return .list(terms + pairs)
        case .tail: return terms.last.map { .list(terms.dropLast(), tail: $0) } ?? .nil
        case .set:
            guard case .list(let members) = terms.first else { return .nil }
            let map = TermMap(members.map { TermMap.Pair($0, .nil) })
            return .map(ElixirStruct.map(ElixirStruct.mapSet, ["map": .map(map)]))
        case .map(let module):
            var all = stride(from: 0, to: terms.count - 1, by: 2).map { TermMap.Pair(terms[$0], terms[$0 + 1]) }
            all += keywords.map { TermMap.Pair(.atom($0.key), $0.value) }
            let map = TermMap(all)
            return .map(module.map { ElixirStruct.completed(map, of: $0) } ?? map)
        }
    }
}

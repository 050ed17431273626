/// A map of terms, its pairs in the order of their keys.
///
/// ```swift
/// let map: TermMap = ["count": 3, "draft": "Hel"]  // the keys are atoms
/// map[atom: "count"]  // .integer(3)
/// map[.integer(1)]    // nil
/// ```
public struct TermMap: Hashable, Sendable {
    /// A key and its value.
    public struct Pair: Hashable, Sendable {
        /// The key.
        public let key: Term
        /// The value.
        public var value: Term

        /// Creates a pair.
        public init(_ key: Term, _ value: Term) {
            self.key = key
            self.value = value
        }
    }

    /// The pairs, in the order of their keys. No key occurs twice.
    public private(set) var pairs: [Pair]

    /// Creates an empty map.
    public init() { pairs = [] }

    /// Creates a map of `pairs`; of those with equal keys the last one counts.
    ///
    /// - Complexity: O(*n*) when the keys are in order already, O(*n* log *n*) otherwise.
    public init(_ pairs: some Sequence<Pair>) {
        self.pairs = Array(pairs)
        _ = sort()
    }

    /// Creates a map of pairs that are in the order of their keys, no key twice.
    init(ascending pairs: [Pair]) { self.pairs = pairs }

    /// Creates a map of `pairs`, or returns nil when a key occurs twice.
    init?(unique pairs: [Pair]) {
        self.pairs = pairs
        guard !sort() else { return nil }
    }

    /// Puts the pairs in order, the last of those with equal keys remaining. Returns whether there were any.
    private mutating func sort() -> Bool {
        var isSorted = true
        for index in pairs.indices.dropFirst()
        where TermOrder.compare(pairs[index - 1].key, pairs[index].key) != .less {
            isSorted = false
            break
        }
        if isSorted { return false }
        var sorted: [Pair] = []
        sorted.reserveCapacity(pairs.count)
        // Numbers are moved, which is faster than moving pairs.
        var order: [(prefix: UInt64, index: Int)] = []
        order.reserveCapacity(pairs.count)
        for index in pairs.indices { order.append((TermOrder.prefix(of: pairs[index].key), index)) }
        // `sort` keeps the order of equal elements, so the last of them is the one that was given last.
        order.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            return TermOrder.compare(pairs[left.index].key, pairs[right.index].key) == .less
        }
        var last: UInt64?
        for (prefix, index) in order {
            let pair = pairs[index]
            if prefix == last, TermOrder.compare(sorted[sorted.count - 1].key, pair.key) == .equal {
                sorted.removeLast()
            }
            sorted.append(pair)
            last = prefix
        }
        defer { pairs = sorted }
        return sorted.count < pairs.count
    }

    /// How many pairs there are.
    public var count: Int { pairs.count }

    /// Whether there are none.
    public var isEmpty: Bool { pairs.isEmpty }

    /// The keys, in order.
    public var keys: [Term] { pairs.map(\.key) }

    /// The value of `key`; assigning nil removes it.
    ///
    /// - Complexity: O(log *n*) to read and to replace, O(*n*) to add and to remove.
    public subscript(key: Term) -> Term? {
        get {
            let (index, isFound) = position(of: key)
            return isFound ? pairs[index].value : nil
        }
        set {
            let (index, isFound) = position(of: key)
            switch (newValue, isFound) {
            case (let value?, true): pairs[index].value = value
            case (let value?, false): pairs.insert(Pair(key, value), at: index)
            case (nil, true): pairs.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// The value of the key that is the atom `name`.
    public subscript(atom name: Atom) -> Term? {
        get { self[.atom(name)] }
        set { self[.atom(name)] = newValue }
    }

    /// A map with these pairs and `other`'s, whose values count where both have a key: Elixir's `Map.merge/2`.
    ///
    /// - Complexity: O(*n*) in the pairs of both.
    public func merging(_ other: TermMap) -> TermMap {
        var merged = TermMap()
        merged.pairs.reserveCapacity(pairs.count + other.pairs.count)
        var left = pairs[...]
        var right = other.pairs[...]
        while let mine = left.first, let theirs = right.first {
            switch TermOrder.compare(mine.key, theirs.key) {
            case .less: merged.pairs.append(left.removeFirst())
            case .greater: merged.pairs.append(right.removeFirst())
            case .equal:
                merged.pairs.append(right.removeFirst())
                left.removeFirst()
            }
        }
        merged.pairs.append(contentsOf: left)
        merged.pairs.append(contentsOf: right)
        return merged
    }

    private func position(of key: Term) -> (index: Int, isFound: Bool) {
        var low = 0
        var high = pairs.count
        while low < high {
            let middle = low + (high - low) / 2
            switch TermOrder.compare(pairs[middle].key, key) {
            case .less: low = middle + 1
            case .greater: high = middle
            case .equal: return (middle, true)
            }
        }
        return (low, false)
    }
}

extension TermMap: ExpressibleByDictionaryLiteral {
    /// Creates a map whose keys are atoms; of equal ones the last counts.
    public init(dictionaryLiteral elements: (Atom, Term)...) {
        self.init(elements.map { Pair(.atom($0.0), $0.1) })
    }
}

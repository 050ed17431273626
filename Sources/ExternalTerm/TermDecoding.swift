import Zlib

extension Term {
    /// Reads a whole term of the External Term Format, with its leading 131.
    ///
    /// Accepts what Erlang's `binary_to_term` accepts, compressed terms included, but for bytes that follow the term.
    ///
    /// - Throws: ``TermError`` when `bytes` is anything else, with the offset.
    public init(external bytes: Span<UInt8>, limits: TermLimits = .default) throws(TermError) {
        let (term, used) = try Term.decodePrefix(of: bytes, limits: limits)
        guard used == bytes.count else {
            throw TermError(.trailingBytes, at: used, "\(bytes.count - used) bytes after the term")
        }
        self = term
    }

    /// Reads a whole term of the External Term Format, with its leading 131.
    ///
    /// - Throws: ``TermError`` when `bytes` is anything else, with the offset.
    public init(external bytes: [UInt8], limits: TermLimits = .default) throws(TermError) {
        try self.init(external: bytes.span, limits: limits)
    }

    /// Reads the term that `bytes` starts with, as `binary_to_term` does, and returns how many bytes it took.
    public static func decodePrefix(
        of bytes: Span<UInt8>, limits: TermLimits = .default
    ) throws(TermError) -> (term: Term, byteCount: Int) {
        var limits = limits
        limits.treeTermCount = max(limits.treeTermCount, bytes.count)
        switch try TermEnvelope.open(bytes, limits: limits) {
        case .plain(let start):
            var decoder = TermDecoding(bytes, at: start, limits: limits)
            let term = try decoder.term()
            return (term, decoder.reader.offset)
        case .inflated(let content, let byteCount):
            var decoder = TermDecoding(content.span, at: 0, limits: limits)
            do throws(TermError) {
                return (try decoder.term(), byteCount)
            } catch {
                throw error.inCompressedTerm
            }
        case .local(let range):
            return (.local([UInt8](copying: bytes.extracting(range))), range.upperBound)
        }
    }

    /// Reads one term without a leading 131 of several that share a budget of terms.
    ///
    /// - Parameter remaining: how many terms the trees may still have, from which this one's are taken.
    package static func decode(
        _ bytes: Span<UInt8>, at offset: Int, limits: TermLimits, spending remaining: inout Int
    ) throws(TermError) -> Term {
        var limits = limits
        limits.treeTermCount = remaining
        var decoder = TermDecoding(bytes, at: offset, limits: limits)
        let term = try decoder.term()
        remaining = decoder.remainingTerms
        return term
    }

    /// Reads one term without a leading 131 that starts at `offset` and may be followed by others.
    ///
    /// - Returns: the term and the offset after it.
    public static func decode(
        _ bytes: Span<UInt8>, at offset: Int, limits: TermLimits = .default
    ) throws(TermError) -> (term: Term, end: Int) {
        var decoder = TermDecoding(bytes, at: offset, limits: limits)
        let term = try decoder.term()
        return (term, decoder.reader.offset)
    }
}

extension TermError {
    /// The error for what is wrong inside a compressed term, whose bytes have no offset of their own in the input.
    var inCompressedTerm: TermError {
        TermError(code, at: 1, "\(reason), at byte \(offset) of what the compressed term holds")
    }
}

/// Builds a tree of ``Term`` values.
///
/// It goes down as deep as the input says, but no deeper than ``TermLimits/deepestTree``: comparing and releasing a tree
/// take as much stack.
struct TermDecoding: ~Escapable {
    private(set) var reader: TokenReader
    let depthLimit: Int
    /// How many more terms the tree may have, and how many it may have in all.
    fileprivate private(set) var remainingTerms: Int
    private let termLimit: Int
    private var atoms = RecentAtoms()
    /// What the maps in a long list have in common, and whether somebody else is looking after that.
    private var recent: RecentTerms?
    private var isSharing: Bool
    /// How many terms enclose these maps: those that are the first on the way down.
    private var sharedDepth: Int?

    /// How many elements a list has, and how many bytes each of them at least, in which maps are looked for that are alike.
    private static let longList = (count: 64, byteCount: 128)

    /// How many elements a container may declare before memory for all of them is taken at once.
    static let trustedCount = 1_024

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at offset: Int, limits: TermLimits, isSharing: Bool = false) {
        reader = TokenReader(bytes, at: offset)
        self.isSharing = isSharing
        depthLimit = min(limits.depth, TermLimits.deepestTree)
        termLimit = limits.treeTermCount
        remainingTerms = limits.treeTermCount
    }

    /// Reads one whole term.
    mutating func term() throws(TermError) -> Term { try term(enclosedBy: 0) }

    /// Goes to where a term starts.
    mutating func move(to offset: Int) { reader.rewind(to: offset) }

    /// Reads the whole term at `offset`, which so many containers enclose.
    mutating func term(at offset: Int, enclosedBy depth: Int) throws(TermError) -> Term {
        reader.rewind(to: offset)
        return try term(enclosedBy: depth)
    }

    /// Reads one whole term that so many containers enclose.
    private mutating func term(enclosedBy depth: Int) throws(TermError) -> Term {
        switch reader.takeCommonLeaf() {
        case .integer(let value): return .integer(value)
        case .atom(let name): return .atom(atoms.atom(name, of: reader.bytes))
        case .binary(let range): return .binary(reader.bytes.array(range))
        case .nil: return .nil
        case nil: break
        }
        let start = reader.offset
        return try term(of: try reader.next(), at: start, enclosedBy: depth)
    }

    /// The term that starts with a token, which has been read, at `start`.
    private mutating func term(
        of token: TermToken, at start: Int, enclosedBy depth: Int
    ) throws(TermError) -> Term {
        let bytes = reader.bytes
        switch token {
        case .map(let count):
            try spend(2 * count)
            if let map = sharedMap(at: start, enclosedBy: depth) { return map }
            return try map(count: count, at: start, enclosedBy: depth)
        case .list(let count): return try list(count: count, enclosedBy: depth)
        case .tuple(let count):
            try checkDepth(depth, count)
            try spend(count)
            return .tuple(try terms(count: count, enclosedBy: depth + 1))
        case .localFunction(let head):
            try checkDepth(depth, head.freeVariableCount)
            try spend(head.freeVariableCount)
            var function = bytes.localFunction(head)
            function.freeVariables = try terms(count: head.freeVariableCount, enclosedBy: depth + 1)
            return .localFunction(function)
        case .record(let head):
            try checkDepth(depth, head.fieldCount)
            let names = bytes.fieldNames(head)
            let values = try terms(count: head.fieldCount, enclosedBy: depth + 1)
            return .record(
                NativeRecord(
                    checked: bytes.atom(head.module), bytes.atom(head.name), isExported: head.isExported,
                    zip(names, values).map { NativeRecord.Field($0, $1) }))
        case .integer(let value): return .integer(value)
        case .atom(let text): return .atom(bytes.atom(text))
        case .binary(let range): return .binary(bytes.array(range))
        case .nil: return .nil
        case .float(let value): return .float(value)
        case .bigInteger(let isNegative, let magnitude):
            return .bigInteger(BigInteger(isNegative: isNegative, magnitude: bytes.array(magnitude)))
        case .string(let range):
            try spend(range.count)
            return .list(range.map { .integer(Int(bytes[$0])) })
        case .bitstring(let range, let bits):
            // The token has at least one byte and 1 to 7 bits.
            return Bitstring(bytes: bytes.array(range), bitsInLastByte: bits).map(Term.bitstring) ?? .binary([])
        case .pid(let text): return .pid(bytes.pid(text))
        case .port(let node, let number, let creation):
            return .port(Port(node: bytes.atom(node), number: number, creation: creation))
        case .reference(let node, let creation, let words):
            return .reference(Reference(node: bytes.atom(node), creation: creation, words: bytes.words(words)))
        case .externalFunction(let module, let function, let arity):
            return .externalFunction(
                ExternalFunction(module: bytes.atom(module), function: bytes.atom(function), arity: arity))
        }
    }

    /// Checks that the terms in a container whose head has been read may be so deep.
    private func checkDepth(_ depth: Int, _ count: Int) throws(TermError) {
        guard count == 0 || depth < depthLimit else {
            // The first of the terms in it is the one that is too deep.
            throw TermError(.limitExceeded, at: reader.offset, "terms nested deeper than \(depthLimit)")
        }
    }

    /// Takes so many terms from what the tree may have.
    @inline(__always)
    private mutating func spend(_ count: Int) throws(TermError) {
        remainingTerms -= count
        if remainingTerms < 0 {
            throw TermError(.limitExceeded, at: reader.offset, "a tree of more than \(termLimit) terms")
        }
    }

    private mutating func terms(count: Int, enclosedBy depth: Int) throws(TermError) -> [Term] {
        var terms: [Term] = []
        terms.reserveCapacity(min(count, TermDecoding.trustedCount))
        for _ in 0..<count { terms.append(try term(enclosedBy: depth)) }
        return terms
    }

    private mutating func list(count: Int, enclosedBy depth: Int) throws(TermError) -> Term {
        // A list of no elements is its tail, which comes next.
        guard count > 0 else {
            while true {
                let start = reader.offset
                let token = try reader.next()
                if token != .list(count: 0) { return try term(of: token, at: start, enclosedBy: depth) }
            }
        }
        try checkDepth(depth, count)
        try spend(count)
        if !isSharing, recent == nil, count >= TermDecoding.longList.count,
            (reader.bytes.count - reader.offset) / count >= TermDecoding.longList.byteCount
        {
            recent = RecentTerms()
        }
        var elements = try terms(count: count, enclosedBy: depth + 1)
        while true {
            let start = reader.offset
            let token = try reader.next()
            switch token {
            case .nil: return .list(elements)
            case .list(let count):
                try spend(count)
                for _ in 0..<count { elements.append(try term(enclosedBy: depth + 1)) }
            case .string(let range):
                try spend(range.count)
                for position in range { elements.append(.integer(Int(reader.bytes[position]))) }
                return .list(elements)
            default:
                return .improperList(elements, tail: try term(of: token, at: start, enclosedBy: depth + 1))
            }
        }
    }

    /// The map at `start`, whose head has been read, with what it has in common with others, or nil, and its head still read.
    private mutating func sharedMap(at start: Int, enclosedBy depth: Int) -> Term? {
        guard !isSharing, depth == sharedDepth ?? depth, var recent else { return nil }
        sharedDepth = depth
        let first = reader.offset
        // Taken out, so that it is not asked about what is in the map.
        self.recent = nil
        isSharing = true
        let map = recent.decode(&self, at: start, enclosedBy: depth)
        isSharing = false
        self.recent = recent
        if map == nil { reader.rewind(to: first) }
        return map
    }

    private mutating func map(count: Int, at start: Int, enclosedBy depth: Int) throws(TermError) -> Term {
        try checkDepth(depth, count)
        var pairs: [TermMap.Pair] = []
        pairs.reserveCapacity(min(count, TermDecoding.trustedCount))
        var isAscending = true
        var lastKey: CommonTerm.Key?
        for _ in 0..<count {
            // Most keys are told apart where they stand.
            let commonKey = CommonTerm.Key(reader.bytes, at: reader.offset)
            let key = try term(enclosedBy: depth + 1)
            if isAscending, let last = pairs.last {
                if let lastKey, let commonKey, lastKey.kind == commonKey.kind {
                    isAscending = lastKey.precedes(commonKey, in: reader.bytes)
                } else {
                    isAscending = TermOrder.compare(last.key, key) == .less
                }
            }
            lastKey = commonKey
            pairs.append(TermMap.Pair(key, try term(enclosedBy: depth + 1)))
        }
        if isAscending { return .map(TermMap(ascending: pairs)) }
        guard let map = TermMap(unique: pairs) else {
            throw TermError(.duplicateKey, at: start, "a map that names a key twice")
        }
        return .map(map)
    }
}

/// Atoms that have been read lately, found again by their names: making a string of bytes takes longer.
package struct RecentAtoms {
    private struct Entry {
        /// Where the name stands.
        var name: Range<Int>
        var atom: Atom
    }

    private var entries: [Entry] = []
    /// Whether there has been one: many terms are a single atom, such as a key, for which nothing is remembered.
    private var hasMet = false

    private static let count = 32

    package init() {}

    /// The atom whose name, all of it ASCII, stands at `range` of the same bytes each time.
    package mutating func atom(_ range: Range<Int>, of bytes: Span<UInt8>) -> Atom {
        guard !range.isEmpty else { return Atom(checked: "") }
        guard hasMet else {
            hasMet = true
            return bytes.atom(TermToken.AtomText(range: range, isLatin1: false))
        }
        let hash =
            Int(bytes[range.lowerBound]) &+ 5 &* Int(bytes[range.upperBound - 1])
            &+ 11 &* Int(bytes[range.lowerBound + range.count / 2]) &+ 3 &* range.count
        let slot = hash & (RecentAtoms.count - 1)
        if entries.isEmpty {
            entries = [Entry](repeating: Entry(name: 0..<0, atom: .nil), count: RecentAtoms.count)
        } else {
            let known = entries[slot].name
            if known.count == range.count, bytes.areEqual(known, range) { return entries[slot].atom }
        }
        let atom = bytes.atom(TermToken.AtomText(range: range, isLatin1: false))
        entries[slot] = Entry(name: range, atom: atom)
        return atom
    }
}

extension Span<UInt8> {
    /// Whether the bytes of two ranges of the same length are equal.
    fileprivate func areEqual(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        var step = 0
        while step < left.count {
            let count = Swift.min(8, left.count - step)
            let (leftStart, rightStart) = (left.lowerBound + step, right.lowerBound + step)
            guard shortWord(leftStart..<leftStart + count) == shortWord(rightStart..<rightStart + count) else {
                return false
            }
            step += 8
        }
        return true
    }
}

extension Span<UInt8> {
    /// The atom whose name stands at `text`, which a token of these bytes has named.
    public func atom(_ text: TermToken.AtomText) -> Atom {
        let part = extracting(text.range)
        if !text.isLatin1, let characters = try? UTF8Span(validating: part) {
            return Atom(checked: String(copying: characters))
        }
        var name = ""
        for index in part.indices { name.unicodeScalars.append(Unicode.Scalar(part[index])) }
        return Atom(checked: name)
    }

    /// The pid that a token of these bytes has named.
    public func pid(_ text: TermToken.PidText) -> Pid {
        Pid(node: atom(text.node), number: text.number, serial: text.serial, creation: text.creation)
    }

    /// The big-endian words of a reference that a token of these bytes has named.
    public func words(_ range: Range<Int>) -> [UInt32] {
        stride(from: range.lowerBound, to: range.upperBound, by: 4).map {
            UInt32(truncatingIfNeeded: uint32(at: $0))
        }
    }

    /// The local function, still without its free variables, that a token of these bytes has named.
    public func localFunction(_ text: TermToken.LocalFunctionText) -> LocalFunction {
        LocalFunction(
            module: atom(text.module), arity: text.arity, index: text.index, uniq: array(text.uniq),
            oldIndex: text.oldIndex, oldUniq: text.oldUniq, creator: pid(text.creator), freeVariables: [])
    }

    /// The bytes of a range, copied.
    public func array(_ range: Range<Int>) -> [UInt8] { [UInt8](copying: extracting(range)) }
}

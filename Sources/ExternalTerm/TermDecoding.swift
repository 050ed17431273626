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
        switch try TermEnvelope.open(bytes, limits: limits) {
        case .plain(let start):
            var decoder = TermDecoding(bytes, at: start, limits: limits)
            let term = try decoder.term(depth: 0)
            return (term, decoder.reader.offset)
        case .inflated(let content, let byteCount):
            var decoder = TermDecoding(content.span, at: 0, limits: limits)
            do throws(TermError) {
                let term = try decoder.term(depth: 0)
                guard decoder.reader.offset == content.count else {
                    throw TermError(.malformedCompression, at: 1, "bytes after the compressed term")
                }
                return (term, byteCount)
            } catch {
                throw error.inCompressedTerm
            }
        case .local(let range):
            return (.local([UInt8](copying: bytes.extracting(range))), range.upperBound)
        }
    }

    /// Reads one term without a leading 131 that starts at `offset` and may be followed by others.
    ///
    /// - Returns: the term and the offset after it.
    public static func decode(
        _ bytes: Span<UInt8>, at offset: Int, limits: TermLimits = .default
    ) throws(TermError) -> (term: Term, end: Int) {
        var decoder = TermDecoding(bytes, at: offset, limits: limits)
        let term = try decoder.term(depth: 0)
        return (term, decoder.reader.offset)
    }
}

extension TermError {
    /// The error for what is wrong inside a compressed term, whose bytes have no offset of their own in the input.
    var inCompressedTerm: TermError {
        TermError(code, at: 1, "\(reason), at byte \(offset) of what the compressed term holds")
    }
}

/// Builds a tree of ``Term`` values from tokens.
struct TermDecoding: ~Escapable {
    var reader: TokenReader
    let depthLimit: Int

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at offset: Int, limits: TermLimits) {
        reader = TokenReader(bytes, at: offset)
        depthLimit = min(limits.depth, TermLimits.deepestTree)
    }

    mutating func term(depth: Int) throws(TermError) -> Term {
        var start = reader.offset
        var token = try reader.next()
        // A list of no elements is its tail, which comes next.
        while token == .list(count: 0) {
            start = reader.offset
            token = try reader.next()
        }
        switch token {
        case .integer(let value): return .integer(value)
        case .atom(let text): return .atom(reader.bytes.atom(text))
        case .binary(let range): return .binary(reader.bytes.array(range))
        case .nil: return .nil
        case .float(let value): return .float(value)
        case .bigInteger(let isNegative, let magnitude):
            return .bigInteger(BigInteger(isNegative: isNegative, magnitude: reader.bytes.array(magnitude)))
        case .string(let range):
            let bytes = reader.bytes
            return .list(range.map { .integer(Int(bytes[$0])) })
        case .bitstring(let range, let bits):
            // The token has at least one byte and 1 to 7 bits.
            return Bitstring(bytes: reader.bytes.array(range), bitsInLastByte: bits).map(Term.bitstring) ?? .binary([])
        case .pid(let text): return .pid(reader.bytes.pid(text))
        case .port(let node, let number, let creation):
            return .port(Port(node: reader.bytes.atom(node), number: number, creation: creation))
        case .reference(let node, let creation, let words):
            return .reference(
                Reference(node: reader.bytes.atom(node), creation: creation, words: reader.bytes.words(words)))
        case .externalFunction(let module, let function, let arity):
            return .externalFunction(
                ExternalFunction(module: reader.bytes.atom(module), function: reader.bytes.atom(function), arity: arity))
        case .tuple, .list, .map, .localFunction:
            guard depth < depthLimit || token.followingTermCount == 0 else {
                throw TermError(.limitExceeded, at: start, "terms nested deeper than \(depthLimit)")
            }
            return try container(token, at: start, depth: depth + 1)
        }
    }

    private mutating func container(_ token: TermToken, at start: Int, depth: Int) throws(TermError) -> Term {
        switch token {
        case .tuple(let count): return .tuple(try terms(count, depth: depth))
        case .list(let count): return try list(count, depth: depth)
        case .map(let count):
            var pairs: [TermMap.Pair] = []
            pairs.reserveCapacity(min(count, TermDecoding.reservedCount))
            for _ in 0..<count {
                let key = try term(depth: depth)
                pairs.append(TermMap.Pair(key, try term(depth: depth)))
            }
            guard let map = TermMap(unique: pairs) else {
                throw TermError(.duplicateKey, at: start, "a map that names a key twice")
            }
            return .map(map)
        case .localFunction(let head):
            var function = reader.bytes.localFunction(head)
            function.freeVariables = try terms(head.freeVariableCount, depth: depth)
            return .localFunction(function)
        default: return .nil
        }
    }

    /// Reads the elements and the tail of a list, which goes on in a tail that is a list.
    private mutating func list(_ count: Int, depth: Int) throws(TermError) -> Term {
        var elements = try terms(count, depth: depth)
        while true {
            let start = reader.offset
            switch try reader.next() {
            case .nil: return .list(elements)
            case .list(let count):
                for _ in 0..<count { elements.append(try term(depth: depth)) }
            case .string(let range):
                for position in range { elements.append(.integer(Int(reader.bytes[position]))) }
                return .list(elements)
            default:
                reader.rewind(to: start)
                return .improperList(elements, tail: try term(depth: depth))
            }
        }
    }

    private mutating func terms(_ count: Int, depth: Int) throws(TermError) -> [Term] {
        var terms: [Term] = []
        terms.reserveCapacity(min(count, TermDecoding.reservedCount))
        for _ in 0..<count { terms.append(try term(depth: depth)) }
        return terms
    }

    /// The most elements that memory is reserved for ahead: declared counts, one inside the other, may add up to more
    /// than the input has bytes.
    private static let reservedCount = 256
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
        var words: [UInt32] = []
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
            var word: UInt32 = 0
            for position in start..<start + 4 { word = word << 8 | UInt32(self[position]) }
            words.append(word)
        }
        return words
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

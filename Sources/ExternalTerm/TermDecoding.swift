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

/// Builds a tree of ``Term`` values from tokens.
///
/// It keeps its stack on the heap: how deep a term nests is the input's choice, and a thread's stack may be small.
struct TermDecoding: ~Escapable {
    private(set) var reader: TokenReader
    private let depthLimit: Int
    private var open: [Container] = []
    /// The content, so far, of the containers that are open, outermost container first.
    private var content: [Term] = []
    /// The heads of the local functions that are open.
    private var functions: [LocalFunction] = []

    /// What a container is; `list` is one that goes on, the other two are lists whose end is known.
    private enum Kind { case tuple, list, properList, improperList, map, function }

    private struct Container {
        var kind: Kind
        /// How many terms are to come; of a list, how many elements.
        var remaining: Int
        /// Where the container starts.
        var start: Int
        /// From where its terms are in `content`.
        var firstTerm: Int
    }

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at offset: Int, limits: TermLimits) {
        reader = TokenReader(bytes, at: offset)
        depthLimit = min(limits.depth, TermLimits.deepestTree)
    }

    /// Reads one whole term.
    mutating func term() throws(TermError) -> Term {
        repeat {
            var start = reader.offset
            var token = try reader.next()
            if !continuesList(token) {
                // A list of no elements is its tail, which comes next.
                while token == .list(count: 0) {
                    start = reader.offset
                    token = try reader.next()
                }
                if let top = open.indices.last { open[top].remaining -= 1 }
                if let term = try term(of: token, at: start) { content.append(term) }
            }
            while let top = open.last, top.remaining == 0, top.kind != .list {
                open.removeLast()
                try finish(top)
            }
        } while !open.isEmpty
        return content.removeLast()
    }

    /// Takes the token after a list's last element when it is a list as well, or the end.
    private mutating func continuesList(_ token: TermToken) -> Bool {
        guard let top = open.indices.last, open[top].kind == .list, open[top].remaining == 0 else { return false }
        switch token {
        case .list(let count):
            open[top].remaining = count
            return true
        case .string(let range):
            for position in range { content.append(.integer(Int(reader.bytes[position]))) }
            open[top].kind = .properList
            return true
        case .nil:
            open[top].kind = .properList
            return true
        default:
            open[top].kind = .improperList
            open[top].remaining = 1
            return false
        }
    }

    /// The term that a token is, or nil when it is the head of a container, which is open then.
    private mutating func term(of token: TermToken, at start: Int) throws(TermError) -> Term? {
        let bytes = reader.bytes
        switch token {
        case .integer(let value): return .integer(value)
        case .atom(let text): return .atom(bytes.atom(text))
        case .binary(let range): return .binary(bytes.array(range))
        case .nil: return .nil
        case .float(let value): return .float(value)
        case .bigInteger(let isNegative, let magnitude):
            return .bigInteger(BigInteger(isNegative: isNegative, magnitude: bytes.array(magnitude)))
        case .string(let range): return .list(range.map { .integer(Int(bytes[$0])) })
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
        case .list(let count): try open(.list, count: count, at: start)
        case .tuple(let count): try open(.tuple, count: count, at: start)
        case .map(let count): try open(.map, count: 2 * count, at: start)
        case .localFunction(let head):
            try open(.function, count: head.freeVariableCount, at: start)
            functions.append(bytes.localFunction(head))
        }
        return nil
    }

    private mutating func open(_ kind: Kind, count: Int, at start: Int) throws(TermError) {
        guard count == 0 || open.count < depthLimit else {
            // The first of the terms in it is the one that is too deep.
            throw TermError(.limitExceeded, at: reader.offset, "terms nested deeper than \(depthLimit)")
        }
        open.append(Container(kind: kind, remaining: count, start: start, firstTerm: content.count))
    }

    /// Makes a term of a container whose terms have all been read.
    private mutating func finish(_ container: Container) throws(TermError) {
        var terms = Array(content[container.firstTerm...])
        content.removeSubrange(container.firstTerm...)
        switch container.kind {
        case .tuple: content.append(.tuple(terms))
        case .list, .properList: content.append(.list(terms))
        case .improperList:
            let tail = terms.removeLast()
            content.append(.improperList(terms, tail: tail))
        case .map:
            let pairs = stride(from: 0, to: terms.count, by: 2).map { TermMap.Pair(terms[$0], terms[$0 + 1]) }
            guard let map = TermMap(unique: pairs) else {
                throw TermError(.duplicateKey, at: container.start, "a map that names a key twice")
            }
            content.append(.map(map))
        case .function:
            var function = functions.removeLast()
            function.freeVariables = terms
            content.append(.localFunction(function))
        }
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

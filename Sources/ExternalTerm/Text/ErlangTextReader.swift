extension Term {
    /// Reads a term in Erlang's notation: a literal, as ``erlangText`` writes it and as people write terms in files.
    ///
    /// White space is free, a full stop at the end is allowed. Integers may have underscores and a radix (`16#ff`) or
    /// be characters (`$a`); strings that follow each other are one; segments of binaries may have sizes, types and
    /// endianness.
    ///
    /// ```swift
    /// try Term(erlangText: "{ok, #{<<\"id\">> => 16#2a}}.")
    /// ```
    ///
    /// - Parameters:
    ///   - text: The literal.
    ///   - limits: How deep terms may nest, and how many bytes a binary may have.
    /// - Throws: ``TermTextError`` when `text` is anything else: with ``TermTextError/Code/identifier`` for pids,
    ///   ports, references and local functions, whose text does not hold what they are, and with
    ///   ``TermTextError/Code/unsupported`` for variables, records and comments.
    /// - Complexity: O(*n*) in the length of the text, but for maps whose keys are not in order, and decimal integers
    ///   of very many digits, of which 262,144 are the most.
    public init(erlangText text: some StringProtocol, limits: TermLimits = .default) throws(TermTextError) {
        var reader = ErlangTextReader(text: TermTextReader(text, limits: limits))
        self = try reader.whole()
    }
}

/// Reads terms in Erlang's notation.
struct ErlangTextReader {
    var text: TermTextReader

    private static let term = "a term"

    /// A container whose end is still to come.
    private struct Container {
        enum Kind {
            case tuple, list, map
            /// A list after its vertical bar.
            case tail
        }

        var kind: Kind
        /// The elements so far; of a map, keys and values by turns.
        var terms: [Term] = []
    }

    mutating func whole() throws(TermTextError) -> Term {
        let term = try term()
        text.skipWhitespace()
        if text.take(".") { text.skipWhitespace() }
        guard text.next == nil else {
            throw text.error(.trailingText, "text after the term", expected: "the end of the text")
        }
        return term
    }

    /// Reads a term. Containers are kept on the heap, so that depth takes no stack.
    private mutating func term() throws(TermTextError) -> Term {
        var open: [Container] = []
        while true {
            text.skipWhitespace()
            guard let start = try start(&open), let term = try finish(start, in: &open) else { continue }
            return term
        }
    }

    /// Reads a term, or opens the container that it is and returns nil.
    private mutating func start(_ open: inout [Container]) throws(TermTextError) -> Term? {
        guard let first = text.next else { throw text.unexpected(expected: ErlangTextReader.term) }
        switch first {
        case UInt8(ascii: "{"): return try start(.tuple, "}", &open) ? nil : .tuple([])
        case UInt8(ascii: "["): return try start(.list, "]", &open) ? nil : .nil
        case UInt8(ascii: "#"):
            try numberSign()
            return try start(.map, "}", &open) ? nil : .map(TermMap())
        case UInt8(ascii: "<"): return try binary()
        case UInt8(ascii: "\""): return .list(try string().map { .integer(Int($0)) })
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "$"):
            return try number()
        default: return try word()
        }
    }

    // MARK: Containers

    /// Opens a container, or returns false when it is empty.
    private mutating func start(
        _ kind: Container.Kind, _ close: StaticString, _ open: inout [Container]
    ) throws(TermTextError) -> Bool {
        try text.checkDepth(open.count)
        text.position += 1
        text.skipWhitespace()
        guard !text.take(close) else { return false }
        open.append(Container(kind: kind))
        return true
    }

    /// Puts a term into the innermost container and closes those that end here. Returns the whole term when none is
    /// left, and nil when another term follows.
    private mutating func finish(_ term: Term, in open: inout [Container]) throws(TermTextError) -> Term? {
        var term = term
        while !open.isEmpty {
            let last = open.count - 1
            open[last].terms.append(term)
            text.skipWhitespace()
            switch open[last].kind {
            case .map where !open[last].terms.count.isMultiple(of: 2):
                try text.expect("=>", expected: "\"=>\"")
                return nil
            case .list where text.take("|"):
                open[last].kind = .tail
                return nil
            case .tuple, .list, .map:
                if text.take(",") { return nil }
                if open[last].kind == .list {
                    try text.expect("]", expected: "a comma, \"|\" or \"]\"")
                } else {
                    try text.expect("}", expected: "a comma or \"}\"")
                }
            case .tail: try text.expect("]", expected: "\"]\"")
            }
            term = ErlangTextReader.term(of: open.removeLast())
        }
        return term
    }

    private static func term(of container: Container) -> Term {
        var terms = container.terms
        switch container.kind {
        case .tuple: return .tuple(terms)
        case .list: return .list(terms)
        case .tail: return terms.popLast().map { .list(terms, tail: $0) } ?? .nil
        case .map:
            return .map(
                TermMap(
                    stride(from: 0, to: terms.count - 1, by: 2).map { TermMap.Pair(terms[$0], terms[$0 + 1]) }))
        }
    }

    /// Moves past a number sign when a map follows.
    private mutating func numberSign() throws(TermTextError) {
        let place = text.position
        text.position += 1
        guard text.next != UInt8(ascii: "{") else { return }
        let name = text.asciiWord()
        if text.next == UInt8(ascii: "<") {
            throw text.error(
                .identifier, at: place, "#\(name)<...>, which text does not hold", expected: "a literal")
        }
        if !name.isEmpty || text.next == UInt8(ascii: "'") {
            throw text.error(.unsupported, at: place, "a record", expected: "a tuple or a map")
        }
        throw text.unexpected(expected: "\"{\" after \"#\"")
    }

    // MARK: Binaries

    private mutating func binary() throws(TermTextError) -> Term {
        guard text.take("<<") else {
            if let byte = text.byte(after: 1), TermTextReader.isDigit(byte) {
                throw text.error(.identifier, "a pid, which text does not hold", expected: "a literal")
            }
            throw text.unexpected(expected: ErlangTextReader.term)
        }
        var bits = BitSequence()
        text.skipWhitespace()
        if text.take(">>") { return bits.term }
        repeat {
            text.skipWhitespace()
            let place = text.position
            let value = try segmentValue()
            let type = try segmentType()
            try text.append(value, as: type, at: place, to: &bits)
            text.skipWhitespace()
        } while text.take(",")
        try text.expect(">>", expected: "a comma or \">>\"")
        return bits.term
    }

    private mutating func segmentValue() throws(TermTextError) -> SegmentValue {
        switch text.next {
        case UInt8(ascii: "\"")?: return .codePoints(try string())
        case (UInt8(ascii: "0")...UInt8(ascii: "9"))?, UInt8(ascii: "-")?, UInt8(ascii: "+")?, UInt8(ascii: "$")?:
            return .number(try number())
        default: throw text.unexpected(expected: "a number or a string")
        }
    }

    private mutating func segmentType() throws(TermTextError) -> SegmentType {
        var type = SegmentType()
        text.skipWhitespace()
        if text.take(":") {
            text.skipWhitespace()
            type.size = try smallInteger("a size")
            text.skipWhitespace()
        }
        guard text.take("/") else { return type }
        repeat {
            text.skipWhitespace()
            let place = text.position
            let word = text.asciiWord()
            if word == "unit", text.take(":") {
                type.unit = try smallInteger("a unit")
            } else if !text.apply(word: word, to: &type) {
                throw text.error(
                    .malformedBinary, at: place, "no type of a segment", expected: "integer, float, utf8, little, ...")
            }
            text.skipWhitespace()
        } while text.take("-")
        return type
    }

    private mutating func smallInteger(_ name: String) throws(TermTextError) -> Int {
        let place = text.position
        guard let value = try text.integerDigits(radix: 10).value(upTo: .max) else {
            throw text.error(.malformedBinary, at: place, "too large a number", expected: name)
        }
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(TermTextError) -> Term {
        let isNegative = text.next == UInt8(ascii: "-")
        if isNegative || text.next == UInt8(ascii: "+") {
            text.position += 1
            text.skipWhitespace()
        }
        if text.take("$") {
            let value = Int(try character())
            return .integer(isNegative ? -value : value)
        }
        guard let first = text.next, TermTextReader.isDigit(first) else { throw text.unexpected(expected: "a number") }
        let start = text.position
        // A radix has two digits at most.
        var digits = text
        while let byte = digits.next, TermTextReader.isDigit(byte), digits.position - start < 3 { digits.position += 1 }
        guard digits.next == UInt8(ascii: "#") else { return try text.decimalNumber(isNegative: isNegative) }
        guard let radix = try text.integerDigits(radix: 10).value(upTo: 36), radix >= 2 else {
            throw text.error(.malformedNumber, at: start, "no radix", expected: "2 to 36")
        }
        text.position += 1
        let sum = try text.integerDigits(radix: radix)
        return sum.term(isNegative: isNegative)
    }

    // MARK: Strings

    /// Reads the strings at the position, which are one when only white space stands between them.
    private mutating func string() throws(TermTextError) -> [UInt32] {
        var points: [UInt32] = []
        var end = text.position
        repeat {
            text.position += 1
            try characters(upTo: UInt8(ascii: "\""), into: &points)
            end = text.position
            text.skipWhitespace()
        } while text.next == UInt8(ascii: "\"")
        text.position = end
        return points
    }

    private mutating func characters(upTo quote: UInt8, into points: inout [UInt32]) throws(TermTextError) {
        while text.next != quote {
            guard text.next != nil else { throw text.unexpected(expected: "the closing quote") }
            points.append(try character())
        }
        text.position += 1
    }

    /// Reads a character or the escape sequence of one.
    private mutating func character() throws(TermTextError) -> UInt32 {
        guard let scalar = text.scalar else { throw text.unexpected(expected: "a character") }
        text.position += scalar.byteCount
        guard scalar.value == "\\" else { return scalar.value.value }
        let place = text.position
        guard let escaped = text.scalar else { throw text.unexpected(expected: "an escape sequence") }
        text.position += escaped.byteCount
        switch escaped.value {
        case "b": return 0x08
        case "d": return 0x7F
        case "e": return 0x1B
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "s": return 0x20
        case "t": return 0x09
        case "v": return 0x0B
        case "x": return try hexadecimal(at: place)
        case "^":
            guard let letter = text.next, 0x40...0x7E ~= letter else {
                throw text.unexpected(expected: "a letter from @ to ~")
            }
            text.position += 1
            return UInt32(letter & 0x1F)
        case "0"..."7":
            var value = escaped.value.value - 0x30
            for _ in 0..<2 {
                guard let digit = text.next, UInt8(ascii: "0")...UInt8(ascii: "7") ~= digit else { break }
                value = value * 8 + UInt32(digit - UInt8(ascii: "0"))
                text.position += 1
            }
            return value
        default: return escaped.value.value
        }
    }

    private mutating func hexadecimal(at place: Int) throws(TermTextError) -> UInt32 {
        let isBraced = text.take("{")
        var value: UInt32 = 0
        var count = 0
        while let digit = text.next.flatMap(TermTextReader.digitValue), digit < 16, isBraced || count < 2,
            value <= 0x10FFFF
        {
            value = value * 16 + UInt32(digit)
            count += 1
            text.position += 1
        }
        guard value <= 0x10FFFF, isBraced ? count > 0 && text.take("}") : count == 2 else {
            throw text.error(
                .malformedString, at: place, "no character in hexadecimal", expected: "\\x41 or \\x{10FFFF} at most")
        }
        return value
    }

    // MARK: Atoms and functions

    private mutating func word() throws(TermTextError) -> Term {
        let place = text.position
        guard let first = text.scalar?.value else { throw text.unexpected(expected: ErlangTextReader.term) }
        switch first {
        case "A"..."Z", "_", "\u{C0}"..."\u{D6}", "\u{D8}"..."\u{DE}":
            throw text.error(.unsupported, "a variable", expected: "a literal")
        case "%": throw text.error(.unsupported, "a comment", expected: ErlangTextReader.term)
        default: break
        }
        guard let (atom, isQuoted) = try atom() else { throw text.unexpected(expected: ErlangTextReader.term) }
        guard !isQuoted, ErlangAtomText.reservedWords.contains(atom.name) else { return .atom(atom) }
        guard atom.name == "fun" else {
            throw text.error(
                .malformedAtom, at: place, "the reserved word \(atom.name)", expected: "'\(atom.name)' with quotes")
        }
        return try function()
    }

    /// Reads an atom, or returns nil when there is none.
    private mutating func atom() throws(TermTextError) -> (atom: Atom, isQuoted: Bool)? {
        let place = text.position
        var name = String.UnicodeScalarView()
        if text.take("'") {
            var points: [UInt32] = []
            try characters(upTo: UInt8(ascii: "'"), into: &points)
            for point in points {
                guard let scalar = Unicode.Scalar(point) else {
                    throw text.error(
                        .malformedAtom, at: place, "an atom with half a surrogate pair", expected: "Unicode scalars")
                }
                name.append(scalar)
            }
            return (try text.atom(String(name), at: place), true)
        }
        while let scalar = text.scalar {
            guard name.isEmpty ? ErlangAtomText.isStart(scalar.value) : ErlangAtomText.isContinue(scalar.value) else {
                break
            }
            name.append(scalar.value)
            text.position += scalar.byteCount
        }
        return name.isEmpty ? nil : (try text.atom(String(name), at: place), false)
    }

    /// Reads what follows `fun`: `Module:Function/Arity`.
    private mutating func function() throws(TermTextError) -> Term {
        text.skipWhitespace()
        if text.next == UInt8(ascii: "(") {
            throw text.error(.unsupported, "a function's code", expected: "fun Module:Function/Arity")
        }
        guard let module = try atom()?.atom else { throw text.unexpected(expected: "a module's name") }
        text.skipWhitespace()
        try text.expect(":", expected: "\":\" and a function's name")
        text.skipWhitespace()
        guard let function = try atom()?.atom else { throw text.unexpected(expected: "a function's name") }
        text.skipWhitespace()
        try text.expect("/", expected: "\"/\" and an arity")
        text.skipWhitespace()
        let arity = try text.arity()
        return .externalFunction(ExternalFunction(module: module, function: function, arity: arity))
    }
}

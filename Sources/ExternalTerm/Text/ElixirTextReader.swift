extension Term {
    /// Reads a term in Elixir's notation: a literal, as ``elixirText`` writes it and as people write terms in code.
    ///
    /// White space is free. Strings are binaries, `'abc'` and `~c"abc"` are charlists, `Shop.Cart` is the atom
    /// `:"Elixir.Shop.Cart"`, and `%Shop.Product{id: 1}` a map with the key `:__struct__`. The sigils `~D`, `~T`, `~N`
    /// and `~U`, ranges, `MapSet.new([...])` and `Decimal.new("...")` are the structs that they stand for, in the
    /// calendar of ISO 8601 and in UTC. A struct has the fields that are written and no others, but for `URI`, whose
    /// other fields are nil. Where a map names a key twice the last value counts, as it does in Elixir.
    ///
    /// ```swift
    /// try Term(elixirText: "%{id: 0x2a, name: \"Ada\", since: ~D[2024-01-02]}")
    /// ```
    ///
    /// - Parameters:
    ///   - text: The literal.
    ///   - limits: How deep terms may nest, and how many bytes a binary may have.
    /// - Throws: ``TermTextError`` when `text` is anything else: with ``TermTextError/Code/identifier`` for pids,
    ///   ports, references, local functions, regexes and whatever else is written `#Name<...>`, whose text does not
    ///   hold what they are, and with ``TermTextError/Code/unsupported`` for variables, interpolations, calls and
    ///   comments.
    /// - Complexity: O(*n*) in the length of the text, but for maps whose keys are not in order, and decimal integers
    ///   of very many digits, of which 262,144 are the most.
    public init(elixirText text: some StringProtocol, limits: TermLimits = .default) throws(TermTextError) {
        var reader = ElixirTextReader(text: TermTextReader(text, limits: limits))
        self = try reader.whole()
    }
}

/// Reads terms in Elixir's notation.
struct ElixirTextReader {
    var text: TermTextReader

    static let term = "a term"

    mutating func whole() throws(TermTextError) -> Term {
        let term = try term()
        text.skipWhitespace()
        guard text.next == nil else {
            throw text.error(.trailingText, "text after the term", expected: "the end of the text")
        }
        return term
    }

    /// Reads a term. Containers are kept on the heap, so that depth takes no stack.
    private mutating func term() throws(TermTextError) -> Term {
        var open: [ElixirContainer] = []
        while true {
            text.skipWhitespace()
            var term = try end(of: &open)
            if term == nil {
                try key(in: &open)
                term = try start(&open)
            }
            while let finished = term {
                guard !open.isEmpty else { return finished }
                term = try add(finished, to: &open)
            }
        }
    }

    /// Reads a term, or opens the container that it is and returns nil.
    private mutating func start(_ open: inout [ElixirContainer]) throws(TermTextError) -> Term? {
        text.skipWhitespace()
        guard let first = text.next else { throw text.unexpected(expected: ElixirTextReader.term) }
        let depth = open.last?.depthInside ?? 0
        switch first {
        case UInt8(ascii: "{"): try start(.tuple, depth, &open)
        case UInt8(ascii: "["): try start(.list, depth, &open)
        case UInt8(ascii: "%"): try start(.map(module: try structName()), depth, &open)
        case UInt8(ascii: "<"): return try binary(depth: 0)
        case UInt8(ascii: "\""): return .binary(try quoted(.string))
        case UInt8(ascii: "'"): return try charlist()
        case UInt8(ascii: "~"): return try sigil(depth: depth)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"):
            return try numberOrRange(depth: depth)
        case UInt8(ascii: "?"): return .integer(Int(try character()))
        case UInt8(ascii: ":"): return .atom(try atom())
        case UInt8(ascii: "&"): return try function()
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): return try alias(depth: depth, &open)
        case UInt8(ascii: "#"): throw opaque()
        default: return try word()
        }
        return nil
    }

    // MARK: Containers

    private mutating func start(
        _ kind: ElixirContainer.Kind, _ depth: Int, _ open: inout [ElixirContainer]
    ) throws(TermTextError) {
        try text.checkDepth(depth)
        text.position += 1
        open.append(ElixirContainer(kind: kind, depth: depth))
    }

    /// Reads what stands between the percent sign of a map and its brace.
    private mutating func structName() throws(TermTextError) -> Atom? {
        text.position += 1
        var module: Atom?
        if text.next == UInt8(ascii: ":") {
            module = try atom()
        } else if let byte = text.next, TermTextReader.isUpper(byte) {
            module = try aliasName()
        }
        guard text.next == UInt8(ascii: "{") else { throw text.unexpected(expected: "\"{\"") }
        return module
    }

    /// Closes the innermost container when it ends where an element could start: it is empty, or a comma is its last.
    private mutating func end(of open: inout [ElixirContainer]) throws(TermTextError) -> Term? {
        guard let container = open.last, container.mayEnd, text.next == container.close else { return nil }
        return try close(&open)
    }

    /// Moves past the end of the innermost container.
    private mutating func close(_ open: inout [ElixirContainer]) throws(TermTextError) -> Term {
        let container = open.removeLast()
        if container.kind == .tuple, container.terms.isEmpty, !container.keywords.isEmpty {
            throw text.error(
                .unexpectedCharacter, "a tuple of keys and values only", expected: "a term before the first key")
        }
        text.position += 1
        return container.term
    }

    /// Reads the key of a pair when one follows in the innermost container.
    private mutating func key(in open: inout [ElixirContainer]) throws(TermTextError) {
        guard let container = open.last, container.mayEnd else { return }
        guard let key = try keyword() else {
            guard container.keywords.isEmpty else { throw text.unexpected(expected: "a key and a colon") }
            return
        }
        open[open.count - 1].key = key
        if let depth = container.pairDepth { try text.checkDepth(depth) }
    }

    /// Puts a term into the innermost container. Returns that when it ends here, and nil when another term follows.
    private mutating func add(_ term: Term, to open: inout [ElixirContainer]) throws(TermTextError) -> Term? {
        let last = open.count - 1
        open[last].add(term)
        text.skipWhitespace()
        switch open[last].kind {
        case .map where open[last].needsValue:
            guard text.next != UInt8(ascii: "|") else {
                throw text.error(.unsupported, "the update of a map", expected: "\"=>\"")
            }
            try text.expect("=>", expected: "\"=>\"")
            return nil
        case .list where open[last].keywords.isEmpty && text.take("|"):
            open[last].kind = .tail
            return nil
        case .tuple, .list, .map:
            if text.take(",") { return nil }
        case .tail: break
        case .set:
            guard case .list = term else {
                throw text.error(.unsupported, "a set of something else", expected: "MapSet.new([...])")
            }
        }
        guard text.next == open[last].close else {
            throw text.unexpected(expected: "\(open[last].kind == .tail ? "" : "a comma or ")\(open[last].closeName)")
        }
        return try close(&open)
    }

    /// Reads the key of a pair with its colon, or returns nil when the text goes on otherwise.
    private mutating func keyword() throws(TermTextError) -> Atom? {
        let place = text.position
        switch text.next {
        case UInt8(ascii: "\"")?, UInt8(ascii: "'")?:
            // Most strings are no keys: look for the colon before reading.
            guard isQuotedKey() else { return nil }
            let name = try quoted(.name)
            text.position += 1
            return try named(name, at: place)
        default:
            var other = text
            guard let name = other.identifier() ?? other.operatorName(before: ":"), other.take(":"),
                other.next.map(TermTextReader.isWhitespace) == true
            else { return nil }
            text = other
            return try text.atom(name, at: place)
        }
    }

    /// Whether a colon and white space follow the string at the position.
    private func isQuotedKey() -> Bool {
        var other = text
        let quote = text.next
        other.position += 1
        while let byte = other.next, byte != quote { other.position += byte == UInt8(ascii: "\\") ? 2 : 1 }
        other.position += 1
        return other.take(":") && other.next.map(TermTextReader.isWhitespace) == true
    }

    // MARK: Binaries

    /// How many binaries may enclose a binary that is written out inside them.
    private static let deepestBinary = 16

    private mutating func binary(depth: Int) throws(TermTextError) -> Term {
        try text.expect("<<", expected: ElixirTextReader.term)
        guard depth < ElixirTextReader.deepestBinary else {
            throw text.error(
                .limitExceeded, "binaries nested deeper than \(ElixirTextReader.deepestBinary)", expected: "one binary")
        }
        var bits = BitSequence()
        repeat {
            text.skipWhitespace()
            guard !text.isAt(">>") else { break }
            let place = text.position
            let value = try segmentValue(depth: depth + 1)
            let type = try segmentType()
            try text.append(value, as: type, at: place, to: &bits)
            text.skipWhitespace()
        } while text.take(",")
        try text.expect(">>", expected: "a comma or \">>\"")
        return bits.term
    }

    private mutating func segmentValue(depth: Int) throws(TermTextError) -> SegmentValue {
        switch text.next {
        case UInt8(ascii: "\"")?: return .bits(.binary(try quoted(.string)), isText: true)
        case UInt8(ascii: "<")?: return .bits(try binary(depth: depth), isText: false)
        case (UInt8(ascii: "0")...UInt8(ascii: "9"))?, UInt8(ascii: "-")?, UInt8(ascii: "+")?:
            return .number(try number())
        case UInt8(ascii: "?")?: return .number(.integer(Int(try character())))
        default: throw text.unexpected(expected: "a number, a string or a binary")
        }
    }

    private mutating func segmentType() throws(TermTextError) -> SegmentType {
        var type = SegmentType()
        text.skipWhitespace()
        guard text.take("::") else { return type }
        repeat {
            text.skipWhitespace()
            let place = text.position
            if let byte = text.next, TermTextReader.isDigit(byte) {
                type.size = try smallInteger("a size")
                if text.take("*") { type.unit = try smallInteger("a unit") }
            } else {
                let word = text.asciiWord()
                if word == "size" || word == "unit", text.take("(") {
                    let value = try smallInteger("a \(word)")
                    try text.expect(")", expected: "\")\"")
                    if word == "size" { type.size = value } else { type.unit = value }
                } else if !text.apply(word: word, to: &type) {
                    throw text.error(
                        .malformedBinary, at: place, "no type of a segment",
                        expected: "size(8), integer, float, utf8, little, ...")
                }
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

    private mutating func numberOrRange(depth: Int) throws(TermTextError) -> Term {
        let first = try number()
        guard text.isAt(".."), first.isInteger else { return first }
        try text.checkDepth(depth)
        text.position += 2
        let place = text.position
        let last = try number()
        var step: Term = first > last ? -1 : 1
        if text.take("//") { step = try number() }
        guard last.isInteger, step.isInteger, step != .integer(0) else {
            throw text.error(
                .malformedNumber, at: place, "no end of a range", expected: "integers, and a step that is not 0")
        }
        return .map(ElixirStruct.map(ElixirStruct.range, ["first": first, "last": last, "step": step]))
    }

    private mutating func number() throws(TermTextError) -> Term {
        let isNegative = text.next == UInt8(ascii: "-")
        if isNegative || text.next == UInt8(ascii: "+") {
            text.position += 1
            text.skipWhitespace()
        }
        guard let first = text.next, TermTextReader.isDigit(first) else { throw text.unexpected(expected: "a number") }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] as [(StaticString, Int)] where text.take(prefix) {
            return try text.integerDigits(radix: radix).term(isNegative: isNegative)
        }
        return try text.decimalNumber(isNegative: isNegative)
    }

    // MARK: Names

    /// Reads an atom that starts with a colon.
    mutating func atom() throws(TermTextError) -> Atom {
        let place = text.position
        text.position += 1
        if text.next == UInt8(ascii: "\"") || text.next == UInt8(ascii: "'") {
            return try named(try quoted(.name), at: place)
        }
        guard let name = text.identifier() ?? text.operatorName(before: nil) else {
            throw text.unexpected(expected: "an atom's name")
        }
        return try text.atom(name, at: place)
    }

    /// The atom whose name has these bytes.
    private func named(_ bytes: [UInt8], at place: Int) throws(TermTextError) -> Atom {
        guard let name = String(validating: bytes, as: UTF8.self) else {
            throw text.error(.malformedString, at: place, "an atom that is not UTF-8", expected: "Unicode scalars")
        }
        return try text.atom(name, at: place)
    }

    /// Reads a module's name, which starts with a capital letter.
    private mutating func aliasName() throws(TermTextError) -> Atom {
        let place = text.position
        var name = text.asciiWord()
        while text.next == UInt8(ascii: "."), let byte = text.byte(after: 1), TermTextReader.isUpper(byte) {
            text.position += 1
            name += "." + text.asciiWord()
        }
        let isWhole = name == "Elixir" || name.utf8.starts(with: "Elixir.".utf8)
        return try text.atom(isWhole ? name : "Elixir." + name, at: place)
    }

    /// Reads a module's name, or what its `new` function makes.
    private mutating func alias(depth: Int, _ open: inout [ElixirContainer]) throws(TermTextError) -> Term? {
        let place = text.position
        let module = try aliasName()
        guard text.next == UInt8(ascii: ".") || text.next == UInt8(ascii: "(") else { return .atom(module) }
        guard text.take(".new("), module == ElixirStruct.mapSet || module == ElixirStruct.decimal else {
            throw text.error(.unsupported, at: place, "a function's call", expected: "a literal")
        }
        try text.checkDepth(depth + 1)
        if module == ElixirStruct.mapSet {
            open.append(ElixirContainer(kind: .set, depth: depth))
            return nil
        }
        guard text.next == UInt8(ascii: "\""), let map = DecimalText.map(try quoted(.string)) else {
            throw text.error(.malformedSigil, at: place, "no decimal number", expected: "Decimal.new(\"1.0\")")
        }
        try text.expect(")", expected: "\")\"")
        return .map(map)
    }

    private mutating func word() throws(TermTextError) -> Term {
        let place = text.position
        switch text.identifier() {
        case "nil": return .atom(.nil)
        case "true": return .atom(.true)
        case "false": return .atom(.false)
        case .some(let name):
            throw text.error(
                .unsupported, at: place, "the variable or call \(name)", expected: "an atom with a colon before it")
        case nil: throw text.unexpected(expected: ElixirTextReader.term)
        }
    }

    /// Reads `&Module.function/1`.
    private mutating func function() throws(TermTextError) -> Term {
        text.position += 1
        let module: Atom
        switch text.next {
        case UInt8(ascii: ":")?: module = try atom()
        case (UInt8(ascii: "A")...UInt8(ascii: "Z"))?: module = try aliasName()
        default:
            let place = text.position
            guard let name = text.identifier(), ["nil", "true", "false"].contains(name) else {
                text.position = place
                throw text.error(.unsupported, "a function's code", expected: "&Module.function/1")
            }
            module = try text.atom(name, at: place)
        }
        try text.expect(".", expected: "\".\" and a function's name")
        let place = text.position
        let function: Atom
        if text.next == UInt8(ascii: "\"") {
            function = try named(try quoted(.name), at: place)
        } else {
            guard let name = text.identifier() ?? text.operatorName(before: "/") else {
                throw text.unexpected(expected: "a function's name")
            }
            function = try text.atom(name, at: place)
        }
        try text.expect("/", expected: "\"/\" and an arity")
        return .externalFunction(ExternalFunction(module: module, function: function, arity: try text.arity()))
    }

    /// The error for what starts with a number sign: the text of something opaque, or a comment.
    private func opaque() -> TermTextError {
        var other = text
        other.position += 1
        var name = other.asciiWord()
        while other.take(".") { name += "." + other.asciiWord() }
        guard !name.isEmpty, other.next == UInt8(ascii: "<") else {
            return text.error(.unsupported, "a comment", expected: ElixirTextReader.term)
        }
        return text.error(.identifier, "#\(name)<...>, which text does not hold", expected: "a literal")
    }
}

extension TermTextReader {
    /// Reads a name that needs no quotes, or returns nil when there is none.
    ///
    /// Names may have characters that are newer than the tables by which they are written.
    mutating func identifier() -> String? {
        let start = position
        while let scalar = scalar {
            let isFirst = position == start
            switch scalar.value {
            case "a"..."z", "A"..."Z", "_": break
            case "0"..."9" where !isFirst, "@" where !isFirst: break
            case "\u{80}"...:
                let properties = scalar.value.properties
                guard isFirst ? properties.isIDStart : properties.isIDContinue else { return nil }
            case "?" where !isFirst, "!" where !isFirst:
                position += 1
                return String(decoding: bytes[start..<position], as: UTF8.self)
            default: return isFirst ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
            }
            position += scalar.byteCount
        }
        return position == start ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Reads an operator that an atom may be, the longest one that `end` follows, or returns nil when there is none.
    mutating func operatorName(before end: Unicode.Scalar?) -> String? {
        for count in (1...4).reversed() where position + count <= bytes.count {
            let name = String(decoding: bytes[position..<position + count], as: UTF8.self)
            if let end, byte(after: count) != UInt8(ascii: end) { continue }
            guard
                ElixirAtomText.operators.contains(name) || ElixirAtomText.notCallable.contains(name)
                    || ElixirAtomText.quotedOperators.contains(name)
            else { continue }
            position += count
            return name
        }
        return nil
    }
}

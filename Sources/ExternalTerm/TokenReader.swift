import Zlib

/// Reads tokens one after the other, checking each by itself: that the bytes are there, and that the values are in range.
///
/// The grammar that tokens form, nesting limits and duplicate keys are ``TermParser``'s.
struct TokenReader: ~Escapable {
    let bytes: Span<UInt8>
    private(set) var offset: Int

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Goes to `offset`, which the reader has been at before or up to which all is known.
    mutating func rewind(to offset: Int) { self.offset = offset }
}

// MARK: - Fields

extension TokenReader {
    /// Takes `count` bytes, checked against what is left before anything is done with them.
    mutating func take(_ count: Int) throws(TermError) -> Range<Int> {
        guard count <= bytes.count - offset else {
            throw TermError(.truncated, at: offset, "\(count) bytes declared, \(bytes.count - offset) left")
        }
        let start = offset
        offset += count
        return start..<offset
    }

    mutating func byte() throws(TermError) -> UInt8 {
        guard offset < bytes.count else { throw TermError(.truncated, at: offset, "a byte expected, none left") }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func uint16() throws(TermError) -> Int {
        bytes.uint16(at: try take(2).lowerBound)
    }

    mutating func uint32() throws(TermError) -> UInt32 {
        UInt32(truncatingIfNeeded: bytes.uint32(at: try take(4).lowerBound))
    }

    mutating func uint64() throws(TermError) -> UInt64 {
        bytes.number(in: try take(8))
    }

    /// Takes a count of terms that follow, each of which takes a byte at the least.
    mutating func termCount(of count: UInt32, each terms: Int = 1) throws(TermError) -> Int {
        let count = Int(count)
        guard count * terms <= bytes.count - offset else {
            throw TermError(
                .truncated, at: offset, "\(count) elements declared, \(bytes.count - offset) bytes left")
        }
        return count
    }
}

// MARK: - Tokens

extension TokenReader {
    mutating func next() throws(TermError) -> TermToken {
        let start = offset
        let tag = try byte()
        switch tag {
        case Tag.smallInteger: return .integer(Int(try byte()))
        case Tag.integer: return .integer(Int(Int32(bitPattern: try uint32())))
        case Tag.smallAtomUTF8, Tag.atomUTF8, Tag.smallAtom, Tag.atom: return .atom(try atomText(tag: tag, at: start))
        case Tag.binary:
            let count = Int(try uint32())
            return .binary(try take(count))
        case Tag.map: return .map(count: try termCount(of: try uint32(), each: 2))
        case Tag.smallTuple: return .tuple(count: try termCount(of: UInt32(try byte())))
        case Tag.nil: return .nil
        case Tag.list: return .list(count: try termCount(of: try uint32()))
        case Tag.string:
            let count = try uint16()
            return count == 0 ? .nil : .string(try take(count))
        case Tag.newFloat: return .float(try finite(Double(bitPattern: try uint64()), at: start))
        case Tag.largeTuple: return .tuple(count: try termCount(of: try uint32()))
        case Tag.smallBig: return try bigInteger(byteCount: Int(try byte()), at: start)
        case Tag.largeBig: return try bigInteger(byteCount: Int(try uint32()), at: start)
        case Tag.bitBinary: return try bitstring(at: start)
        case Tag.float: return .float(try decimalFloat(at: start))
        default: return try identifier(tag: tag, at: start)
        }
    }

    /// A term of one of the kinds that most are of.
    enum CommonLeaf {
        case integer(Int)
        /// An atom, where its name stands, which is ASCII.
        case atom(Range<Int>)
        case binary(Range<Int>)
        case `nil`
    }

    /// Takes a small integer, an atom of ASCII, a binary or the empty list.
    ///
    /// Returns nil, and stays, before anything else: containers, rarer kinds, and what ``next()`` would refuse.
    @inline(__always)
    mutating func takeCommonLeaf() -> CommonLeaf? {
        // The longest head is a binary's.
        let left = bytes.count - offset - 5
        guard left >= 0 else { return nil }
        let start = offset
        switch bytes[start] {
        case Tag.smallInteger:
            offset += 2
            return .integer(Int(bytes[start + 1]))
        case Tag.integer:
            offset += 5
            return .integer(Int(Int32(truncatingIfNeeded: bytes.uint32(at: start + 1))))
        case Tag.nil:
            offset += 1
            return .nil
        case Tag.smallAtomUTF8:
            let count = Int(bytes[start + 1])
            guard count <= left else { return nil }
            return takeAtom(named: start + 2..<start + 2 + count)
        case Tag.atom:
            // What older nodes write.
            let count = bytes.uint16(at: start + 1)
            guard count <= min(left, Atom.longestName) else { return nil }
            return takeAtom(named: start + 3..<start + 3 + count)
        case Tag.binary:
            let count = bytes.uint32(at: start + 1)
            guard count <= left else { return nil }
            offset = start + 5 + count
            return .binary(start + 5..<offset)
        default: return nil
        }
    }

    /// Goes past an atom whose name, which is all there, is ASCII.
    @inline(__always)
    private mutating func takeAtom(named name: Range<Int>) -> CommonLeaf? {
        guard bytes.isASCII(name) else { return nil }
        offset = name.upperBound
        return .atom(name)
    }

    /// Goes past what ``takeCommonLeaf()`` takes, or returns false and stays.
    @inline(__always)
    mutating func skipCommonLeaf() -> Bool { takeCommonLeaf() != nil }

    private mutating func bigInteger(byteCount: Int, at start: Int) throws(TermError) -> TermToken {
        let isNegative = try byte() != 0
        var magnitude = try take(byteCount)
        guard byteCount <= BigInteger.longestMagnitude else {
            throw TermError(.limitExceeded, at: start, "an integer of \(byteCount) bytes")
        }
        while let last = magnitude.last, bytes[last] == 0 { magnitude = magnitude.dropLast() }
        if magnitude.count <= 8 {
            let value = bytes.shortWord(magnitude)
            if let integer = Int(exactly: value) { return .integer(isNegative ? -integer : integer) }
            if isNegative, value == 1 << 63 { return .integer(.min) }
        }
        return .bigInteger(isNegative: isNegative, magnitude: magnitude)
    }

    private mutating func bitstring(at start: Int) throws(TermError) -> TermToken {
        let count = Int(try uint32())
        let bits = Int(try byte())
        guard count > 0 ? 1...8 ~= bits : bits == 0 else {
            throw TermError(
                .malformedBitstring, at: start, "a bitstring of \(count) bytes with \(bits) bits in the last")
        }
        let range = try take(count)
        return bits == 8 || count == 0 ? .binary(range) : .bitstring(range, bitsInLastByte: bits)
    }

    private func finite(_ value: Double, at start: Int) throws(TermError) -> Double {
        guard value.isFinite else { throw TermError(.malformedFloat, at: start, "a float that is \(value)") }
        return value
    }

    /// The old form of a float: `%.20e` in 31 bytes, ended by a zero byte.
    private mutating func decimalFloat(at start: Int) throws(TermError) -> Double {
        let range = try take(31)
        var text: [UInt8] = []
        for position in range {
            if bytes[position] == 0 { break }
            text.append(bytes[position])
        }
        guard text.count < range.count, let value = DecimalFloat.value(of: text) else {
            throw TermError(.malformedFloat, at: start, "a float that is no decimal number")
        }
        return try finite(value, at: start)
    }
}

// MARK: - Atoms

extension TokenReader {
    private mutating func atomText(tag: UInt8, at start: Int) throws(TermError) -> TermToken.AtomText {
        let isShort = tag == Tag.smallAtomUTF8 || tag == Tag.smallAtom
        let count = isShort ? Int(try byte()) : try uint16()
        let isUTF8 = tag == Tag.smallAtomUTF8 || tag == Tag.atomUTF8
        // 255 characters have four bytes each at the most.
        guard count <= Atom.longestName * (isUTF8 ? 4 : 1) else {
            throw TermError(.malformedAtom, at: start, "an atom of \(count) bytes")
        }
        let range = try take(count)
        var isASCII = true
        for position in range where bytes[position] >= 0x80 { isASCII = false }
        if !isASCII, isUTF8 {
            guard let scalarCount = UTF8Validation.scalarCount(in: bytes, range) else {
                throw TermError(.malformedAtom, at: start, "an atom whose name is not UTF-8")
            }
            guard scalarCount <= Atom.longestName else {
                throw TermError(.malformedAtom, at: start, "an atom of \(scalarCount) characters")
            }
        } else if count > Atom.longestName {
            throw TermError(.malformedAtom, at: start, "an atom of \(count) characters")
        }
        return TermToken.AtomText(range: range, isLatin1: !isUTF8 && !isASCII)
    }

    /// An atom inside an identifier.
    private mutating func nestedAtom(_ role: String) throws(TermError) -> TermToken.AtomText {
        let start = offset
        let tag = try byte()
        switch tag {
        case Tag.smallAtomUTF8, Tag.atomUTF8, Tag.smallAtom, Tag.atom: return try atomText(tag: tag, at: start)
        default: throw TermError(.malformedIdentifier, at: start, "\(role) that is tag \(tag) and no atom")
        }
    }

    /// An integer inside an identifier: one of the 60 bits that Erlang holds in a word.
    private mutating func nestedInteger(_ role: String) throws(TermError) -> Int {
        let start = offset
        // The tag comes first: `next()` would go down into functions inside functions as deep as the input says.
        let tag = try byte()
        rewind(to: start)
        switch tag {
        case Tag.smallInteger, Tag.integer, Tag.smallBig, Tag.largeBig:
            if case .integer(let value) = try next(), -(1 << 59)..<(1 << 59) ~= value { return value }
        default: break
        }
        throw TermError(.malformedIdentifier, at: start, "\(role) that is no small integer")
    }
}

// MARK: - Identifiers

extension TokenReader {
    private mutating func identifier(tag: UInt8, at start: Int) throws(TermError) -> TermToken {
        switch tag {
        case Tag.newPid, Tag.pid: return .pid(try pid(tag: tag, at: start))
        case Tag.v4Port, Tag.newPort, Tag.port: return try port(tag: tag, at: start)
        case Tag.newerReference, Tag.newReference, Tag.reference: return try reference(tag: tag, at: start)
        case Tag.export:
            let module = try nestedAtom("a module")
            let function = try nestedAtom("a function")
            let arityStart = offset
            let arity = try nestedInteger("an arity")
            guard arity >= 0 else { throw TermError(.malformedIdentifier, at: arityStart, "an arity of \(arity)") }
            // Erlang keeps 32 bits of it.
            return .externalFunction(module: module, function: function, arity: UInt32(truncatingIfNeeded: arity))
        case Tag.newFun: return try localFunction(at: start)
        case Tag.record: return .record(try record(at: start))
        case Tag.fun:
            throw TermError(.unknownTag, at: start, "FUN_EXT (117), which no release reads since Erlang/OTP 23")
        case Tag.compressed:
            throw TermError(.unknownTag, at: start, "a compressed term (80) inside a term")
        case Tag.local:
            throw TermError(.unknownTag, at: start, "LOCAL_EXT (121) inside a term")
        default:
            if let name = Tag.distributionName(of: tag) {
                throw TermError(.distributionTag, at: start, "\(name), which belongs to a connection between nodes")
            }
            throw TermError(.unknownTag, at: start, "the unassigned tag \(tag)")
        }
    }

    private mutating func pid(tag: UInt8, at start: Int) throws(TermError) -> TermToken.PidText {
        let node = try nestedAtom("a node")
        let number = try uint32()
        let serial = try uint32()
        let creation = tag == Tag.newPid ? try uint32() : try oldCreation()
        return TermToken.PidText(node: node, number: number, serial: serial, creation: creation)
    }

    private mutating func port(tag: UInt8, at start: Int) throws(TermError) -> TermToken {
        let node = try nestedAtom("a node")
        let number = tag == Tag.v4Port ? try uint64() : UInt64(try uint32())
        let creation = tag == Tag.port ? try oldCreation() : try uint32()
        return .port(node: node, number: number, creation: creation)
    }

    private mutating func reference(tag: UInt8, at start: Int) throws(TermError) -> TermToken {
        let count = tag == Tag.reference ? 1 : try uint16()
        guard 1...5 ~= count else {
            throw TermError(.malformedIdentifier, at: start, "a reference of \(count) words")
        }
        let node = try nestedAtom("a node")
        if tag == Tag.reference {
            let words = try oldWords(1)
            return .reference(node: node, creation: try oldCreation(), words: words)
        }
        if tag == Tag.newReference {
            let creation = try oldCreation()
            return .reference(node: node, creation: creation, words: try oldWords(count))
        }
        let creation = try uint32()
        return .reference(node: node, creation: creation, words: try take(4 * count))
    }

    /// The creation of the old forms, which have two bits for it.
    private mutating func oldCreation() throws(TermError) -> UInt32 {
        let start = offset
        let creation = try byte()
        guard creation <= 3 else {
            throw TermError(.malformedIdentifier, at: start, "a creation of \(creation), beyond 3")
        }
        return UInt32(creation)
    }

    /// The words of a reference in the old forms, which have 18 bits for the first one.
    private mutating func oldWords(_ count: Int) throws(TermError) -> Range<Int> {
        let range = try take(4 * count)
        let start = range.lowerBound
        guard bytes[start] == 0, bytes[start + 1] <= 3 else {
            throw TermError(.malformedIdentifier, at: start, "a reference's first word of more than 18 bits")
        }
        return range
    }

    private mutating func record(at start: Int) throws(TermError) -> TermToken.RecordText {
        let count = try uint32()
        let isExported = try byte() & 1 != 0
        let module = try nestedAtom("a module")
        let name = try nestedAtom("a record's name")
        let first = offset
        // Each field has a name, of two bytes at the least, and a value.
        let fieldCount = try termCount(of: count, each: 3)
        var names = Set<Atom>()
        for _ in 0..<fieldCount { names.insert(bytes.atom(try nestedAtom("a field's name"))) }
        guard names.count == fieldCount else {
            throw TermError(.duplicateKey, at: start, "a record that names a field twice")
        }
        return TermToken.RecordText(
            module: module, name: name, isExported: isExported, fieldNames: first..<offset, fieldCount: fieldCount)
    }

    private mutating func localFunction(at start: Int) throws(TermError) -> TermToken {
        _ = try uint32()
        let arity = try byte()
        let uniq = try take(16)
        let index = try uint32()
        let countStart = offset
        let freeVariableCount = try uint32()
        guard freeVariableCount <= 255 else {
            throw TermError(.malformedIdentifier, at: countStart, "a function of \(freeVariableCount) free variables")
        }
        let module = try nestedAtom("a module")
        // Erlang keeps 32 bits of both.
        let oldIndex = Int32(truncatingIfNeeded: try nestedInteger("a function's index"))
        let oldUniq = Int32(truncatingIfNeeded: try nestedInteger("a function's uniq"))
        let creatorStart = offset
        let creatorTag = try byte()
        guard creatorTag == Tag.newPid || creatorTag == Tag.pid else {
            throw TermError(.malformedIdentifier, at: creatorStart, "a function's creator that is no pid")
        }
        let creator = try pid(tag: creatorTag, at: creatorStart)
        return .localFunction(
            TermToken.LocalFunctionText(
                arity: arity, uniq: uniq, index: index, module: module, oldIndex: oldIndex, oldUniq: oldUniq,
                creator: creator, freeVariableCount: try termCount(of: freeVariableCount)))
    }
}

extension Span<UInt8> {
    /// The names of a record's fields, which a token of these bytes has named.
    public func fieldNames(_ text: TermToken.RecordText) -> [Atom] {
        var reader = TokenReader(self, at: text.fieldNames.lowerBound)
        var names: [Atom] = []
        names.reserveCapacity(text.fieldCount)
        while names.count < text.fieldCount, case .atom(let name)? = try? reader.next() { names.append(atom(name)) }
        return names
    }
}

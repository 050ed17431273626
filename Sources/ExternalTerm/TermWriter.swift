import Zlib

/// Writes the tokens of the canonical form, one after the other: the mirror of ``TokenReader``.
///
/// Every token has one form here, the one that `term_to_binary(Term, [{minor_version, 2}, deterministic])` gives it.
/// What depends on more than the token, such as the order of a map's keys, is the caller's. Implements Spec/terms.md §4.
public struct TermWriter: Sendable {
    /// What has been written.
    public internal(set) var bytes: [UInt8]

    /// Creates a writer that appends to `bytes`.
    public init(appendingTo bytes: [UInt8] = []) { self.bytes = bytes }

    /// Writes the byte 131 that every stored term starts with.
    public mutating func writeVersion() { bytes.append(Tag.version) }

    /// Writes an integer.
    public mutating func write(integer value: Int) {
        if let byte = UInt8(exactly: value) {
            bytes.append(UInt64(Tag.smallInteger) | UInt64(byte) << 8, byteCount: 2)
        } else if let word = Int32(exactly: value) {
            writeHead(Tag.integer, UInt32(bitPattern: word))
        } else {
            let magnitude = value.magnitude
            let count = 8 - magnitude.leadingZeroBitCount / 8
            bytes.append(Tag.smallBig)
            bytes.append(UInt8(count))
            bytes.append(value < 0 ? 1 : 0)
            for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: magnitude >> (8 * UInt(index)))) }
        }
    }

    /// Writes an integer beyond 64 bits from its magnitude, least significant byte first, without zero bytes at its end.
    mutating func write(bigInteger magnitude: Span<UInt8>, isNegative: Bool) {
        if let count = UInt8(exactly: magnitude.count) {
            bytes.append(Tag.smallBig)
            bytes.append(count)
        } else {
            bytes.append(Tag.largeBig)
            append(UInt32(truncatingIfNeeded: magnitude.count))
        }
        bytes.append(isNegative ? 1 : 0)
        bytes.append(copying: magnitude)
    }

    /// Writes a finite float.
    public mutating func write(float value: Double) {
        bytes.append(Tag.newFloat)
        append(value.bitPattern)
    }

    /// Writes an atom.
    public mutating func write(atom: Atom) {
        write(atomNamed: atom.name.utf8.span)
    }

    /// Writes the atom that a token of `source` names.
    mutating func write(atom text: TermToken.AtomText, of source: Span<UInt8>) {
        if text.isLatin1 {
            write(atom: source.atom(text))
        } else {
            write(atomNamed: source.extracting(text.range))
        }
    }

    private mutating func write(atomNamed name: Span<UInt8>) {
        if let count = UInt8(exactly: name.count) {
            bytes.append(UInt64(Tag.smallAtomUTF8) | UInt64(count) << 8, byteCount: 2, copying: name)
        } else {
            let count = UInt16(truncatingIfNeeded: name.count).byteSwapped
            bytes.append(UInt64(Tag.atomUTF8) | UInt64(count) << 8, byteCount: 3, copying: name)
        }
    }

    /// Writes a binary.
    public mutating func write(binary content: Span<UInt8>) {
        let count = UInt32(truncatingIfNeeded: content.count).byteSwapped
        bytes.append(UInt64(Tag.binary) | UInt64(count) << 8, byteCount: 5, copying: content)
    }

    /// Writes a binary that holds `text` in UTF-8.
    public mutating func write(string text: String) {
        write(binary: text.utf8.span)
    }

    /// Writes a bitstring, clearing the bits that do not count.
    mutating func write(bitstring content: Span<UInt8>, bitsInLastByte bits: Int) {
        writeHead(Tag.bitBinary, UInt32(truncatingIfNeeded: content.count))
        bytes.append(UInt8(truncatingIfNeeded: bits))
        bytes.append(copying: content)
        if let last = bytes.popLast() { bytes.append(last & ~(0xFF >> UInt8(truncatingIfNeeded: bits))) }
    }

    /// Writes the head of a tuple; its elements follow.
    public mutating func writeTupleHead(count: Int) {
        if let small = UInt8(exactly: count) {
            bytes.append(UInt64(Tag.smallTuple) | UInt64(small) << 8, byteCount: 2)
        } else {
            writeHead(Tag.largeTuple, UInt32(truncatingIfNeeded: count))
        }
    }

    /// Writes the head of a map; its pairs follow, in the order of their keys.
    public mutating func writeMapHead(count: Int) {
        writeHead(Tag.map, UInt32(truncatingIfNeeded: count))
    }

    /// Writes the head of a list of at least one element; its elements and its tail follow.
    public mutating func writeListHead(count: Int) {
        writeHead(Tag.list, UInt32(truncatingIfNeeded: count))
    }

    /// Writes what follows LOCAL_EXT.
    mutating func write(local content: Span<UInt8>) {
        bytes.append(Tag.local)
        bytes.append(copying: content)
    }

    /// Writes the empty list, which also ends a proper one.
    public mutating func writeNil() { bytes.append(Tag.nil) }

    /// The most elements that a list of bytes may have to be written as a string.
    static let longestString = 65_535

    /// Writes the head of a string: a list of 1 to 65,535 integers, all from 0 to 255, each of which follows as a byte.
    mutating func writeStringHead(count: Int) {
        bytes.append(Tag.string)
        append(UInt16(truncatingIfNeeded: count))
    }

    /// Writes a tag and the number after it.
    private mutating func writeHead(_ tag: UInt8, _ value: UInt32) {
        bytes.append(UInt64(tag) | UInt64(value.byteSwapped) << 8, byteCount: 5)
    }

    mutating func append(_ value: UInt16) { bytes.append(UInt64(value.byteSwapped), byteCount: 2) }

    mutating func append(_ value: UInt32) { bytes.append(UInt64(value.byteSwapped), byteCount: 4) }

    mutating func append(_ value: UInt64) { bytes.append(value.byteSwapped, byteCount: 8) }
}

// MARK: - Identifiers

/// An atom as ``TermWriter`` takes it: a value, or where it stands in the bytes that are being transcoded.
extension TermWriter {
    mutating func write(pid: Pid) {
        bytes.append(Tag.newPid)
        write(atom: pid.node)
        append(pid.number)
        append(pid.serial)
        append(pid.creation)
    }

    mutating func write(port: Port) {
        let number = UInt32(exactly: port.number)
        bytes.append(number != nil && port.number < 1 << 28 ? Tag.newPort : Tag.v4Port)
        write(atom: port.node)
        if let number, port.number < 1 << 28 { append(number) } else { append(port.number) }
        append(port.creation)
    }

    mutating func write(reference: Reference) {
        bytes.append(Tag.newerReference)
        append(UInt16(truncatingIfNeeded: reference.words.count))
        write(atom: reference.node)
        append(reference.creation)
        for word in reference.words { append(word) }
    }

    mutating func write(externalFunction function: ExternalFunction) {
        bytes.append(Tag.export)
        write(atom: function.module)
        write(atom: function.function)
        write(integer: Int(function.arity))
    }

    /// Writes the head of a native record; the values of its fields follow.
    mutating func writeRecordHead(module: Atom, name: Atom, isExported: Bool, fieldNames: [Atom]) {
        writeHead(Tag.record, UInt32(truncatingIfNeeded: fieldNames.count))
        bytes.append(isExported ? 1 : 0)
        write(atom: module)
        write(atom: name)
        for name in fieldNames { write(atom: name) }
    }

    /// Writes the head of a local function, and returns where it starts, for ``finishLocalFunction(at:)``.
    mutating func writeLocalFunctionHead(_ function: LocalFunction, freeVariableCount: Int) -> Int {
        let start = bytes.count
        bytes.append(Tag.newFun)
        append(0 as UInt32)
        bytes.append(function.arity)
        bytes.append(contentsOf: function.uniq)
        append(function.index)
        append(UInt32(truncatingIfNeeded: freeVariableCount))
        write(atom: function.module)
        write(integer: Int(function.oldIndex))
        write(integer: Int(function.oldUniq))
        write(pid: function.creator)
        return start
    }

    /// Fills in the size of the local function that starts at `start` and ends here. The size counts itself, not the tag.
    mutating func finishLocalFunction(at start: Int) {
        overwrite(UInt32(truncatingIfNeeded: bytes.count - start - 1), at: start + 1)
    }

    mutating func overwrite(_ value: UInt32, at position: Int) {
        for index in 0..<4 { bytes[position + index] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(index))) }
    }
}

extension TermWriter {
    /// Takes back what has been written after the first `count` bytes.
    package mutating func truncate(to count: Int) { bytes.removeSubrange(count...) }
}

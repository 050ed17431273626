import Zlib

extension Term {
    /// The canonical external form, with its leading 131: what OTP gives for
    /// `term_to_binary(Term, [{minor_version, 2}, deterministic])`. Implements Spec/terms.md §4.
    public var external: [UInt8] {
        var writer = TermWriter()
        writer.writeVersion()
        writer.write(self)
        return writer.bytes
    }
}

extension TermWriter {
    /// Writes a whole term in the canonical form.
    public mutating func write(_ term: Term) {
        var encoding = TermEncoding(from: bytes.count)
        encoding.write(term, to: &self)
    }
}

/// Writes a tree of ``Term`` values: the mirror of ``TermDecoding``.
///
/// Terms share what they have in common. The elements that have been written once are not gone through again: their bytes are
/// copied from where they stand.
struct TermEncoding {
    /// Elements or pairs that have been written.
    private struct Written {
        /// Which they are: their storage's identity, and the kind of what they are in.
        var identity = 0
        /// Where their container stands.
        var start = 0
        var end = 0
    }

    /// Kinds of containers. The identity of a storage leaves these bits free.
    private enum Kind {
        static let tuple = 1
        static let list = 2
        static let map = 3
    }

    /// The last ones written, each where its identity says; none before the first of them is worth it.
    private var written: [Written] = []
    /// Where the first byte was written.
    private let start: Int

    private static let writtenCount = 1_024
    /// How many bytes there have to be before it is worth to look for what comes again.
    private static let worthwhile = 4_096

    init(from start: Int) { self.start = start }

    /// Writes a whole term.
    mutating func write(_ term: Term, to writer: inout TermWriter) {
        switch term {
        case .integer(let value): writer.write(integer: value)
        case .bigInteger(let value): writer.write(bigInteger: value.magnitude.span, isNegative: value.isNegative)
        case .float(let value): writer.write(float: value)
        case .atom(let atom): writer.write(atom: atom)
        case .tuple(let elements): write(tuple: elements, to: &writer)
        case .list(let elements): write(list: elements, to: &writer)
        case .improperList(let elements, let tail):
            writer.writeListHead(count: elements.count)
            write(elements, to: &writer)
            write(tail, to: &writer)
        case .record(let record):
            writer.writeRecordHead(
                module: record.module, name: record.name, isExported: record.isExported,
                fieldNames: record.fields.map(\.name))
            for field in record.fields { write(field.value, to: &writer) }
        case .map(let map): write(map: map.pairs, to: &writer)
        case .binary(let content): writer.write(binary: content.span)
        case .bitstring(let bits): writer.write(bitstring: bits.bytes.span, bitsInLastByte: bits.bitsInLastByte)
        case .pid(let pid): writer.write(pid: pid)
        case .port(let port): writer.write(port: port)
        case .reference(let reference): writer.write(reference: reference)
        case .externalFunction(let function): writer.write(externalFunction: function)
        case .localFunction(let function):
            let start = writer.writeLocalFunctionHead(function, freeVariableCount: function.freeVariables.count)
            write(function.freeVariables, to: &writer)
            writer.finishLocalFunction(at: start)
        case .local(let content): writer.write(local: content.span)
        }
    }

    private mutating func write(_ elements: [Term], to writer: inout TermWriter) {
        let elements = elements.span
        var index = 0
        while index < elements.count {
            elements.forEachBorrowed(from: &index) { element in
                guard !element.isCommonLeaf else { return false }
                write(element, to: &writer)
                return true
            }
            guard index < elements.count else { return }
            let first = index
            writer.bytes.append(addingCapacity: TermEncoding.roomForLeaves(elements.count - index)) { room in
                elements.forEachBorrowed(from: &index) { element in room.append(commonLeaf: element) }
            }
            guard index == first else { continue }
            elements.borrow(at: index) { element in write(element, to: &writer) }
            index += 1
        }
    }

    /// How much room is asked for at once for so many leaves.
    private static func roomForLeaves(_ count: Int) -> Int { min(count, 16) * 32 }

    private mutating func write(tuple elements: [Term], to writer: inout TermWriter) {
        let identity = elements.storageIdentity | Kind.tuple
        if writeAgain(identity, to: &writer) { return }
        let start = writer.bytes.count
        writer.writeTupleHead(count: elements.count)
        write(elements, to: &writer)
        remember(identity, start..<writer.bytes.count)
    }

    private mutating func write(list elements: [Term], to writer: inout TermWriter) {
        guard !elements.isEmpty else { return writer.writeNil() }
        let identity = elements.storageIdentity | Kind.list
        if writeAgain(identity, to: &writer) { return }
        let start = writer.bytes.count
        if elements.count <= TermWriter.longestString, elements.allSatisfy({ $0.byte != nil }) {
            writer.writeStringHead(count: elements.count)
            for element in elements { writer.bytes.append(element.byte ?? 0) }
        } else {
            writer.writeListHead(count: elements.count)
            write(elements, to: &writer)
            writer.writeNil()
        }
        remember(identity, start..<writer.bytes.count)
    }

    private mutating func write(map pairs: [TermMap.Pair], to writer: inout TermWriter) {
        let identity = pairs.storageIdentity | Kind.map
        if writeAgain(identity, to: &writer) { return }
        let start = writer.bytes.count
        writer.writeMapHead(count: pairs.count)
        write(pairs.span, to: &writer)
        remember(identity, start..<writer.bytes.count)
    }

    private mutating func write(_ pairs: Span<TermMap.Pair>, to writer: inout TermWriter) {
        var index = 0
        while index < pairs.count {
            pairs.forEachBorrowed(from: &index) { pair in
                guard !pair.key.isCommonLeaf || !pair.value.isCommonLeaf else { return false }
                write(pair.key, to: &writer)
                write(pair.value, to: &writer)
                return true
            }
            guard index < pairs.count else { return }
            let first = index
            writer.bytes.append(addingCapacity: TermEncoding.roomForLeaves(2 * (pairs.count - index))) { room in
                pairs.forEachBorrowed(from: &index) { pair in
                    let start = room.count
                    if room.append(commonLeaf: pair.key), room.append(commonLeaf: pair.value) { return true }
                    room.removeLast(room.count - start)
                    return false
                }
            }
            guard index == first else { continue }
            pairs.borrow(at: index) { pair in
                write(pair.key, to: &writer)
                write(pair.value, to: &writer)
            }
            index += 1
        }
    }

    // MARK: What comes again

    private static func slot(of identity: Int) -> Int { (identity >> 5 ^ identity >> 15) & (writtenCount - 1) }

    /// Writes a container that has been written before, or returns false.
    private func writeAgain(_ identity: Int, to writer: inout TermWriter) -> Bool {
        guard !written.isEmpty else { return false }
        let known = written[TermEncoding.slot(of: identity)]
        guard known.identity == identity else { return false }
        writer.bytes.append(copyingOwn: known.start..<known.end)
        return true
    }

    private mutating func remember(_ identity: Int, _ range: Range<Int>) {
        if written.isEmpty {
            guard range.upperBound - start >= TermEncoding.worthwhile else { return }
            written = Array(repeating: Written(), count: TermEncoding.writtenCount)
        }
        written[TermEncoding.slot(of: identity)] = Written(
            identity: identity, start: range.lowerBound, end: range.upperBound)
    }
}

extension Term {
    /// The integer from 0 to 255 that this is, or nil.
    var byte: UInt8? {
        guard case .integer(let value) = self else { return nil }
        return UInt8(exactly: value)
    }
}

extension Term {
    /// Whether the term is of a kind that ``OutputSpan/append(commonLeaf:)`` may know.
    @inline(__always)
    fileprivate var isCommonLeaf: Bool {
        switch self {
        case .integer, .atom, .binary: true
        default: false
        }
    }
}

extension OutputSpan<UInt8> {
    /// Appends a term of one of the commonest kinds as ``TermWriter`` does, or returns false when it is another one, or when there
    /// is no room.
    @inline(__always)
    fileprivate mutating func append(commonLeaf term: borrowing Term) -> Bool {
        switch term {
        case .integer(let value):
            guard freeCapacity >= 8, let word = Int32(exactly: value) else { return false }
            if let byte = UInt8(exactly: word) {
                append(UInt64(Tag.smallInteger) | UInt64(byte) << 8, byteCount: 2)
            } else {
                append(UInt64(Tag.integer) | UInt64(UInt32(bitPattern: word).byteSwapped) << 8, byteCount: 5)
            }
        case .atom(let atom):
            let name = atom.name.utf8.span
            guard let count = UInt8(exactly: name.count), freeCapacity - name.count >= 8 else { return false }
            append(UInt64(Tag.smallAtomUTF8) | UInt64(count) << 8, byteCount: 2)
            append(copying: name)
        case .binary(let content):
            guard freeCapacity - content.count >= 8, let count = UInt32(exactly: content.count) else { return false }
            append(UInt64(Tag.binary) | UInt64(count.byteSwapped) << 8, byteCount: 5)
            append(copying: content.span)
        default: return false
        }
        return true
    }
}

extension Span where Element: ~Copyable {
    /// Calls `body` with each element from `index` on, where it stands, until it returns false for the one at `index`: as elements of
    /// any kind, which may not be copied, those that could be are not retained either.
    @inline(__always)
    fileprivate func forEachBorrowed(from index: inout Int, _ body: (borrowing Element) -> Bool) {
        while index < count {
            guard body(self[index]) else { return }
            index += 1
        }
    }

    /// Calls `body` with one element in the same way.
    @inline(__always)
    fileprivate func borrow(at index: Int, _ body: (borrowing Element) -> Void) { body(self[index]) }
}

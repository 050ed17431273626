import Zlib

/// Rewrites encoded terms in the canonical form without building a tree.
///
/// It accepts what ``TermParser`` accepts, sorts the keys of maps, joins lists whose tail is a list, and turns lists of bytes into
/// strings. Memory is the output's, and a stack bounded by ``TermLimits/depth``. Implements Spec/terms.md §4.
public struct CanonicalTranscoder: Sendable {
    private let limits: TermLimits
    private var open: [Container] = []
    /// Where, in the output, the keys and values of the maps that are open start, outermost map first.
    private var marks: [Int] = []

    /// What a container is, a record being a tuple; `list` is one that goes on, the other two are lists whose end is known.
    fileprivate enum Kind { case tuple, list, properList, improperList, map, function }

    fileprivate struct Container {
        var kind: Kind
        /// How many terms are to come; of a list, how many elements.
        var remaining: Int
        /// Where the container starts in the output, and in the input.
        var start: Int
        var source: Int
        /// The elements of a list so far, and whether all of them are integers from 0 to 255.
        var count = 0
        var isBytes = true
        /// From where a map's marks are.
        var firstMark = 0
    }

    /// Creates a transcoder, which may be used for any number of terms.
    public init(limits: TermLimits = .default) { self.limits = limits }

    /// Appends the canonical form of the stored term that `bytes` starts with, with its leading 131.
    ///
    /// - Returns: how many bytes the term takes in `bytes`.
    /// - Throws: ``TermError`` when it is no valid term; the output then holds nothing new.
    public mutating func transcode(_ bytes: Span<UInt8>, into writer: inout TermWriter) throws(TermError) -> Int {
        let start = writer.bytes.count
        do throws(TermError) {
            switch try TermEnvelope.open(bytes, limits: limits) {
            case .plain(let offset):
                writer.writeVersion()
                return try transcodeTerm(bytes, at: offset, into: &writer)
            case .inflated(let content, let byteCount):
                writer.writeVersion()
                do throws(TermError) {
                    _ = try transcodeTerm(content.span, at: 0, into: &writer)
                } catch {
                    throw error.inCompressedTerm
                }
                return byteCount
            case .local(let range):
                writer.bytes.append(copying: bytes.extracting(0..<range.upperBound))
                return range.upperBound
            }
        } catch {
            writer.bytes.removeSubrange(start...)
            throw error
        }
    }

    /// Appends the canonical form of the term at `offset`, which has no leading 131 and may be followed by others.
    ///
    /// - Returns: where the term ends in `bytes`.
    /// - Throws: ``TermError`` when it is no valid term; the output then ends in the middle of it.
    public mutating func transcodeTerm(
        _ bytes: Span<UInt8>, at offset: Int, into writer: inout TermWriter
    ) throws(TermError) -> Int {
        try transcodeTerm(bytes, at: offset, enclosedBy: 0, into: &writer)
    }

    /// Appends the canonical form of a term that `depth` others enclose.
    mutating func transcodeTerm(
        _ bytes: Span<UInt8>, at offset: Int, enclosedBy depth: Int, into writer: inout TermWriter
    ) throws(TermError) -> Int {
        if let end = CommonTerm.canonicalEnd(of: bytes, at: offset, room: limits.depth - depth) {
            writer.bytes.append(copying: bytes.extracting(offset..<end))
            return end
        }
        open.removeAll(keepingCapacity: true)
        marks.removeAll(keepingCapacity: true)
        var reader = TokenReader(bytes, at: offset)
        repeat {
            var source = reader.offset
            var token = try reader.next()
            // What a list goes on with, or ends with, is no term of its own.
            if !continuesList(token, of: bytes, into: &writer) {
                // A list of no elements is its tail, which comes next.
                while token == .list(count: 0) {
                    source = reader.offset
                    token = try reader.next()
                }
                noteStart(of: token, at: writer.bytes.count)
                if let container = writer.writeStart(of: token, of: bytes, at: source) {
                    guard container.remaining == 0 || open.count + depth < limits.depth else {
                        throw TermError(
                            .limitExceeded, at: reader.offset, "terms nested deeper than \(limits.depth)")
                    }
                    open.append(container)
                    open[open.count - 1].firstMark = marks.count
                }
            }
            while let top = open.last, top.remaining == 0, top.kind != .list {
                open.removeLast()
                try finish(top, in: &writer)
            }
        } while !open.isEmpty
        return reader.offset
    }

    /// Takes the token after a list's last element when it is a list as well, or the end.
    private mutating func continuesList(
        _ token: TermToken, of bytes: Span<UInt8>, into writer: inout TermWriter
    ) -> Bool {
        guard let top = open.indices.last, open[top].kind == .list, open[top].remaining == 0 else { return false }
        switch token {
        case .list(let count):
            open[top].remaining = count
            return true
        case .string(let range):
            for position in range { writer.write(integer: Int(bytes[position])) }
            open[top].count += range.count
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

    /// Tells the container around a term that the term starts.
    private mutating func noteStart(of token: TermToken, at position: Int) {
        guard let top = open.indices.last else { return }
        open[top].remaining -= 1
        switch open[top].kind {
        case .map: marks.append(position)
        case .list:
            open[top].count += 1
            if case .integer(0...255) = token {} else { open[top].isBytes = false }
        case .tuple, .properList, .improperList, .function: break
        }
    }

    /// Completes a container whose content has been written.
    private mutating func finish(_ container: Container, in writer: inout TermWriter) throws(TermError) {
        switch container.kind {
        case .tuple, .list: break
        case .function: writer.finishLocalFunction(at: container.start)
        case .improperList: writer.overwrite(UInt32(truncatingIfNeeded: container.count), at: container.start + 1)
        case .properList:
            if container.isBytes, container.count <= TermWriter.longestString {
                writer.packString(at: container.start, count: container.count)
            } else {
                writer.overwrite(UInt32(truncatingIfNeeded: container.count), at: container.start + 1)
                writer.writeNil()
            }
        case .map:
            let starts = Array(marks[container.firstMark...])
            marks.removeSubrange(container.firstMark...)
            let keyStarts = stride(from: 0, to: starts.count, by: 2).map { starts[$0] }
            guard let order = MapKeys.order(in: writer.bytes.span, starts: keyStarts) else { return }
            guard order.count == keyStarts.count else {
                throw TermError(.duplicateKey, at: container.source, "a map that names a key twice")
            }
            writer.rearrangePairs(startingAt: keyStarts, into: order)
        }
    }
}

extension TermWriter {
    /// Writes a token that is a term, or the head of one: then the container is returned that the terms to come are in.
    fileprivate mutating func writeStart(
        of token: TermToken, of source: Span<UInt8>, at offset: Int
    ) -> CanonicalTranscoder.Container? {
        let start = bytes.count
        switch token {
        case .integer(let value): write(integer: value)
        case .bigInteger(let isNegative, let magnitude):
            write(bigInteger: source.extracting(magnitude), isNegative: isNegative)
        case .float(let value): write(float: value)
        case .atom(let text): write(atom: text, of: source)
        case .binary(let range): write(binary: source.extracting(range))
        case .bitstring(let range, let bits): write(bitstring: source.extracting(range), bitsInLastByte: bits)
        case .string(let range):
            writeStringHead(count: range.count)
            bytes.append(copying: source.extracting(range))
        case .nil: writeNil()
        case .pid(let text): write(pid: source.pid(text))
        case .port(let node, let number, let creation):
            write(port: Port(node: source.atom(node), number: number, creation: creation))
        case .reference(let node, let creation, let words):
            write(reference: Reference(node: source.atom(node), creation: creation, words: source.words(words)))
        case .externalFunction(let module, let function, let arity):
            write(
                externalFunction: ExternalFunction(
                    module: source.atom(module), function: source.atom(function), arity: arity))
        case .list(let count):
            writeListHead(count: 0)
            return CanonicalTranscoder.Container(kind: .list, remaining: count, start: start, source: offset)
        case .tuple(let count):
            writeTupleHead(count: count)
            return CanonicalTranscoder.Container(kind: .tuple, remaining: count, start: start, source: offset)
        case .record(let text):
            writeRecordHead(
                module: source.atom(text.module), name: source.atom(text.name), isExported: text.isExported,
                fieldNames: source.fieldNames(text))
            return CanonicalTranscoder.Container(
                kind: .tuple, remaining: text.fieldCount, start: start, source: offset)
        case .map(let count):
            writeMapHead(count: count)
            return CanonicalTranscoder.Container(kind: .map, remaining: 2 * count, start: start, source: offset)
        case .localFunction(let text):
            let count = text.freeVariableCount
            _ = writeLocalFunctionHead(source.localFunction(text), freeVariableCount: count)
            return CanonicalTranscoder.Container(kind: .function, remaining: count, start: start, source: offset)
        }
        return nil
    }

    /// Turns the list at `start`, whose elements have been written as small integers, into a string.
    fileprivate mutating func packString(at start: Int, count: Int) {
        let elements = start + 5
        bytes[start] = Tag.string
        bytes[start + 1] = UInt8(truncatingIfNeeded: count >> 8)
        bytes[start + 2] = UInt8(truncatingIfNeeded: count)
        for index in 0..<count { bytes[start + 3 + index] = bytes[elements + 2 * index + 1] }
        bytes.removeSubrange((start + 3 + count)...)
    }

    /// Puts the pairs of a map that ends here, one at each of `starts`, in another order.
    fileprivate mutating func rearrangePairs(startingAt starts: [Int], into order: [Int]) {
        guard let first = starts.first else { return }
        var sorted: [UInt8] = []
        sorted.reserveCapacity(bytes.count - first)
        for position in order {
            let end = position + 1 < starts.count ? starts[position + 1] : bytes.count
            sorted.append(contentsOf: bytes[starts[position]..<end])
        }
        bytes.replaceSubrange(first..., with: sorted)
    }
}

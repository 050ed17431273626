import ExternalTerm
import Zlib

/// The tagged mapping: every term has an image that leads back to the same term.
///
/// The terms are known to be valid; tokens go in and text comes out, without recursion. Implements Spec/json.md §4.
struct TaggedMapping {
    private var open: [Container] = []
    /// What is known of the maps from the first one whose keys have to be looked at, up to where it ends.
    private var survey: MapSurvey?
    private var surveyEnd = 0
    private var nextSurveyed = 0

    private struct Container {
        var kind: Kind
        /// How many terms are to come.
        var remaining: Int
        /// Of the pairs of a map, whether one is open.
        var isPairOpen = false
        /// Of a record: where the name of its next field stands.
        var nextName = 0

        enum Kind { case tuple, list, tail, object, pairs, record, closure }
    }

    /// Writes the valid term at `start`.
    ///
    /// - Returns: where the term ends.
    /// - Throws: ``TermError`` when there is no valid term after all.
    mutating func write(
        _ bytes: Span<UInt8>, at start: Int, to json: inout JSONWriter, drain: TextDrain? = nil
    ) throws(TermError) -> Int {
        open.removeAll(keepingCapacity: true)
        surveyEnd = 0
        var offset = start
        try writeValue(bytes, &offset, &json)
        while let top = open.indices.last {
            json.drainIfFull(drain)
            let isBetweenPairs =
                open[top].kind == .record || open[top].kind == .pairs && open[top].remaining.isMultiple(of: 2)
            if isBetweenPairs, open[top].isPairOpen {
                json.endArray()
                open[top].isPairOpen = false
            }
            guard open[top].remaining > 0 else {
                try close(bytes, &offset, &json)
                continue
            }
            open[top].remaining -= 1
            if isBetweenPairs {
                json.beginArray()
                open[top].isPairOpen = true
            }
            if open[top].kind == .record,
                case (.atom(let name), let end) = try KnownTerm.token(of: bytes, at: open[top].nextName)
            {
                json.write(string: bytes.atom(name).name)
                open[top].nextName = end
            }
            if open[top].kind == .object, !open[top].remaining.isMultiple(of: 2) {
                guard case (.binary(let range), let end) = try KnownTerm.token(of: bytes, at: offset) else { continue }
                json.key(bytes.extracting(range))
                offset = end
            } else {
                try writeValue(bytes, &offset, &json)
            }
        }
        return offset
    }

    /// Ends a container, or goes on with the list that is a list's tail.
    private mutating func close(
        _ bytes: Span<UInt8>, _ offset: inout Int, _ json: inout JSONWriter
    ) throws(TermError) {
        guard let top = open.indices.last else { return }
        switch open[top].kind {
        case .object: json.endObject()
        case .tuple, .pairs:
            json.endArray()
            json.endObject()
        case .tail:
            json.endObject()
            json.endArray()
        case .closure, .record:
            json.endArray()
            json.endObject()
            json.endObject()
        case .list:
            let (tail, end) = try KnownTerm.token(of: bytes, at: offset)
            switch tail {
            case .nil:
                offset = end
                json.endArray()
            case .list(let count):
                offset = end
                open[top].remaining = count
                return
            case .string(let range):
                offset = end
                for position in range { json.write(integer: Int(bytes[position])) }
                json.endArray()
            default:
                open[top].kind = .tail
                json.beginObject()
                json.key(JSONKey.tailTag)
                try writeValue(bytes, &offset, &json)
                return
            }
        }
        open.removeLast()
    }

    // MARK: Values

    private mutating func writeValue(
        _ bytes: Span<UInt8>, _ offset: inout Int, _ json: inout JSONWriter
    ) throws(TermError) {
        if writeCommonLeaf(bytes, &offset, &json) { return }
        var start = offset
        var (token, end) = try KnownTerm.token(of: bytes, at: offset)
        // A list without elements is its tail.
        while case .list(0) = token {
            start = end
            (token, end) = try KnownTerm.token(of: bytes, at: start)
        }
        offset = end
        switch token {
        case .integer(let value): json.write(integer: value)
        case .atom(let text) where text.isLatin1:
            let name = Array(bytes.atom(text).name.utf8)
            TaggedMapping.write(atom: name.indices, of: name.span, to: &json)
        case .atom(let text): TaggedMapping.write(atom: text.range, of: bytes, to: &json)
        case .binary(let range):
            let content = bytes.extracting(range)
            if !json.write(text: content) { json.write(tag: .binaryTag, Base64.encode([UInt8](copying: content))) }
        case .float(let value): json.write(float: value)
        case .nil: json.writeEmptyArray()
        case .tuple(let count): openArray(.tuple, .tupleTag, count, &json)
        case .list(let count):
            json.beginArray()
            open.append(Container(kind: .list, remaining: count))
        case .map(let count):
            if try isObject(at: start, count, bytes) {
                json.beginObject()
                open.append(Container(kind: .object, remaining: 2 * count))
            } else {
                openArray(.pairs, .mapTag, 2 * count, &json)
            }
        case .record(let record):
            json.beginObject()
            json.key(JSONKey.recordTag)
            json.beginObject()
            json.write("module", atom: bytes.atom(record.module))
            json.write("name", atom: bytes.atom(record.name))
            json.key("exported")
            json.write(boolean: record.isExported)
            json.key("fields")
            json.beginArray()
            open.append(
                Container(kind: .record, remaining: record.fieldCount, nextName: record.fieldNames.lowerBound))
        case .string(let range):
            json.beginArray()
            for position in range { json.write(integer: Int(bytes[position])) }
            json.endArray()
        case .bigInteger(let isNegative, let magnitude):
            let value = BigInteger(isNegative: isNegative, magnitude: bytes.array(magnitude))
            let text = Term.bigInteger(value).elixirText
            if value.isWrittenInHexadecimal { json.write(tag: .integerTag, text) } else { json.write(literal: text) }
        case .bitstring(let range, let bits):
            let bitstring = Bitstring(bytes: bytes.array(range), bitsInLastByte: bits)
            json.beginObject()
            json.key(JSONKey.bitsTag)
            json.write(plain: Base64.encode(bitstring?.bytes ?? []))
            json.key("size")
            json.write(integer: bitstring?.bitCount ?? 0)
            json.endObject()
        case .pid, .port, .reference, .externalFunction, .localFunction:
            let term = IdentifierTerm.term(of: token, bytes)
            let isClosure = json.write(tagged: term)
            if isClosure { open.append(Container(kind: .closure, remaining: token.contentCount)) }
        }
    }

    private mutating func openArray(
        _ kind: Container.Kind, _ tag: JSONKey, _ count: Int, _ json: inout JSONWriter
    ) {
        json.beginObject()
        json.key(tag)
        json.beginArray()
        open.append(Container(kind: kind, remaining: count))
    }

    /// Writes a term of one of the kinds that most are of, or returns false before any other.
    @inline(__always)
    private func writeCommonLeaf(_ bytes: Span<UInt8>, _ offset: inout Int, _ json: inout JSONWriter) -> Bool {
        switch bytes[offset] {
        case Tag.smallInteger:
            json.write(integer: Int(bytes[offset + 1]))
            offset += 2
        case Tag.nil:
            json.writeEmptyArray()
            offset += 1
        case Tag.smallAtomUTF8:
            let name = bytes.smallAtomName(at: offset)
            TaggedMapping.write(atom: name, of: bytes, to: &json)
            offset = name.upperBound
        case Tag.binary:
            let content = bytes.binaryContent(at: offset)
            guard json.write(text: bytes.extracting(content)) else { return false }
            offset = content.upperBound
        default: return false
        }
        return true
    }

    private static func write(atom name: Range<Int>, of bytes: Span<UInt8>, to json: inout JSONWriter) {
        switch name.count {
        case 3 where bytes.shortWord(name) == ShortWord.nil: json.writeNull()
        case 4 where bytes.shortWord(name) == ShortWord.true: json.write(boolean: true)
        case 5 where bytes.shortWord(name) == ShortWord.false: json.write(boolean: false)
        default: json.write(.atomTag, utf8: bytes.extracting(name))
        }
    }

    // MARK: Maps

    /// Whether an object may have this key: one that is UTF-8, and that no tag starts like.
    static func isObjectKey(_ token: TermToken, of bytes: Span<UInt8>) -> Bool {
        guard case .binary(let range) = token else { return false }
        if let first = range.first, bytes[first] == UInt8(ascii: "$") { return false }
        return JSONWriter.isText(bytes.extracting(range))
    }

    /// Whether the map at `start` is an object: all of its keys decide that, so the first one alone only when it is
    /// none.
    private mutating func isObject(at start: Int, _ count: Int, _ bytes: Span<UInt8>) throws(TermError) -> Bool {
        guard count > 0 else { return true }
        let (_, first) = try KnownTerm.token(of: bytes, at: start)
        guard TaggedMapping.isObjectKey(try KnownTerm.token(of: bytes, at: first).token, of: bytes) else {
            return false
        }
        if start >= surveyEnd {
            let survey = try MapSurvey(bytes, at: start, notesFields: false)
            surveyEnd = survey.maps.first?.end ?? 0
            self.survey = survey
            nextSurveyed = 0
        }
        guard let maps = survey?.maps else { return false }
        while nextSurveyed < maps.count, maps[nextSurveyed].start < start { nextSurveyed += 1 }
        guard nextSurveyed < maps.count, maps[nextSurveyed].start == start else { return false }
        return maps[nextSurveyed].hasObjectKeys
    }
}

extension JSONWriter {
    /// Writes an object with one key, a tag.
    fileprivate mutating func write(tag: JSONKey, _ text: String) {
        beginObject()
        key(tag)
        write(plain: text)
        endObject()
    }

    /// Writes an identifier. Of a local function all but its free variables, whose array is open then: returns whether
    /// it is.
    fileprivate mutating func write(tagged term: Term) -> Bool {
        beginObject()
        switch term {
        case .pid(let pid):
            key(JSONKey.pidTag)
            write(pid)
        case .port(let port):
            key(JSONKey.portTag)
            beginObject()
            write("node", atom: port.node)
            key("number")
            write(literal: port.number.description)
            write("creation", Int(port.creation))
            endObject()
        case .reference(let reference):
            key(JSONKey.referenceTag)
            beginObject()
            write("node", atom: reference.node)
            write("creation", Int(reference.creation))
            key("words")
            beginArray()
            for word in reference.words { write(integer: Int(word)) }
            endArray()
            endObject()
        case .externalFunction(let function):
            key(JSONKey.functionTag)
            beginObject()
            write("module", atom: function.module)
            write("function", atom: function.function)
            write("arity", Int(function.arity))
            endObject()
        case .localFunction(let function):
            key(JSONKey.closureTag)
            beginObject()
            write("module", atom: function.module)
            write("arity", Int(function.arity))
            write("index", Int(function.index))
            key("uniq")
            write(plain: Base64.encode(function.uniq))
            write("old_index", Int(function.oldIndex))
            write("old_uniq", Int(function.oldUniq))
            key("creator")
            write(function.creator)
            key("free")
            beginArray()
            return true
        default: break
        }
        endObject()
        return false
    }

    private mutating func write(_ pid: Pid) {
        beginObject()
        write("node", atom: pid.node)
        write("number", Int(pid.number))
        write("serial", Int(pid.serial))
        write("creation", Int(pid.creation))
        endObject()
    }

    private mutating func write(_ name: StaticString, _ value: Int) {
        key(name.description)
        write(integer: value)
    }

    fileprivate mutating func write(_ name: StaticString, atom: Atom) {
        key(name.description)
        write(string: atom.name)
    }
}

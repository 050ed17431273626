public import ExternalTerm
import Zlib

/// How the plain mapping writes what JSON has no values of its own for. Implements Spec/json.md §3.
public struct PlainOptions: Hashable, Sendable {
    /// Whether integers beyond ±(2^53 - 1), which JavaScript rounds, are written as strings.
    public var writesLargeIntegersAsStrings: Bool
    /// Whether Elixir's own structs are written as people write them: a date as `"2026-03-10"`, a set as an array.
    public var writesKnownStructsAsText: Bool
    /// Which lists of integers are written as strings.
    public var charlists: Charlists

    /// Creates options, by default without any of this.
    public init(
        writesLargeIntegersAsStrings: Bool = false, writesKnownStructsAsText: Bool = false, charlists: Charlists = .none
    ) {
        self.writesLargeIntegersAsStrings = writesLargeIntegersAsStrings
        self.writesKnownStructsAsText = writesKnownStructsAsText
        self.charlists = charlists
    }

    /// The largest integer that JavaScript has without rounding.
    static let largestExactInteger: UInt = 1 << 53 - 1
}

/// The plain mapping: every term has an image that people and other tools understand, though it may not lead back.
///
/// It agrees with PhoenixReplay's `:json` storage wherever that succeeds. The terms are known to be valid; tokens go in
/// and text comes out, without recursion, and memory is bounded by what is open. Implements Spec/json.md §3.
struct PlainMapping {
    private let options: PlainOptions
    private var open: [Container] = []
    /// Where the keys of the objects that are open start, of those whose keys are all of one kind so far.
    private var keyStarts: [Int] = []
    /// The keys of the objects that are open whose keys are of several kinds, and may collide.
    private var mixedKeys: [ObjectKeys] = []
    private var survey: MapSurvey?
    private var nextSurveyed = 0

    private struct Container {
        var kind: Kind
        /// How many elements, or pairs, are to come.
        var remaining: Int
        var keys = KeyKind.none
        /// From where the keys of an object are in `keyStarts`.
        var firstKey = 0
        /// Of a set: where the struct ends, and whether a member has been written, whose value comes next.
        var end = 0
        var isStarted = false
        /// Of a record: where the name of its next field stands.
        var nextName = 0

        enum Kind { case array, list, object, record, set }
    }

    /// What the keys of an object have been so far. Those of one kind, but for `mixed`, never have the same text.
    private enum KeyKind { case none, atom, binary, integer, mixed }

    init(options: PlainOptions) { self.options = options }

    /// Writes the valid term at `start`.
    ///
    /// - Returns: where the term ends.
    /// - Throws: ``TermError`` when there is no valid term after all.
    mutating func write(
        _ bytes: Span<UInt8>, at start: Int, to json: inout JSONWriter, drain: TextDrain? = nil
    ) throws(TermError) -> Int {
        open.removeAll(keepingCapacity: true)
        keyStarts.removeAll(keepingCapacity: true)
        mixedKeys.removeAll()
        if options.writesKnownStructsAsText {
            survey = try MapSurvey(bytes, at: start, notesFields: true)
            nextSurveyed = 0
        }
        var offset = start
        try writeValue(bytes, &offset, &json)
        while let top = open.indices.last {
            json.drainIfFull(drain)
            guard open[top].remaining > 0 else {
                try close(bytes, &offset, &json)
                continue
            }
            open[top].remaining -= 1
            switch open[top].kind {
            case .array, .list: try writeValue(bytes, &offset, &json)
            case .object:
                let isStruct = try writeKey(bytes, &offset, &json)
                if isStruct, try writeModule(bytes, &offset, &json) { continue }
                try writeValue(bytes, &offset, &json)
            case .record:
                let (token, end) = try KnownTerm.token(of: bytes, at: open[top].nextName)
                open[top].nextName = end
                if case .atom(let name) = token { writeUniqueKey(PlainMapping.text(of: bytes.atom(name)), to: &json) }
                try writeValue(bytes, &offset, &json)
            case .set:
                if open[top].isStarted { offset = try KnownTerm.end(of: bytes, at: offset) }
                open[top].isStarted = true
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
        case .array:
            json.endArray()
            open.removeLast()
        case .set:
            json.endArray()
            offset = open.removeLast().end
        case .record:
            json.endObject()
            mixedKeys.removeLast()
            open.removeLast()
        case .object:
            json.endObject()
            if open[top].keys == .mixed { mixedKeys.removeLast() }
            keyStarts.removeSubrange(open[top].firstKey...)
            open.removeLast()
        case .list:
            let (tail, end) = try KnownTerm.token(of: bytes, at: offset)
            switch tail {
            case .nil:
                offset = end
                json.endArray()
                open.removeLast()
            case .list(let count):
                offset = end
                open[top].remaining = count
            case .string(let range):
                offset = end
                for position in range { json.write(integer: Int(bytes[position])) }
                json.endArray()
                open.removeLast()
            default:
                // An improper list is an array with its tail last.
                open[top].kind = .array
                try writeValue(bytes, &offset, &json)
            }
        }
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
        case .integer(let value): write(integer: value, to: &json)
        case .atom(let text) where text.isLatin1: json.write(string: bytes.atom(text).name)
        case .atom(let text): PlainMapping.write(atom: text.range, of: bytes, to: &json)
        case .binary(let range): PlainMapping.write(binary: bytes.extracting(range), to: &json)
        case .float(let value): json.write(float: value)
        case .nil: json.writeEmptyArray()
        case .tuple(let count): openArray(.array, count, &json)
        case .list(let count):
            if let text = try charlist(bytes, at: start) {
                json.write(utf8: text.content.span)
                offset = text.end
            } else {
                openArray(.list, count, &json)
            }
        case .map(let count):
            if survey != nil, try writeKnownStruct(at: start, bytes, &offset, &json) { return }
            json.beginObject()
            open.append(Container(kind: .object, remaining: count, firstKey: keyStarts.count))
        case .record(let record):
            json.beginObject()
            var keys = ObjectKeys()
            let tag = Array("__record__".utf8)
            _ = keys.unique(tag)
            mixedKeys.append(keys)
            json.key(tag.span)
            json.write(string: "\(bytes.atom(record.module).name):\(bytes.atom(record.name).name)")
            open.append(
                Container(kind: .record, remaining: record.fieldCount, nextName: record.fieldNames.lowerBound))
        case .string(let range):
            if isCharlist(bytes.extracting(range)) { return json.write(utf8: bytes.extracting(range)) }
            json.beginArray()
            for position in range { json.write(integer: Int(bytes[position])) }
            json.endArray()
        case .bigInteger(let isNegative, let magnitude):
            let value = BigInteger(isNegative: isNegative, magnitude: bytes.array(magnitude))
            let text = Term.bigInteger(value).elixirText
            // The longest integers are hexadecimal, which JSON has no numbers for.
            if options.writesLargeIntegersAsStrings || value.isWrittenInHexadecimal {
                json.write(plain: text)
            } else {
                json.write(literal: text)
            }
        case .bitstring(let range, let bits):
            let bitstring = Bitstring(bytes: bytes.array(range), bitsInLastByte: bits)
            json.beginObject()
            json.key("base64")
            json.write(plain: Base64.encode(bitstring?.bytes ?? []))
            json.key("bits")
            json.write(integer: bitstring?.bitCount ?? 0)
            json.endObject()
        case .pid, .port, .reference, .externalFunction, .localFunction:
            // What cannot be called or reached elsewhere is text.
            json.write(string: IdentifierTerm.term(of: token, bytes).elixirText)
            offset = try KnownTerm.end(of: bytes, at: start)
        }
    }

    private mutating func openArray(_ kind: Container.Kind, _ count: Int, _ json: inout JSONWriter) {
        json.beginArray()
        open.append(Container(kind: kind, remaining: count))
    }

    /// Whether a list of these integers is written as a string.
    private func isCharlist(_ codes: Span<UInt8>) -> Bool {
        options.charlists != .none && options.charlists.containsText(codes)
    }

    /// The text that the list at `start` is written as, and where the list ends; nil where it is an array.
    private func charlist(
        _ bytes: Span<UInt8>, at start: Int
    ) throws(TermError) -> (content: [UInt8], end: Int)? {
        guard options.charlists != .none else { return nil }
        var content: [UInt8] = []
        var offset = start
        // How many elements are to come before the tail, which may be a list that goes on with this one.
        var remaining = 0
        while true {
            let (token, end) = try KnownTerm.token(of: bytes, at: offset)
            offset = end
            switch token {
            case .integer(let value) where remaining > 0:
                guard let code = UInt8(exactly: value), code < 0x7F else { return nil }
                content.append(code)
                remaining -= 1
            case .list(let count) where remaining == 0: remaining = count
            case .string(let range) where remaining == 0:
                content.append(copying: bytes.extracting(range))
                return isCharlist(content.span) ? (content, offset) : nil
            case .nil where remaining == 0: return isCharlist(content.span) ? (content, offset) : nil
            default: return nil
            }
        }
    }

    private func write(integer value: Int, to json: inout JSONWriter) {
        if options.writesLargeIntegersAsStrings, value.magnitude > PlainOptions.largestExactInteger {
            json.write(plain: value.description)
        } else {
            json.write(integer: value)
        }
    }

    /// Writes a term of one of the kinds that most are of, or returns false before any other.
    private func writeCommonLeaf(
        _ bytes: Span<UInt8>, _ offset: inout Int, _ json: inout JSONWriter
    ) -> Bool {
        switch bytes[offset] {
        case Tag.smallInteger:
            json.write(integer: Int(bytes[offset + 1]))
            offset += 2
        case Tag.nil:
            json.writeEmptyArray()
            offset += 1
        case Tag.smallAtomUTF8:
            let range = bytes.smallAtomName(at: offset)
            PlainMapping.write(atom: range, of: bytes, to: &json)
            offset = range.upperBound
        case Tag.binary:
            let range = bytes.binaryContent(at: offset)
            PlainMapping.write(binary: bytes.extracting(range), to: &json)
            offset = range.upperBound
        default: return false
        }
        return true
    }

    private static func write(atom range: Range<Int>, of bytes: Span<UInt8>, to json: inout JSONWriter) {
        switch range.count {
        case 3 where bytes.shortWord(range) == ShortWord.nil: json.writeNull()
        case 4 where bytes.shortWord(range) == ShortWord.true: json.write(boolean: true)
        case 5 where bytes.shortWord(range) == ShortWord.false: json.write(boolean: false)
        default: json.write(utf8: bytes.extracting(range))
        }
    }

    private static func write(binary: Span<UInt8>, to json: inout JSONWriter) {
        guard !json.write(text: binary) else { return }
        json.beginObject()
        json.key("base64")
        json.write(plain: Base64.encode([UInt8](copying: binary)))
        json.endObject()
    }

    // MARK: Keys

    /// Writes the key at `offset`, and returns whether it is the one that names a struct's module.
    private mutating func writeKey(
        _ bytes: Span<UInt8>, _ offset: inout Int, _ json: inout JSONWriter
    ) throws(TermError) -> Bool {
        guard let top = open.indices.last else { return false }
        let start = offset
        if bytes[start] == Tag.smallAtomUTF8, open[top].keys == .none || open[top].keys == .atom {
            let range = bytes.smallAtomName(at: start)
            if range.count != 3 || bytes.shortWord(range) != ShortWord.nil {
                open[top].keys = .atom
                keyStarts.append(start)
                json.key(bytes.extracting(range))
                offset = range.upperBound
                return bytes.isStructKey(range)
            }
        }
        let (token, end) = try KnownTerm.token(of: bytes, at: start)
        let kind = PlainMapping.kind(of: token, bytes)
        if kind != .mixed, open[top].keys == .none || open[top].keys == kind {
            open[top].keys = kind
            keyStarts.append(start)
            offset = end
            switch token {
            case .atom(let text) where !text.isLatin1:
                json.key(bytes.extracting(text.range))
                return bytes.isStructKey(text.range)
            case .binary(let range): json.key(bytes.extracting(range))
            default:
                let text = try PlainMapping.keyText(bytes, at: start)
                json.key(text.span)
            }
            return false
        }
        if open[top].keys != .mixed {
            var keys = ObjectKeys()
            for key in keyStarts[open[top].firstKey...] { _ = keys.unique(try PlainMapping.keyText(bytes, at: key)) }
            mixedKeys.append(keys)
            open[top].keys = .mixed
        }
        offset = try KnownTerm.end(of: bytes, at: start)
        writeUniqueKey(try PlainMapping.keyText(bytes, at: start), to: &json)
        if case .atom(let text) = token { return bytes.isStructKey(text.range) }
        return false
    }

    /// Writes a key that no other key of the innermost object has.
    private mutating func writeUniqueKey(_ text: [UInt8], to json: inout JSONWriter) {
        let unique = mixedKeys[mixedKeys.count - 1].unique(text)
        json.key(unique.span)
    }

    /// The text of a key that is an atom.
    private static func text(of atom: Atom) -> [UInt8] { atom == .nil ? [] : Array(atom.name.utf8) }

    private static func kind(of token: TermToken, _ bytes: Span<UInt8>) -> KeyKind {
        switch token {
        // `nil` is written as the empty atom is.
        case .atom(let text): text.range.count == 3 && bytes.shortWord(text.range) == ShortWord.nil ? .mixed : .atom
        case .binary(let range): JSONWriter.isText(bytes.extracting(range)) ? .binary : .mixed
        case .integer: .integer
        default: .mixed
        }
    }

    /// The text that a key has, whatever other keys there are.
    static func keyText(_ bytes: Span<UInt8>, at start: Int) throws(TermError) -> [UInt8] {
        let (token, _) = try KnownTerm.token(of: bytes, at: start)
        switch token {
        case .atom(let text):
            return PlainMapping.text(of: bytes.atom(text))
        case .binary(let range) where JSONWriter.isText(bytes.extracting(range)): return bytes.array(range)
        case .pid, .port, .reference, .externalFunction, .localFunction:
            return Array(IdentifierTerm.term(of: token, bytes).elixirText.utf8)
        default:
            do throws(TermError) {
                var text = ""
                try Term.decode(bytes, at: start, limits: TermLimits(depth: .max)).term
                    .write(elixirTextTo: &text, structs: false)
                return Array(text.utf8)
            } catch {
                // Terms that nest deeper than trees may have no text.
                return Array("#Term<\(try KnownTerm.end(of: bytes, at: start) - start) bytes>".utf8)
            }
        }
    }

    // MARK: Structs

    /// Writes the module that a struct names, as Elixir prints it. Returns false when what stands there is no atom.
    private func writeModule(
        _ bytes: Span<UInt8>, _ offset: inout Int, _ json: inout JSONWriter
    ) throws(TermError) -> Bool {
        guard case (.atom(let text), let end) = try KnownTerm.token(of: bytes, at: offset) else { return false }
        json.write(string: Term.atom(bytes.atom(text)).elixirText)
        offset = end
        return true
    }

    /// Writes the map at `start` as the struct that people know it as, or returns false when it is none.
    private mutating func writeKnownStruct(
        at start: Int, _ bytes: Span<UInt8>, _ offset: inout Int, _ json: inout JSONWriter
    ) throws(TermError) -> Bool {
        guard let map = surveyed(at: start), !map.fields.isEmpty else { return false }
        switch try KnownStruct(map, bytes) {
        case .text(let text):
            json.write(string: text)
            offset = map.end
        case .set(let members):
            guard let members = surveyed(at: members), members.hasOnlyEmptyLists,
                case (.map(let count), let first) = try KnownTerm.token(of: bytes, at: members.start)
            else { return false }
            json.beginArray()
            open.append(Container(kind: .set, remaining: count, end: map.end))
            offset = first
        case nil: return false
        }
        return true
    }

    /// What the survey has found of the map at `start`.
    private mutating func surveyed(at start: Int) -> MapSurvey.Map? {
        guard let survey else { return nil }
        // The maps in keys have been passed without being looked at.
        while nextSurveyed < survey.maps.count, survey.maps[nextSurveyed].start < start { nextSurveyed += 1 }
        guard nextSurveyed < survey.maps.count, survey.maps[nextSurveyed].start == start else { return nil }
        return survey.maps[nextSurveyed]
    }
}

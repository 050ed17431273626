import ExternalTerm
import Zlib

/// The plain mapping as most terms need it, at speed: compact text, without options, in one pass that checks what it
/// reads and copies what it has written before.
///
/// It knows the terms that recordings are made of. Where it meets anything else it gives up, and ``PlainMapping`` writes
/// the whole term; so what both write is the same, and what neither may read is ``TermParser``'s to refuse. Implements
/// Spec/json.md §3.
struct PlainTranscoder {
    let isHTMLSafe: Bool
    private var recent = RecentText()
    /// How many bytes of the term have been met before.
    private var copied = 0
    /// Whether keys were in no order.
    private var needsCheck = false
    /// Whether marks are set, and where the term and its text start.
    private var isRecording = false
    private var termStart = 0
    private var textStart = 0
    /// What writes the terms that are no containers and seldom come.
    private var leaves = PlainMapping(options: PlainOptions())
    private var leaf: JSONWriter

    /// What is nested deeper is written by ``PlainMapping``, which takes no stack for it.
    private static let deepest = 100

    init(isHTMLSafe: Bool) {
        self.isHTMLSafe = isHTMLSafe
        leaf = JSONWriter(style: JSONStyle(isHTMLSafe: isHTMLSafe))
    }

    /// What became of a term.
    struct Outcome {
        /// Where the term ends.
        var end: Int
        /// Whether keys were in no order, so that nobody has seen yet that all are different.
        var needsCheck: Bool
    }

    /// Writes the term at `start`, which may be no term.
    ///
    /// - Parameter room: how many containers may enclose a term in it.
    /// - Returns: nil when there is something that this type does not know, or too little memory. What has been written
    ///   by then means nothing.
    mutating func write(
        _ bytes: Span<UInt8>, at start: Int, room: Int, to text: inout TextBuffer
    ) -> Outcome? {
        copied = 0
        needsCheck = false
        isRecording = false
        let room = min(room, PlainTranscoder.deepest)
        guard bytes.count - start >= RecentText.worthwhile.lowerBound else {
            return outcome(writeValue(bytes, at: start, like: -1, room: room, to: &text), text)
        }
        termStart = start
        textStart = text.count
        let (root, slot, isNew) = recent.begin(bytes, at: start)
        if root >= 0 {
            let run = recent.run(from: root, bytes, at: start, most: 1)
            if run.count > 0 {
                text.put(recent.text(of: run, from: root))
                return outcome(start + run.byteCount, text)
            }
        }
        isRecording = isNew
        let mark = isNew ? recent.set(.element, source: 0, text: 0, after: -1) : -1
        let end = writeValue(bytes, at: start, like: root >= 0 ? recent.child(root) : -1, room: room, to: &text)
        if let end, isNew { setEnd(source: end, text, after: mark) }
        let outcome = outcome(end, text)
        guard isNew else {
            if let end { recent.note(slot, new: end - start - copied, of: end - start) }
            return outcome
        }
        guard let outcome, !needsCheck, RecentText.worthwhile.contains(outcome.end - start) else {
            recent.abandon()
            return outcome
        }
        recent.commit(
            slot, source: bytes.extracting(start..<outcome.end), text: text.text(textStart..<text.count))
        return outcome
    }

    private func outcome(_ end: Int?, _ text: borrowing TextBuffer) -> Outcome? {
        guard let end, !text.isFull else { return nil }
        return Outcome(end: end, needsCheck: needsCheck)
    }

    /// Writes a term, and returns where it ends, or nil when it is none, or something that is not known here.
    ///
    /// - Parameter guide: the mark of the first pair or element of what stood here in the past, or -1.
    private mutating func writeValue(
        _ bytes: Span<UInt8>, at offset: Int, like guide: Int, room: Int, to text: inout TextBuffer
    ) -> Int? {
        let left = bytes.count - offset
        guard left > 0 else { return nil }
        switch bytes[offset] {
        case Tag.map:
            guard left >= 5, room > 0 else { return nil }
            let count = bytes.uint32(at: offset + 1)
            guard 2 * count <= left - 5 else { return nil }
            return writePairs(bytes, at: offset + 5, count: count, like: guide, room: room - 1, to: &text)
        case Tag.list:
            guard left >= 5, room > 0 else { return nil }
            let count = bytes.uint32(at: offset + 1)
            guard count > 0, count <= left - 5 else { return nil }
            return writeElements(
                bytes, at: offset + 5, count: count, hasTail: true, like: guide, room: room - 1, to: &text)
        case Tag.smallTuple:
            guard left >= 2, room > 0 else { return nil }
            let count = Int(bytes[offset + 1])
            guard count <= left - 2 else { return nil }
            return writeElements(
                bytes, at: offset + 2, count: count, hasTail: false, like: guide, room: room - 1, to: &text)
        default:
            return writeLeaf(bytes, at: offset, to: &text)
        }
    }

    // MARK: Containers

    /// Writes a map's pairs as an object.
    private mutating func writePairs(
        _ bytes: Span<UInt8>, at start: Int, count: Int, like first: Int, room: Int, to text: inout TextBuffer
    ) -> Int? {
        var (offset, remaining, guide, mark) = (start, count, first, -1)
        var keys: RecentText.Kind?
        var lastKey = 0
        // Whether the last key is the one before the guide's: then those that are the guide's are in order.
        var follows = false
        text.put(UInt8(ascii: "{"))
        while remaining > 0 {
            if remaining < count { text.put(UInt8(ascii: ",")) }
            guard offset < bytes.count, let kind = PlainTranscoder.kind(ofKey: bytes[offset]),
                keys == nil || keys == kind
            else { return nil }
            // The pair of the past that has this one's key.
            var same: RecentText.Mark?
            if guide >= 0 {
                var first = recent.marks[guide]
                var run = recent.run(from: guide, first, bytes, at: offset, most: remaining)
                if run.count == 0, run.equalByteCount < first.keyByteCount || first.keyByteCount == 0 {
                    // Perhaps a key has gone.
                    let next = Int(first.next)
                    if next >= 0 {
                        let second = recent.marks[next]
                        let other = recent.run(from: next, second, bytes, at: offset, most: remaining)
                        if other.count > 0 || second.keyByteCount > 0 && other.equalByteCount >= second.keyByteCount {
                            (run, first, guide, follows) = (other, second, next, false)
                        }
                    }
                }
                if first.kind == kind {
                    if run.count > 0 {
                        // The keys of the past are in order: what remains to be seen is whether they come after the others.
                        if !follows, keys != nil, !needsCheck,
                            !PlainTranscoder.precedes(bytes, kind, lastKey, offset)
                        {
                            needsCheck = true
                        }
                        keys = kind
                        lastKey = offset + Int(recent.marks[run.last].source - first.source)
                        copy(run, from: guide, at: offset, after: mark, to: &text)
                        mark = -1
                        offset += run.byteCount
                        remaining -= run.count
                        guide = run.end
                        follows = true
                        continue
                    }
                    if first.keyByteCount > 0, run.equalByteCount >= first.keyByteCount { same = first }
                }
            }
            remaining -= 1
            if keys != nil, !needsCheck, !(follows && same != nil),
                !PlainTranscoder.precedes(bytes, kind, lastKey, offset)
            {
                needsCheck = true
            }
            keys = kind
            lastKey = offset
            let boundary = text.count
            let end: Int
            var isModule = false
            var child = -1
            if let same {
                // A key's text is a quote, the name, a quote and a colon.
                let keyByteCount = Int(same.keyByteCount)
                end = offset + keyByteCount
                let length = keyByteCount - (kind == .atomPair ? 2 : 5) + 3
                text.put(short: Int(same.text)..<Int(same.text) + length, of: recent.text.span)
                isModule = kind == .atomPair && bytes.isStructKey(offset + 2..<end)
                child = recent.child(guide)
                guide = recent.next(guide)
                follows = true
            } else {
                guard let key = writeKey(kind, bytes, at: offset, to: &text) else { return nil }
                (end, isModule) = key
                if guide >= 0 { child = recent.child(guide) }
                follows = false
            }
            if isRecording {
                mark = recent.set(
                    kind, keyByteCount: kind == .integerPair ? 0 : end - offset, source: offset - termStart,
                    text: boundary - textStart, after: mark)
            }
            let value =
                isModule && end < bytes.count && bytes[end] == Tag.smallAtomUTF8
                ? writeModule(bytes, at: end, to: &text)
                : writeValue(bytes, at: end, like: child, room: room, to: &text)
            guard let value else { return nil }
            offset = value
        }
        if isRecording { setEnd(source: offset, text, after: mark) }
        text.put(UInt8(ascii: "}"))
        return offset
    }

    /// Writes the elements of a tuple or, with a tail after them, of a list as an array.
    private mutating func writeElements(
        _ bytes: Span<UInt8>, at start: Int, count: Int, hasTail: Bool, like first: Int, room: Int,
        to text: inout TextBuffer
    ) -> Int? {
        var (offset, remaining, guide, mark) = (start, count, first, -1)
        // How many times in a row what was guessed was wrong.
        var misses = 0
        text.put(UInt8(ascii: "["))
        while remaining > 0 {
            if remaining < count { text.put(UInt8(ascii: ",")) }
            if guide >= 0, recent.marks[guide].kind == .element {
                // Elements may have gone since.
                var candidate = guide
                var run = recent.run(from: candidate, bytes, at: offset, most: remaining)
                var attempt = 0
                while run.count == 0, attempt <= misses, attempt < 3 {
                    candidate = recent.next(candidate)
                    guard candidate >= 0 else { break }
                    run = recent.run(from: candidate, bytes, at: offset, most: remaining)
                    attempt += 1
                }
                if run.count > 0 {
                    copy(run, from: candidate, at: offset, after: mark, to: &text)
                    mark = -1
                    offset += run.byteCount
                    remaining -= run.count
                    guide = run.end
                    misses = 0
                    continue
                }
            }
            remaining -= 1
            if isRecording {
                mark = recent.set(.element, source: offset - termStart, text: text.count - textStart, after: mark)
            }
            var child = -1
            if guide >= 0 {
                child = recent.child(guide)
                misses += 1
            }
            guard let end = writeValue(bytes, at: offset, like: child, room: room, to: &text) else { return nil }
            offset = end
        }
        if isRecording { setEnd(source: offset, text, after: mark) }
        if hasTail {
            guard offset < bytes.count else { return nil }
            switch bytes[offset] {
            case Tag.nil: offset += 1
            case Tag.list, Tag.string: return nil
            default:
                // An improper list is an array with its tail last.
                text.put(UInt8(ascii: ","))
                guard let end = writeValue(bytes, at: offset, like: -1, room: room, to: &text) else { return nil }
                offset = end
            }
        }
        text.put(UInt8(ascii: "]"))
        return offset
    }

    /// Writes pairs or elements that are those of the past.
    @inline(__always)
    private mutating func copy(
        _ run: RecentText.Run, from first: Int, at offset: Int, after mark: Int, to text: inout TextBuffer
    ) {
        if isRecording {
            recent.link(mark)
            recent.set(run, from: first, source: offset - termStart, text: text.count - textStart)
        }
        text.put(recent.text(of: run, from: first))
        copied += run.byteCount
    }

    /// Sets the mark where a container's last pair or element ends.
    @inline(__always)
    private mutating func setEnd(source offset: Int, _ text: borrowing TextBuffer, after mark: Int) {
        _ = recent.set(.element, source: offset - termStart, text: text.count - textStart, after: mark)
    }

    // MARK: Keys

    /// Writes a key and a colon.
    ///
    /// - Returns: where it ends, and whether it is the key that names a struct's module, or nil when it is not one that is
    ///   known here.
    private func writeKey(
        _ kind: RecentText.Kind, _ bytes: Span<UInt8>, at offset: Int, to text: inout TextBuffer
    ) -> (end: Int, isModule: Bool)? {
        guard bytes.count - offset >= 5 else { return nil }
        guard kind != .integerPair else {
            text.put(UInt8(ascii: "\""))
            text.put(decimal: PlainTranscoder.integer(bytes, at: offset))
            text.put(UInt8(ascii: "\""))
            text.put(UInt8(ascii: ":"))
            return (offset + (bytes[offset] == Tag.integer ? 5 : 2), false)
        }
        let name = PlainTranscoder.name(kind, bytes, at: offset)
        // `nil` is written as the empty atom is.
        guard name.upperBound <= bytes.count,
            kind != .atomPair || name.count != 3 || bytes.shortWord(name) != ShortWord.nil,
            text.put(quoted: name, of: bytes, isHTMLSafe: isHTMLSafe)
        else { return nil }
        text.put(UInt8(ascii: ":"))
        let isModule = kind == .atomPair && bytes.isStructKey(name)
        return (name.upperBound, isModule)
    }

    @inline(__always)
    private static func kind(ofKey tag: UInt8) -> RecentText.Kind? {
        switch tag {
        case Tag.smallAtomUTF8: .atomPair
        case Tag.binary: .binaryPair
        case Tag.smallInteger, Tag.integer: .integerPair
        default: nil
        }
    }

    /// Where the text of the key at `offset` stands, an atom or a binary.
    @inline(__always)
    private static func name(_ kind: RecentText.Kind, _ bytes: Span<UInt8>, at offset: Int) -> Range<Int> {
        kind == .atomPair
            ? bytes.smallAtomName(at: offset) : bytes.binaryContent(at: offset)
    }

    /// The integer at `offset`, which has the tag 97 or 98.
    @inline(__always)
    private static func integer(_ bytes: Span<UInt8>, at offset: Int) -> Int {
        guard bytes[offset] == Tag.integer else { return Int(bytes[offset + 1]) }
        return Int(Int32(truncatingIfNeeded: bytes.uint32(at: offset + 1)))
    }

    /// Whether a key comes before another one of its kind: Spec/terms.md §5.
    @inline(__always)
    private static func precedes(_ bytes: Span<UInt8>, _ kind: RecentText.Kind, _ left: Int, _ right: Int) -> Bool {
        guard kind != .integerPair else { return integer(bytes, at: left) < integer(bytes, at: right) }
        let left = name(kind, bytes, at: left)
        let right = name(kind, bytes, at: right)
        let count = min(left.count, right.count)
        var index = 0
        while index < count {
            let (one, other) = (bytes[left.lowerBound + index], bytes[right.lowerBound + index])
            if one != other { return one < other }
            index += 1
        }
        return left.count < right.count
    }

    // MARK: Leaves

    /// Writes a term that is no container, and returns where it ends, or nil when it is one, or is none at all.
    @inline(__always)
    private mutating func writeLeaf(_ bytes: Span<UInt8>, at offset: Int, to text: inout TextBuffer) -> Int? {
        let left = bytes.count - offset
        switch left >= 5 ? bytes[offset] : 0 {
        case Tag.smallInteger:
            text.put(decimal: Int(bytes[offset + 1]))
            return offset + 2
        case Tag.integer:
            text.put(decimal: PlainTranscoder.integer(bytes, at: offset))
            return offset + 5
        case Tag.nil:
            text.put(UInt8(ascii: "["))
            text.put(UInt8(ascii: "]"))
            return offset + 1
        case Tag.binary:
            let content = bytes.binaryContent(at: offset)
            guard content.upperBound <= bytes.count else { return nil }
            let start = text.count
            switch text.put(text: content, of: bytes, isHTMLSafe: isHTMLSafe) {
            case .written: return content.upperBound
            case .unlessInvalid:
                if (try? UTF8Span(validating: bytes.extracting(content))) != nil { return content.upperBound }
                text.truncate(to: start)
            case .none:
                if writeText(bytes, content, &text) { return content.upperBound }
            }
        case Tag.smallBig where 1...7 ~= bytes[offset + 1] && left >= 3 + Int(bytes[offset + 1]):
            let count = Int(bytes[offset + 1])
            let value = Int(truncatingIfNeeded: bytes.shortWord(at: offset + 3, count: count))
            text.put(decimal: bytes[offset + 2] == 0 ? value : -value)
            return offset + 3 + count
        case Tag.smallAtomUTF8:
            let name = bytes.smallAtomName(at: offset)
            guard name.upperBound <= bytes.count else { return nil }
            switch name.count {
            case 3 where bytes.shortWord(name) == ShortWord.nil: text.put(0x6E, 0x75, 0x6C, 0x6C)
            case 4 where bytes.shortWord(name) == ShortWord.true: text.put(0x74, 0x72, 0x75, 0x65)
            case 5 where bytes.shortWord(name) == ShortWord.false:
                text.put(0x66, 0x61, 0x6C, 0x73)
                text.put(0x65)
            default:
                guard text.put(quoted: name, of: bytes, isHTMLSafe: isHTMLSafe) else { return nil }
            }
            return name.upperBound
        default: break
        }
        return writeRareLeaf(bytes, at: offset, to: &text)
    }

    /// Writes text that has escapes or more than ASCII, or returns false when it is not UTF-8.
    private func writeText(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: inout TextBuffer) -> Bool {
        let content = bytes.extracting(range)
        guard JSONWriter.isText(content) else { return false }
        text.put(UInt8(ascii: "\""))
        var start = 0
        var position = 0
        while position < content.count {
            guard JSONEscape.mayStart(with: content[position]),
                let escape = JSONEscape(at: position, of: content, isHTMLSafe: isHTMLSafe)
            else {
                position += 1
                continue
            }
            text.put(content.extracting(start..<position))
            for byte in escape.text.utf8 { text.put(byte) }
            position += escape.length
            start = position
        }
        text.put(content.extracting(start..<content.count))
        text.put(UInt8(ascii: "\""))
        return true
    }

    /// Writes the name of a struct's module as Elixir prints it.
    private mutating func writeModule(_ bytes: Span<UInt8>, at offset: Int, to text: inout TextBuffer) -> Int? {
        let whole = bytes.smallAtomName(at: offset)
        guard whole.upperBound <= bytes.count else { return nil }
        let alias = whole.lowerBound + 7
        if whole.count > 7, bytes.shortWord(whole.lowerBound..<alias) == ShortWord.elixir,
            PlainTranscoder.isAlias(bytes.extracting(alias..<whole.upperBound))
        {
            return text.put(quoted: alias..<whole.upperBound, of: bytes, isHTMLSafe: isHTMLSafe)
                ? whole.upperBound : nil
        }
        guard let (token, end) = try? KnownTerm.token(of: bytes, at: offset), case .atom(let name) = token else {
            return nil
        }
        leaf.write(string: Term.atom(bytes.atom(name)).elixirText)
        text.put(leaf.bytes.span)
        leaf.clear()
        return end
    }

    /// Whether `name` is made of words that start with a capital of ASCII, with points between them.
    private static func isAlias(_ name: Span<UInt8>) -> Bool {
        var startsWord = true
        for index in 0..<name.count {
            let byte = name[index]
            if startsWord {
                guard byte &- 0x41 < 26 else { return false }
                startsWord = false
            } else if byte == UInt8(ascii: ".") {
                startsWord = true
            } else {
                guard (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_") else { return false }
            }
        }
        return !startsWord
    }

    private mutating func writeRareLeaf(_ bytes: Span<UInt8>, at offset: Int, to text: inout TextBuffer) -> Int? {
        guard let (token, end) = try? KnownTerm.token(of: bytes, at: offset) else { return nil }
        switch token {
        case .list, .tuple, .record, .map: return nil
        case .localFunction(let function) where function.freeVariableCount > 0: return nil
        case .nil:
            text.put(UInt8(ascii: "["))
            text.put(UInt8(ascii: "]"))
            return end
        case .float(let value):
            leaf.write(float: value)
            text.put(leaf.bytes.span)
            leaf.clear()
            return end
        default:
            guard let end = try? leaves.write(bytes, at: offset, to: &leaf) else { return nil }
            text.put(leaf.bytes.span)
            leaf.clear()
            return end
        }
    }
}

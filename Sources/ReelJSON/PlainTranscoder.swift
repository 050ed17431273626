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
    private var open: [Container] = []
    /// How many bytes of the term have been met before.
    private var copied = 0
    /// What writes the terms that are no containers and seldom come.
    private var leaves = PlainMapping(options: PlainOptions())
    private var leaf: JSONWriter

    /// A container that elements or pairs are still to come for.
    private struct Container {
        enum Kind: UInt8 { case root, array, list, object }

        var kind: Kind
        var remaining: Int
        var isStarted = false
        /// What the keys of an object are: all atoms, all binaries or all integers.
        var keys: RecentText.Kind?
        /// Where the last key stands.
        var lastKey = 0
        /// The mark in the past that may come next, or -1; and how many that have been tried were not.
        var guide = -1
        var misses = 0
        /// The mark that was set last and has to be told what follows, or -1.
        var mark = -1
    }

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
        var container = Container(kind: .root, remaining: 1)
        copied = 0
        guard bytes.count - start >= RecentText.worthwhile.lowerBound else {
            return write(bytes, at: start, room: room, &container, to: &text)
        }
        let textStart = text.count
        let (root, slot, isRecording) = recent.begin(bytes, at: start)
        if root >= 0, let run = recent.run(from: root, of: .element, bytes, at: start, most: 1).run {
            text.put(recent.text(of: run, from: root))
            return text.isFull ? nil : Outcome(end: start + run.byteCount, needsCheck: false)
        }
        container.guide = root
        if isRecording { container.mark = recent.set(.element, source: 0, text: 0, after: -1) }
        let outcome = write(bytes, at: start, room: room, &container, to: &text)
        guard isRecording else {
            if let outcome { recent.note(slot, new: outcome.end - start - copied, of: outcome.end - start) }
            return outcome
        }
        guard let outcome, !outcome.needsCheck, RecentText.worthwhile.contains(outcome.end - start) else {
            recent.abandon()
            return outcome
        }
        recent.commit(
            slot, source: bytes.extracting(start..<outcome.end), text: text.text(textStart..<text.count))
        return outcome
    }

    /// Writes what `top`, the outermost container, holds.
    private mutating func write(
        _ bytes: Span<UInt8>, at start: Int, room: Int, _ top: inout Container, to text: inout TextBuffer
    ) -> Outcome? {
        let textStart = text.count
        let isRecording = top.mark >= 0
        var needsCheck = false
        var offset = start
        open.removeAll(keepingCapacity: true)
        while true {
            if top.remaining == 0 {
                if top.kind == .list {
                    guard offset < bytes.count else { return nil }
                    switch bytes[offset] {
                    case CommonTag.nil: offset += 1
                    case CommonTag.list, CommonTag.string: return nil
                    default:
                        // An improper list is an array with its tail last.
                        top.kind = .array
                        top.remaining = 1
                        continue
                    }
                }
                if isRecording {
                    let end = top.kind == .list ? offset - 1 : offset
                    _ = recent.set(.element, source: end - start, text: text.count - textStart, after: top.mark)
                }
                switch top.kind {
                case .root: return text.isFull ? nil : Outcome(end: offset, needsCheck: needsCheck)
                case .object: text.put(UInt8(ascii: "}"))
                case .array, .list: text.put(UInt8(ascii: "]"))
                }
                guard let enclosing = open.popLast() else { return nil }
                top = enclosing
                continue
            }
            let guide = top.guide
            var equalByteCount = 0
            if guide >= 0, top.kind != .root {
                let kind: RecentText.Kind? = top.kind == .object ? top.keys : .element
                var candidate = guide
                var attempt = 0
                var found: RecentText.Run?
                while found == nil, candidate >= 0, attempt <= min(top.misses + 1, 3) {
                    let result = recent.run(from: candidate, of: kind, bytes, at: offset, most: top.remaining)
                    if attempt == 0 { equalByteCount = result.equalByteCount }
                    found = result.run
                    guard found == nil else { break }
                    candidate = recent.next(candidate)
                    attempt += 1
                }
                if let run = found {
                    if top.isStarted { text.put(UInt8(ascii: ",")) }
                    top.isStarted = true
                    if isRecording {
                        recent.link(top.mark)
                        recent.set(run, from: candidate, source: offset - start, text: text.count - textStart)
                        top.mark = -1
                    }
                    text.put(recent.text(of: run, from: candidate))
                    if top.kind == .object {
                        // The keys of the past are in order: what remains to be seen is whether they are behind
                        // the others.
                        let kind = recent.marks[candidate].kind
                        if top.keys != nil, !needsCheck,
                            !PlainTranscoder.precedes(bytes, kind, top.lastKey, offset)
                        {
                            needsCheck = true
                        }
                        top.keys = kind
                        top.lastKey =
                            offset + Int(recent.marks[run.last].source - recent.marks[candidate].source)
                    }
                    offset += run.byteCount
                    copied += run.byteCount
                    top.remaining -= run.count
                    top.guide = run.end
                    top.misses = 0
                    continue
                }
            }
            if top.isStarted { text.put(UInt8(ascii: ",")) }
            top.isStarted = true
            top.remaining -= 1
            var isModule = false
            let boundary = (source: offset - start, text: text.count - textStart)
            if top.kind == .object {
                guard let key = writeKey(bytes, &offset, &top, &needsCheck, &text) else { return nil }
                isModule = key
            }
            if isRecording, top.kind != .root {
                top.mark = recent.set(
                    top.kind == .object ? top.keys ?? .element : .element, source: boundary.source,
                    text: boundary.text, after: top.mark)
            }
            // What follows: the same pair or element of the past if this one has its key, and otherwise who knows.
            var child = -1
            if guide >= 0 {
                child = recent.child(guide)
                if top.kind == .root || top.kind == .object && equalByteCount >= offset - start - boundary.source {
                    top.guide = recent.next(guide)
                    top.misses = 0
                } else {
                    top.misses += 1
                }
            }
            guard offset < bytes.count else { return nil }
            let left = bytes.count - offset
            switch bytes[offset] {
            case CommonTag.map:
                guard left >= 5 else { return nil }
                let count = CommonTag.uint32(bytes, at: offset + 1)
                offset += 5
                guard 2 * count <= left - 5, open.count < room else { return nil }
                text.put(UInt8(ascii: "{"))
                open.append(top)
                top = Container(kind: .object, remaining: count)
                top.guide = child
            case CommonTag.list:
                guard left >= 5 else { return nil }
                let count = CommonTag.uint32(bytes, at: offset + 1)
                offset += 5
                guard count > 0, count <= left - 5, open.count < room else { return nil }
                text.put(UInt8(ascii: "["))
                open.append(top)
                top = Container(kind: .list, remaining: count)
                top.guide = child
            case CommonTag.smallTuple:
                guard left >= 2 else { return nil }
                let count = Int(bytes[offset + 1])
                offset += 2
                guard count <= left - 2, open.count < room else { return nil }
                text.put(UInt8(ascii: "["))
                open.append(top)
                top = Container(kind: .array, remaining: count)
                top.guide = child
            default:
                guard writeLeaf(bytes, &offset, isModule: isModule, &text) else { return nil }
            }
        }
    }

    // MARK: Keys

    /// Writes a key and a colon.
    ///
    /// - Returns: whether it is the key that names a struct's module, or nil when the key is not one that is known here.
    @inline(__always)
    private func writeKey(
        _ bytes: Span<UInt8>, _ offset: inout Int, _ object: inout Container, _ needsCheck: inout Bool,
        _ text: inout TextBuffer
    ) -> Bool? {
        guard bytes.count - offset >= 5, let kind = PlainTranscoder.kind(ofKey: bytes[offset]),
            object.keys == nil || object.keys == kind
        else { return nil }
        let start = offset
        var isModule = false
        if kind == .integerPair {
            text.put(UInt8(ascii: "\""))
            text.put(decimal: PlainTranscoder.integer(bytes, at: offset))
            text.put(UInt8(ascii: "\""))
            offset += bytes[offset] == CommonTag.integer ? 5 : 2
        } else {
            let name = PlainTranscoder.name(kind, bytes, at: offset)
            // `nil` is written as the empty atom is.
            guard name.upperBound <= bytes.count,
                kind != .atomPair || name.count != 3 || !bytes.holds("nil", at: name),
                text.put(quoted: name, of: bytes, isHTMLSafe: isHTMLSafe)
            else { return nil }
            isModule = kind == .atomPair && name.count == 10 && bytes.holds("__struct__", at: name)
            offset = name.upperBound
        }
        text.put(UInt8(ascii: ":"))
        if object.keys != nil, !needsCheck, !PlainTranscoder.precedes(bytes, kind, object.lastKey, start) {
            needsCheck = true
        }
        object.keys = kind
        object.lastKey = start
        return isModule
    }

    @inline(__always)
    private static func kind(ofKey tag: UInt8) -> RecentText.Kind? {
        switch tag {
        case CommonTag.smallAtom: .atomPair
        case CommonTag.binary: .binaryPair
        case CommonTag.smallInteger, CommonTag.integer: .integerPair
        default: nil
        }
    }

    /// Where the text of the key at `offset` stands, an atom or a binary.
    @inline(__always)
    private static func name(_ kind: RecentText.Kind, _ bytes: Span<UInt8>, at offset: Int) -> Range<Int> {
        kind == .atomPair
            ? CommonTag.smallAtomName(bytes, at: offset) : CommonTag.binaryContent(bytes, at: offset)
    }

    /// The integer at `offset`, which has the tag 97 or 98.
    @inline(__always)
    private static func integer(_ bytes: Span<UInt8>, at offset: Int) -> Int {
        guard bytes[offset] == CommonTag.integer else { return Int(bytes[offset + 1]) }
        return Int(Int32(truncatingIfNeeded: CommonTag.uint32(bytes, at: offset + 1)))
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

    /// Writes a term that is no container, or returns false when it is one, or is none at all.
    @inline(__always)
    private mutating func writeLeaf(
        _ bytes: Span<UInt8>, _ offset: inout Int, isModule: Bool, _ text: inout TextBuffer
    ) -> Bool {
        let left = bytes.count - offset
        switch left >= 5 ? bytes[offset] : 0 {
        case CommonTag.smallInteger:
            text.put(decimal: Int(bytes[offset + 1]))
            offset += 2
            return true
        case CommonTag.integer:
            text.put(decimal: PlainTranscoder.integer(bytes, at: offset))
            offset += 5
            return true
        case CommonTag.nil:
            text.put(UInt8(ascii: "["))
            text.put(UInt8(ascii: "]"))
            offset += 1
            return true
        case CommonTag.binary:
            let content = CommonTag.binaryContent(bytes, at: offset)
            guard content.upperBound <= bytes.count else { return false }
            guard text.put(quoted: content, of: bytes, isHTMLSafe: isHTMLSafe) || writeText(bytes, content, &text)
            else { break }
            offset = content.upperBound
            return true
        case CommonTag.smallBig where 1...7 ~= bytes[offset + 1] && left >= 3 + Int(bytes[offset + 1]):
            var value = 0
            for index in (0..<Int(bytes[offset + 1])).reversed() { value = value << 8 | Int(bytes[offset + 3 + index]) }
            text.put(decimal: bytes[offset + 2] == 0 ? value : -value)
            offset += 3 + Int(bytes[offset + 1])
            return true
        case CommonTag.smallAtom where !isModule:
            let name = CommonTag.smallAtomName(bytes, at: offset)
            guard name.upperBound <= bytes.count else { return false }
            switch name.count {
            case 3 where bytes.holds("nil", at: name): text.put(0x6E, 0x75, 0x6C, 0x6C)
            case 4 where bytes.holds("true", at: name): text.put(0x74, 0x72, 0x75, 0x65)
            case 5 where bytes.holds("false", at: name):
                text.put(0x66, 0x61, 0x6C, 0x73)
                text.put(0x65)
            default:
                guard text.put(quoted: name, of: bytes, isHTMLSafe: isHTMLSafe) else { return false }
            }
            offset = name.upperBound
            return true
        default: break
        }
        return writeRareLeaf(bytes, &offset, isModule: isModule, &text)
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

    private mutating func writeRareLeaf(
        _ bytes: Span<UInt8>, _ offset: inout Int, isModule: Bool, _ text: inout TextBuffer
    ) -> Bool {
        guard let (token, end) = try? KnownTerm.token(of: bytes, at: offset) else { return false }
        switch token {
        case .list, .tuple, .map: return false
        case .localFunction(let function) where function.freeVariableCount > 0: return false
        case .nil:
            text.put(UInt8(ascii: "["))
            text.put(UInt8(ascii: "]"))
            offset = end
            return true
        case .atom(let name) where isModule:
            leaf.write(string: Term.atom(bytes.atom(name)).elixirText)
            offset = end
        default:
            guard let end = try? leaves.write(bytes, at: offset, to: &leaf) else { return false }
            offset = end
        }
        text.put(leaf.bytes.span)
        leaf.clear()
        return true
    }
}

import Zlib

/// Terms that have been decoded lately, so that what comes again is shared instead of decoded again.
///
/// Where a pair or an element starts, a ``Mark`` is set. Bytes that are those from one mark to a later one of the same
/// container stand for the same pairs or elements.
///
/// Memory is bounded; when it is used up, all is forgotten.
struct RecentTerms: Sendable {
    /// Where a pair or an element starts, or where the last one ends.
    private struct Mark {
        var start: Int32
        /// The mark of what follows in the same container, or -1 where that ends.
        var next: Int32 = -1
        /// The pair, or the element as its value.
        var pair = RecentTerms.none
    }

    /// Pairs or elements that have come before.
    private struct Run {
        /// The mark of the last of them, and the one that ends it.
        var last: Int
        var end: Int
        var count = 0
        /// How many bytes they take.
        var byteCount = 0
        /// How many bytes from their start are those of the past.
        var equalByteCount = 0
    }

    /// What is known of the terms whose first bytes have the same hash.
    private struct Slot {
        /// How many terms enclose them.
        var depth = 0
        /// The mark of the last one that has been kept, or -1.
        var root: Int32 = -1
        /// Whether the last one was unlike that, so that the next one is worth keeping.
        var isOutdated = true
        /// How many bytes were new in the one that was most like it.
        var leastNew = Int.max
        /// Whether all maps in the one that has been kept have their keys in order.
        var isOrdered = true
        /// How many are not compared, because those before were unlike one another, and how many that were the last time.
        var rest: UInt8 = 0
        var pause: UInt8 = 0
    }

    private var source: [UInt8] = []
    private var marks: [Mark] = []
    private var slots: [Slot] = []
    /// Where the term being decoded starts, whether it is kept, and how many bytes of it have come before.
    private var start = 0
    private var isRecording = false
    private var metByteCount = 0
    /// Whether all maps of it, and of the one that it is compared with, have their keys in order so far.
    private var isOrdered = true
    /// How far the bytes that were compared last are equal, so that they are not compared again: from which distance
    /// between the two, and up to where.
    private var equal: (distance: Int, end: Int) = (.min, 0)

    private static let slotCount = 64
    private static let mostSourceBytes = 256 << 10
    private static let mostMarks = 16 << 10
    /// Shorter terms are decoded as fast as they are found, longer ones seldom come again.
    private static let worthwhile = 128...24 << 10
    private static let none = TermMap.Pair(.nil, .nil)

    /// Reads the term at `offset`, which `depth` others enclose, or returns nil when there is anything that is not known here, or
    /// no valid term. `decoding` is then anywhere.
    mutating func decode(_ decoding: inout TermDecoding, at offset: Int, enclosedBy depth: Int) -> Term? {
        let bytes = decoding.reader.bytes
        guard offset >= 0, bytes.count - offset >= RecentTerms.worthwhile.lowerBound else { return nil }
        if slots.isEmpty || source.count > RecentTerms.mostSourceBytes || marks.count > RecentTerms.mostMarks {
            forget()
        }
        let slot = RecentTerms.slot(bytes, at: offset)
        if slots[slot].depth != depth { slots[slot] = Slot(depth: depth) }
        guard slots[slot].rest == 0 else {
            slots[slot].rest -= 1
            return nil
        }
        equal = (.min, 0)
        metByteCount = 0
        start = offset
        isOrdered = slots[slot].isOrdered
        let root = Int(slots[slot].root)
        if root >= 0 {
            let run = run(from: root, bytes, at: offset, most: 1)
            if run.count > 0 {
                decoding.move(to: offset + run.byteCount)
                return marks[root].pair.value
            }
        }
        isRecording = slots[slot].isOutdated
        let first = marks.count
        let mark = isRecording ? set(at: offset, after: -1) : -1
        decoding.move(to: offset)
        guard let term = value(&decoding, like: root >= 0 ? child(root) : -1, enclosedBy: depth) else {
            marks.removeSubrange(first...)
            pause(slot)
            return nil
        }
        let end = decoding.reader.offset
        if isRecording {
            marks[mark].pair.value = term
            _ = set(at: end, after: mark)
            keep(bytes.extracting(offset..<end), from: first, in: slot)
        }
        note(slot, byteCount: end - offset, isFirst: root < 0)
        return term
    }

    /// A hash of the first 24 bytes at `offset`.
    private static func slot(_ bytes: Span<UInt8>, at offset: Int) -> Int {
        let hash =
            bytes.word(at: offset) &* 0x9E37_79B9_7F4A_7C15 ^ bytes.word(at: offset + 8) &* 0xC2B2_AE3D_27D4_EB4F
            ^ bytes.word(at: offset + 16) &* 0x1656_67B1_9E37_79F9
        return Int(truncatingIfNeeded: (hash >> 32 ^ hash >> 48) & UInt64(slotCount - 1))
    }

    /// Keeps the term whose marks have been set from `first` on.
    private mutating func keep(_ bytes: Span<UInt8>, from first: Int, in slot: Int) {
        guard RecentTerms.worthwhile.contains(bytes.count) else {
            marks.removeSubrange(first...)
            return
        }
        slots[slot].root = Int32(truncatingIfNeeded: first)
        slots[slot].isOrdered = isOrdered
        source.append(copying: bytes)
    }

    private mutating func forget() {
        source.removeAll(keepingCapacity: true)
        marks.removeAll(keepingCapacity: true)
        slots = Array(repeating: Slot(), count: RecentTerms.slotCount)
    }

    /// Says what is to be done with the next term of a slot.
    private mutating func note(_ slot: Int, byteCount: Int, isFirst: Bool) {
        let newByteCount = byteCount - metByteCount
        if isRecording {
            slots[slot].leastNew = .max
        } else {
            // What is most like the one that is kept says how much there will be new at best.
            slots[slot].leastNew = min(slots[slot].leastNew, newByteCount)
        }
        let leastNew = min(slots[slot].leastNew, newByteCount)
        slots[slot].isOutdated = newByteCount > leastNew + leastNew / 2 + byteCount / 16
        guard !isFirst else { return }
        if newByteCount * 2 <= byteCount { slots[slot].pause = 0 } else { pause(slot) }
    }

    /// Lets the next few terms of a slot pass.
    private mutating func pause(_ slot: Int) {
        slots[slot].pause = min(2 * slots[slot].pause + 2, 30)
        slots[slot].rest = slots[slot].pause
        // What comes after the pause may be like what is next to it.
        slots[slot].root = -1
        slots[slot].isOrdered = true
        slots[slot].isOutdated = true
    }

    // MARK: Terms

    /// Reads a term, or returns nil when it is none, or something that is not known here.
    ///
    /// - Parameter guide: the mark of the first pair or element of what stood here in the past, or -1.
    private mutating func value(_ decoding: inout TermDecoding, like guide: Int, enclosedBy depth: Int) -> Term? {
        let bytes = decoding.reader.bytes
        let offset = decoding.reader.offset
        let left = bytes.count - offset
        guard left >= 6, guide >= 0 || isRecording else { return try? decoding.term(at: offset, enclosedBy: depth) }
        switch bytes[offset] {
        case Tag.smallTuple:
            let count = Int(bytes[offset + 1])
            return elements(&decoding, at: offset + 2, count: count, like: guide, enclosedBy: depth).map(Term.tuple)
        case Tag.list:
            let count = bytes.uint32(at: offset + 1)
            guard count > 0, count <= left - 5,
                let elements = elements(&decoding, at: offset + 5, count: count, like: guide, enclosedBy: depth),
                case let tail = decoding.reader.offset, tail < bytes.count, bytes[tail] == Tag.nil
            else { return nil }
            decoding.move(to: tail + 1)
            return .list(elements)
        case Tag.map:
            let count = bytes.uint32(at: offset + 1)
            guard 2 * count <= left - 5 else { return nil }
            return map(&decoding, at: offset + 5, count: count, like: guide, enclosedBy: depth).map(Term.map)
        default:
            return try? decoding.term(at: offset, enclosedBy: depth)
        }
    }

    private mutating func elements(
        _ decoding: inout TermDecoding, at first: Int, count: Int, like guide: Int, enclosedBy depth: Int
    ) -> [Term]? {
        guard depth < decoding.depthLimit || count == 0 else { return nil }
        let bytes = decoding.reader.bytes
        var elements: [Term] = []
        elements.reserveCapacity(min(count, TermDecoding.trustedCount))
        var (offset, guide, mark) = (first, guide, -1)
        // How many times in a row what was guessed was wrong.
        var misses = 0
        while elements.count < count {
            if guide >= 0 {
                // Elements may have gone since.
                var candidate = guide
                var run = run(from: candidate, bytes, at: offset, most: count - elements.count)
                var attempt = 0
                while run.count == 0, attempt <= misses, attempt < 3 {
                    candidate = next(candidate)
                    guard candidate >= 0 else { break }
                    run = self.run(from: candidate, bytes, at: offset, most: count - elements.count)
                    attempt += 1
                }
                if run.count > 0 {
                    var element = candidate
                    while element != run.end {
                        elements.append(marks[element].pair.value)
                        element = next(element)
                    }
                    pass(run, from: candidate, at: offset, after: mark)
                    mark = -1
                    offset += run.byteCount
                    guide = run.end
                    misses = 0
                    continue
                }
            }
            if isRecording { mark = set(at: offset, after: mark) }
            var child = -1
            if guide >= 0 {
                child = self.child(guide)
                misses += 1
            }
            decoding.move(to: offset)
            guard let element = value(&decoding, like: child, enclosedBy: depth + 1) else { return nil }
            if isRecording { marks[mark].pair.value = element }
            elements.append(element)
            offset = decoding.reader.offset
        }
        if isRecording { _ = set(at: offset, after: mark) }
        decoding.move(to: offset)
        return elements
    }

    private mutating func map(
        _ decoding: inout TermDecoding, at first: Int, count: Int, like guide: Int, enclosedBy depth: Int
    ) -> TermMap? {
        guard depth < decoding.depthLimit || count == 0 else { return nil }
        let bytes = decoding.reader.bytes
        // Larger maps of older nodes, and all maps of newer ones, have their keys in the order of a hash.
        var isAscending = true
        var pairs: [TermMap.Pair] = []
        pairs.reserveCapacity(min(count, TermDecoding.trustedCount))
        var (offset, guide, mark) = (first, guide, -1)
        var lastKey: CommonTerm.Key?
        while pairs.count < count {
            guard let key = CommonTerm.Key(bytes, at: offset) else { return nil }
            if isAscending, let lastKey { isAscending = lastKey.precedes(key, in: bytes) }
            var child = -1
            // The pair of the past that has this one's key.
            var same = -1
            if guide >= 0 {
                var run = run(from: guide, bytes, at: offset, most: count - pairs.count)
                if offset + run.equalByteCount < key.end, next(guide) >= 0 {
                    // Perhaps a key has gone.
                    let other = self.run(from: next(guide), bytes, at: offset, most: count - pairs.count)
                    if offset + other.equalByteCount >= key.end { (run, guide) = (other, next(guide)) }
                }
                if run.count > 0 {
                    isAscending = isAscending && (isOrdered || run.count == 1)
                    lastKey = CommonTerm.Key(bytes, at: offset + Int(marks[run.last].start - marks[guide].start))
                    var pair = guide
                    while pair != run.end {
                        pairs.append(marks[pair].pair)
                        pair = next(pair)
                    }
                    pass(run, from: guide, at: offset, after: mark)
                    mark = -1
                    offset += run.byteCount
                    guide = run.end
                    continue
                }
                if next(guide) >= 0 {
                    child = self.child(guide)
                    if offset + run.equalByteCount >= key.end { same = guide }
                }
            }
            lastKey = key
            if isRecording { mark = set(at: offset, after: mark) }
            let name: Term
            if same >= 0 {
                name = marks[same].pair.key
                guide = next(same)
            } else {
                guard let term = try? decoding.term(at: offset, enclosedBy: depth + 1) else { return nil }
                name = term
            }
            decoding.move(to: key.end)
            guard let value = value(&decoding, like: child, enclosedBy: depth + 1) else { return nil }
            let pair = TermMap.Pair(name, value)
            if isRecording { marks[mark].pair = pair }
            pairs.append(pair)
            offset = decoding.reader.offset
        }
        if isRecording { _ = set(at: offset, after: mark) }
        decoding.move(to: offset)
        if isAscending { return TermMap(ascending: pairs) }
        isOrdered = false
        return TermMap(unique: pairs)
    }

    // MARK: Marks

    private mutating func set(at offset: Int, after previous: Int) -> Int {
        link(previous)
        marks.append(Mark(start: Int32(truncatingIfNeeded: source.count + offset - start)))
        return marks.count - 1
    }

    /// Makes the mark that is set next the one that follows `previous`, if that is no negative number.
    @inline(__always)
    private mutating func link(_ previous: Int) {
        if previous >= 0 { marks[previous].next = Int32(truncatingIfNeeded: marks.count) }
    }

    @inline(__always)
    private func next(_ mark: Int) -> Int { Int(marks[mark].next) }

    /// The mark of the first pair or element of what starts at `mark`, or -1.
    @inline(__always)
    private func child(_ mark: Int) -> Int {
        let next = next(mark)
        return next > mark + 1 ? mark + 1 : -1
    }

    /// Goes past a run that starts at `first`.
    @inline(__always)
    private mutating func pass(_ run: Run, from first: Int, at offset: Int, after mark: Int) {
        metByteCount += run.byteCount
        guard isRecording else { return }
        link(mark)
        let shift = Int32(truncatingIfNeeded: source.count + offset - start) &- marks[first].start
        let indexShift = Int32(truncatingIfNeeded: marks.count - first)
        for index in first..<run.end {
            var mark = marks[index]
            mark.start &+= shift
            mark.next = mark.next >= 0 ? mark.next &+ indexShift : -1
            marks.append(mark)
        }
    }

    // MARK: Comparing

    /// As many pairs or elements, but no more than `most`, from `guide` on as come again at `offset`.
    @inline(__always)
    private mutating func run(from guide: Int, _ bytes: Span<UInt8>, at offset: Int, most: Int) -> Run {
        var run = Run(last: guide, end: guide)
        var next = self.next(guide)
        guard next >= 0 else { return run }
        let start = Int(marks[guide].start)
        run.equalByteCount = equalByteCount(bytes, at: offset, start)
        while run.count < most, next >= 0 {
            let byteCount = Int(marks[next].start) &- start
            guard byteCount <= run.equalByteCount else { break }
            run.last = run.end
            run.end = next
            run.count &+= 1
            run.byteCount = byteCount
            next = self.next(next)
        }
        return run
    }

    /// How many bytes at `offset` are those at `start` of the source.
    @inline(__always)
    private mutating func equalByteCount(_ bytes: Span<UInt8>, at offset: Int, _ start: Int) -> Int {
        if equal.distance == offset - start, offset < equal.end { return equal.end - offset }
        let count = bytes.equalByteCount(at: offset, source.span, at: start)
        equal = (offset - start, offset + count)
        return count
    }
}

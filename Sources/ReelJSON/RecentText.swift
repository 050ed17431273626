import Zlib

/// Terms that have been written lately, with their text, so that what comes again is copied instead of written again.
///
/// Recordings repeat themselves: an event carries a whole form of which one field has changed, a whole list of which one
/// element is new. So where a pair or an element starts, a ``Mark`` is set. Bytes that are those from one mark to a
/// later one of the same container stand for the same pairs or elements, and have the same text.
///
/// Memory is bounded; when it is used up, all is forgotten.
struct RecentText {
    /// Where a pair or an element starts, or where the last one ends.
    struct Mark {
        /// Where it starts in `source`, and where its text starts in `text`, after the comma before it.
        var source: Int32
        var text: Int32
        /// The mark of what follows in the same container, or -1 where that ends.
        var next: Int32 = -1
        var kind: Kind
        /// How many bytes the key of a pair takes, or 0 when nobody has counted.
        var keyByteCount: UInt16 = 0
    }

    /// What starts at a mark.
    enum Kind: UInt8 { case element, atomPair, binaryPair, integerPair }

    /// Pairs or elements that are those of the past.
    struct Run {
        /// The mark of the last of them, and the one that ends it.
        var last: Int
        var end: Int
        var count: Int
        /// How many bytes they take.
        var byteCount: Int
        /// How many bytes from their start are those of the past.
        var equalByteCount: Int
    }

    private(set) var marks: [Mark] = []
    private(set) var source: [UInt8] = []
    private(set) var text: [UInt8] = []
    /// For the hash of a term's first bytes, the mark of the last one that had it.
    private var roots = [Int32](repeating: -1, count: 64)
    /// Whether the last term with the hash was unlike the one that is kept, so that the next one is worth keeping.
    private var isOutdated = [Bool](repeating: true, count: 64)
    /// How many marks belong to terms that have been written to their end.
    private var committed = 0
    /// How far the bytes that were compared last are equal, so that they are not compared again: from which distance
    /// between the two, and up to where.
    private var equal: (distance: Int, end: Int) = (.min, 0)

    private static let mostSourceBytes = 128 << 10
    private static let mostTextBytes = 256 << 10
    private static let mostMarks = 16 << 10
    /// Shorter terms are written as fast as they are found.
    static let worthwhile = 48...24 << 10

    // MARK: Terms

    /// Starts a term, and returns the mark of one that starts like it, or -1, and whether the term is to be kept.
    mutating func begin(_ bytes: Span<UInt8>, at start: Int) -> (root: Int, slot: Int, isRecording: Bool) {
        equal = (.min, 0)
        var hash: UInt32 = 0
        let head = bytes.extracting(start..<start + 24)
        for index in 0..<24 { hash &+= UInt32(head[index]) &* (UInt32(truncatingIfNeeded: index) &* 0x9E37_79B1 | 1) }
        let slot = Int((hash >> 16 ^ hash) & 63)
        return (Int(roots[slot]), slot, isOutdated[slot])
    }

    /// Says how much of a term was written anew.
    mutating func note(_ slot: Int, new: Int, of byteCount: Int) { isOutdated[slot] = new * 24 > byteCount }

    /// Keeps the term whose marks have been set since ``begin(_:at:)``.
    mutating func commit(_ slot: Int, source: Span<UInt8>, text: Span<UInt8>) {
        guard self.source.count + source.count <= RecentText.mostSourceBytes,
            self.text.count + text.count <= RecentText.mostTextBytes, marks.count <= RecentText.mostMarks
        else {
            self.source.removeAll(keepingCapacity: true)
            self.text.removeAll(keepingCapacity: true)
            marks.removeAll(keepingCapacity: true)
            committed = 0
            for slot in roots.indices {
                roots[slot] = -1
                isOutdated[slot] = true
            }
            return
        }
        roots[slot] = Int32(truncatingIfNeeded: committed)
        isOutdated[slot] = false
        self.source.append(copying: source)
        self.text.append(copying: text)
        committed = marks.count
    }

    /// Forgets the marks that have been set since ``begin(_:at:)``.
    mutating func abandon() { marks.removeSubrange(committed...) }

    // MARK: Marks

    /// Sets a mark, and makes it the one that follows `previous` if that is no negative number.
    @inline(__always)
    mutating func set(
        _ kind: Kind, keyByteCount: Int = 0, source offset: Int, text position: Int, after previous: Int
    ) -> Int {
        link(previous)
        marks.append(
            Mark(
                source: Int32(truncatingIfNeeded: source.count + offset),
                text: Int32(truncatingIfNeeded: text.count + position), kind: kind,
                keyByteCount: UInt16(exactly: keyByteCount) ?? 0))
        return marks.count - 1
    }

    /// Makes the mark that is set next the one that follows `previous`, if that is no negative number.
    @inline(__always)
    mutating func link(_ previous: Int) {
        if previous >= 0 { marks[previous].next = Int32(truncatingIfNeeded: marks.count) }
    }

    /// Sets the marks of a run that starts at `first`, in the term being written at these offsets.
    mutating func set(_ run: Run, from first: Int, source offset: Int, text position: Int) {
        let sourceShift = Int32(truncatingIfNeeded: source.count + offset) &- marks[first].source
        let textShift = Int32(truncatingIfNeeded: text.count + position) &- marks[first].text
        let indexShift = Int32(truncatingIfNeeded: marks.count - first)
        for index in first..<run.end {
            var mark = marks[index]
            mark.source &+= sourceShift
            mark.text &+= textShift
            mark.next = mark.next >= 0 ? mark.next &+ indexShift : -1
            marks.append(mark)
        }
    }

    /// The mark that follows, or -1.
    @inline(__always)
    func next(_ mark: Int) -> Int { Int(marks[mark].next) }

    /// The mark of the first pair or element of what starts at `mark`, or -1.
    @inline(__always)
    func child(_ mark: Int) -> Int {
        let next = next(mark)
        return next > mark + 1 ? mark + 1 : -1
    }

    // MARK: Runs

    /// As many pairs or elements, but no more than `most`, from `guide` on as come again at `offset`.
    @inline(__always)
    mutating func run(from guide: Int, _ bytes: Span<UInt8>, at offset: Int, most: Int) -> Run {
        run(from: guide, marks[guide], bytes, at: offset, most: most)
    }

    /// The same, for a mark that has been looked at.
    @inline(__always)
    mutating func run(from guide: Int, _ first: Mark, _ bytes: Span<UInt8>, at offset: Int, most: Int) -> Run {
        var run = Run(last: guide, end: guide, count: 0, byteCount: 0, equalByteCount: 0)
        var next = Int(first.next)
        guard next >= 0 else { return run }
        let start = Int(first.source)
        run.equalByteCount = equalByteCount(bytes, at: offset, start)
        while run.count < most, next >= 0 {
            let mark = marks[next]
            let byteCount = Int(mark.source) &- start
            guard byteCount <= run.equalByteCount else { break }
            run.last = run.end
            run.end = next
            run.count &+= 1
            run.byteCount = byteCount
            next = Int(mark.next)
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

    /// The text that starts at `mark` and takes so many bytes.
    @_lifetime(borrow self)
    @inline(__always)
    func text(at mark: Mark, count: Int) -> Span<UInt8> {
        text.span.extracting(Int(mark.text)..<Int(mark.text) + count)
    }

    /// The text of a run that starts at `first`, without a comma at its end.
    @_lifetime(borrow self)
    @inline(__always)
    func text(of run: Run, from first: Int) -> Span<UInt8> {
        let end = Int(marks[run.end].text) - (marks[run.end].next >= 0 ? 1 : 0)
        return text.span.extracting(Int(marks[first].text)..<end)
    }
}

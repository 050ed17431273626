import Synchronization

/// What the sanitizer has said of keys, remembered so that the same key costs next to nothing the next time.
///
/// It is read without a lock: a slot is filled once and never changes. Keys that find no slot are asked about each time. It is no
/// object of its own, because threads that count references to the same one wait for each other.
struct KeyVerdicts: ~Copyable, Sendable {
    private struct Slot: ~Copyable {
        /// 0: empty, 1: being filled, otherwise how long the key is, and the verdict.
        let state = Atomic<UInt64>(0)
        let first = Atomic<UInt64>(0)
        let second = Atomic<UInt64>(0)
        let third = Atomic<UInt64>(0)
    }

    private let sanitizer: any Sanitizer
    private let part: RecordedPart
    private let slots: InlineArray<1_024, Slot>

    init(_ sanitizer: any Sanitizer, in part: RecordedPart) {
        self.sanitizer = sanitizer
        self.part = part
        slots = InlineArray { _ in Slot() }
    }

    /// The verdict on a key, if it is remembered.
    @inline(__always)
    func known(_ key: ShortText) -> SanitizerVerdict? {
        var index = KeyVerdicts.slot(of: key)
        for _ in 0..<4 {
            let state = slots[index].state.load(ordering: .acquiring)
            if state == 0 { return nil }
            if state >> 2 == UInt64(truncatingIfNeeded: key.byteCount &+ 1),
                slots[index].first.load(ordering: .relaxed) == key.first,
                slots[index].second.load(ordering: .relaxed) == key.second,
                slots[index].third.load(ordering: .relaxed) == key.third
            {
                return SanitizerVerdict(rawValue: UInt8(truncatingIfNeeded: state & 3))
            }
            index = (index &+ 1) & 1_023
        }
        return nil
    }

    /// The sanitizer's verdict on a key, which is remembered if there is a slot for it; nil when the key has to be sanitized itself.
    @inline(never)
    func asked(_ key: String) -> SanitizerVerdict? {
        guard !key.utf8.contains(where: ShortText.marksAddress) else { return nil }
        let verdict = sanitizer.verdict(onKey: key, in: part)
        guard let words = ShortText(key) else { return verdict }
        var index = KeyVerdicts.slot(of: words)
        for _ in 0..<4 {
            if slots[index].state.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged {
                slots[index].first.store(words.first, ordering: .relaxed)
                slots[index].second.store(words.second, ordering: .relaxed)
                slots[index].third.store(words.third, ordering: .relaxed)
                slots[index].state.store(
                    UInt64(words.byteCount + 1) << 2 | UInt64(verdict.rawValue), ordering: .releasing)
                break
            }
            index = (index &+ 1) & 1_023
        }
        return verdict
    }

    @inline(__always)
    private static func slot(of key: ShortText) -> Int {
        let mixed =
            (key.first ^ key.second &* 0x9E37_79B9_7F4A_7C15 ^ key.third &* 0xC2B2_AE3D_27D4_EB4F)
            &* 0xFF51_AFD7_ED55_8CCD
        return Int(truncatingIfNeeded: mixed >> 54)
    }
}

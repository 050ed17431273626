import Synchronization

/// What the sanitizer has said of keys, remembered so that the same key costs next to nothing the next time.
///
/// It is read without a lock: a slot is filled once and never changes. Keys that find no slot are asked about each time.
final class KeyVerdicts: Sendable {
    private struct Slot: ~Copyable {
        /// 0: empty, 1: being filled, otherwise how long the key is, and the verdict.
        let state = Atomic<UInt64>(0)
        let first = Atomic<UInt64>(0)
        let second = Atomic<UInt64>(0)
        let third = Atomic<UInt64>(0)
    }

    private static let slotCount = 1_024
    private static let longestKey = 24

    private let sanitizer: any Sanitizer
    private let part: RecordedPart
    private let slots: InlineArray<1_024, Slot>

    init(_ sanitizer: any Sanitizer, in part: RecordedPart) {
        self.sanitizer = sanitizer
        self.part = part
        slots = InlineArray { _ in Slot() }
    }

    /// The verdict on a key.
    func verdict(on key: String) -> SanitizerVerdict {
        let bytes = key.utf8.span
        guard bytes.count <= KeyVerdicts.longestKey else { return asked(key) }
        let words = Words(bytes)
        var index = words.slot
        for _ in 0..<4 {
            let state = slots[index].state.load(ordering: .acquiring)
            if state == 0 { return remembered(key, words, in: index) }
            if state >> 2 == UInt64(bytes.count + 1), slots[index].first.load(ordering: .relaxed) == words.first,
                slots[index].second.load(ordering: .relaxed) == words.second,
                slots[index].third.load(ordering: .relaxed) == words.third
            {
                return SanitizerVerdict(rawValue: UInt8(truncatingIfNeeded: state & 3)) ?? .filter
            }
            index = (index + 1) & (KeyVerdicts.slotCount - 1)
        }
        return asked(key)
    }

    private func asked(_ key: String) -> SanitizerVerdict { sanitizer.verdict(onKey: key, in: part) }

    @inline(never)
    private func remembered(_ key: String, _ words: Words, in index: Int) -> SanitizerVerdict {
        let verdict = asked(key)
        let isMine = slots[index].state.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged
        if isMine {
            slots[index].first.store(words.first, ordering: .relaxed)
            slots[index].second.store(words.second, ordering: .relaxed)
            slots[index].third.store(words.third, ordering: .relaxed)
            slots[index].state.store(
                UInt64(key.utf8.count + 1) << 2 | UInt64(verdict.rawValue), ordering: .releasing)
        }
        return verdict
    }

    /// A key's bytes as numbers.
    private struct Words {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0

        @inline(__always)
        init(_ bytes: Span<UInt8>) {
            for index in bytes.indices {
                let byte = UInt64(bytes[index]) &<< (8 &* UInt64(index & 7))
                if index < 8 { first |= byte } else if index < 16 { second |= byte } else { third |= byte }
            }
        }

        var slot: Int {
            let mixed =
                (first ^ second &* 0x9E37_79B9_7F4A_7C15 ^ third &* 0xC2B2_AE3D_27D4_EB4F)
                &* 0xFF51_AFD7_ED55_8CCD
            return Int(truncatingIfNeeded: mixed >> 54)
        }
    }
}

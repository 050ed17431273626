import Synchronization

/// How many bytes the running sessions may have in memory, and have.
///
/// What is counted is what they have allocated, so an event costs nothing here unless its session's buffer grows.
final class MemoryBudget: Sendable {
    let limit: Int
    private let used_ = Atomic<Int>(0)
    private let peak_ = Atomic<Int>(0)

    /// What a session takes by itself, in bytes: its state, its header and what is counted of it.
    static let sessionByteCount = 2_048

    init(limit: Int) { self.limit = limit }

    var used: Int { used_.load(ordering: .relaxed) }
    var peak: Int { peak_.load(ordering: .relaxed) }

    /// Whether so much is taken that sessions should be written out before their time.
    var isTight: Bool { used > limit / 2 }

    /// Takes bytes unless they are beyond the limit. Returns whether it did.
    func take(_ byteCount: Int) -> Bool {
        let used = used_.add(byteCount, ordering: .relaxed).newValue
        guard used <= limit else {
            used_.subtract(byteCount, ordering: .relaxed)
            return false
        }
        _ = peak_.max(used, ordering: .relaxed)
        return true
    }

    /// Takes bytes that are in use already, or gives some back. What others may take is less until then.
    func adjust(by byteCount: Int) {
        guard byteCount != 0 else { return }
        _ = peak_.max(used_.add(byteCount, ordering: .relaxed).newValue, ordering: .relaxed)
    }

    func give(_ byteCount: Int) { used_.subtract(byteCount, ordering: .relaxed) }
}

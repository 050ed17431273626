import ExternalTerm

/// What assigns were when they were recorded last: not their values, but a fingerprint of each, which is enough to see what has
/// changed.
struct KnownAssigns: Sendable {
    /// 128 bits that two different values do not share.
    struct Fingerprint: Hashable, Sendable {
        var first: Int
        var second: Int

        init(of bytes: ArraySlice<UInt8>) {
            // Seeded by the process, so that nobody can make two values that share theirs.
            var hasher = Hasher()
            hasher.combine(bytes)
            first = hasher.finalize()
            hasher = Hasher()
            hasher.combine(0x5245_454C)
            hasher.combine(bytes)
            second = hasher.finalize()
        }
    }

    /// Assigns that have been encoded, to be compared.
    struct Encoded: Sendable {
        struct Assign: Sendable {
            var key: Term
            /// Where the key and the value stand in the bytes.
            var range: Range<Int>
            var fingerprint: Fingerprint
        }

        private(set) var bytes: [UInt8] = []
        private(set) var assigns: [Assign] = []

        /// Assigns whose bytes nobody needs any more.
        init(assigns: [Assign]) { self.assigns = assigns }

        init(_ map: TermMap) {
            var writer = TermWriter()
            for pair in map.pairs {
                let start = writer.bytes.count
                writer.write(pair.key)
                let value = writer.bytes.count
                writer.write(pair.value)
                assigns.append(
                    Assign(
                        key: pair.key, range: start..<writer.bytes.count,
                        fingerprint: Fingerprint(of: writer.bytes[value...])))
            }
            bytes = writer.bytes
        }
    }

    /// The address that was recorded last.
    var url: String?
    private var view: [Term: Fingerprint] = [:]
    /// By `{Module, Id}`.
    private var components: [Term: [Term: Fingerprint]] = [:]

    /// About how many bytes this takes.
    private(set) var byteCount = 0

    /// What one fingerprint takes in a dictionary, with its key.
    private static let entryByteCount = 96

    /// Which of the assigns have changed, and whether one that was there is gone.
    func changes(in encoded: Encoded, of component: Term?) -> (changed: [Range<Int>], isMissingSome: Bool) {
        let known = component.map { components[$0] ?? [:] } ?? view
        var changed: [Range<Int>] = []
        var found = 0
        for assign in encoded.assigns {
            let old = known[assign.key]
            if old != nil { found += 1 }
            if old != assign.fingerprint { changed.append(assign.range) }
        }
        return (changed, found < known.count)
    }

    /// Remembers assigns: all there are, or those that have changed.
    mutating func note(_ encoded: Encoded, of component: Term?, isAll: Bool) {
        var known = component.map { components[$0] ?? [:] } ?? view
        if let component, components[component] == nil { byteCount += KnownAssigns.entryByteCount }
        byteCount -= known.count * KnownAssigns.entryByteCount
        if isAll { known.removeAll(keepingCapacity: true) }
        for assign in encoded.assigns { known[assign.key] = assign.fingerprint }
        byteCount += known.count * KnownAssigns.entryByteCount
        if let component { components[component] = known } else { view = known }
    }

    mutating func forget(_ component: Term) {
        guard let known = components.removeValue(forKey: component) else { return }
        byteCount -= (known.count + 1) * KnownAssigns.entryByteCount
    }

    /// Whether a component is on the page.
    func has(_ component: Term) -> Bool { components[component] != nil }

    /// Whether there are components on the page.
    var hasComponents: Bool { !components.isEmpty }

    /// The components that are on the page, in order.
    var componentKeys: [Term] { components.keys.sorted() }
}

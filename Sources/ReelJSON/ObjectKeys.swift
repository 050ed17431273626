/// The keys of an object that is being written, each of which has to be another.
///
/// Keys of one map may have the same text: the atom `a` and the binary `"a"`. The first one, in the order of the map,
/// has it as it is, the others get `#2`, `#3`, ... appended, whichever is free first. Implements Spec/json.md §3.8.
struct ObjectKeys {
    private var taken: Set<[UInt8]>
    /// The number that the next key with the same text tries first, so that many of them do not try all numbers again.
    private var nextNumbers: [[UInt8]: Int] = [:]

    init(taken: Set<[UInt8]> = []) { self.taken = taken }

    /// The key to write for one whose text is `text`.
    mutating func unique(_ text: [UInt8]) -> [UInt8] {
        if taken.insert(text).inserted { return text }
        var number = nextNumbers[text] ?? 2
        while true {
            let candidate = text + Array("#\(number)".utf8)
            number += 1
            guard taken.insert(candidate).inserted else { continue }
            nextNumbers[text] = number
            return candidate
        }
    }
}

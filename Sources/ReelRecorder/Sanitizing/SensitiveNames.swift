/// Names of keys whose values are nobody's business, told by the words in them.
struct SensitiveNames: Sendable {
    private let words: [[UInt8]]
    private let allowed: Set<String>

    /// Creates a list.
    ///
    /// - Parameters:
    ///   - words: what a name contains; `_` in it stands for `_`, `-`, `.`, a space or nothing.
    ///   - allowed: names that are not sensitive whatever they contain.
    init(containing words: [String], except allowed: Set<String>) {
        self.words = words.filter { !$0.isEmpty }.map { Array($0.lowercased().utf8) }
        self.allowed = Set(allowed.map { $0.lowercased() })
    }

    /// Whether the value under a name is sensitive.
    func contains(_ name: String) -> Bool {
        let lowercased = name.lowercased()
        let bytes = Array(lowercased.utf8)
        let isSensitive = bytes.indices.contains { start in
            words.contains { SensitiveNames.has($0, in: bytes, at: start) }
        }
        return isSensitive && !allowed.contains(lowercased)
    }

    private static func has(_ word: [UInt8], in name: [UInt8], at start: Int) -> Bool {
        var position = start
        for byte in word {
            if byte == UInt8(ascii: "_") {
                if position < name.count, separators.contains(name[position]) { position += 1 }
            } else {
                guard position < name.count, name[position] == byte else { return false }
                position += 1
            }
        }
        return true
    }

    private static let separators = Array("_-. ".utf8)
}

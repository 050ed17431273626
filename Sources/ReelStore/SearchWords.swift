import Reel

/// How text is cut into words that are searched for, the same in each store.
///
/// A word is a run of letters and digits, in lower case. What is searched for matches when each of its words is the start of a
/// word that is there.
package enum SearchWords {
    /// The most words of a recording that count.
    private static let most = 4_096
    /// The most characters of a word that count: no database indexes words of any length.
    private static let longest = 255

    /// The words that are searched for, or nil when nothing can have them all.
    static func wanted(_ text: String) -> [String]? {
        let words = words(of: text)
        return words.isEmpty || words.contains { $0.unicodeScalars.count > longest } ? nil : words
    }

    /// The words of `text`, each once, in the order in which they first come.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var seen: Set<String> = []
        var word = String.UnicodeScalarView()
        func end() {
            defer { word.removeAll() }
            guard !word.isEmpty else { return }
            let text = String(word)
            if seen.insert(text).inserted { words.append(text) }
        }
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                switch scalar.value {
                case 48...57, 97...122: word.append(scalar)
                case 65...90: Unicode.Scalar(scalar.value + 32).map { word.append($0) }
                default: end()
                }
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                word.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            } else {
                end()
            }
        }
        end()
        return words
    }

    /// The words that a recording is found by: those of its view, its address and its events' names.
    package static func words(of recording: StoredRecording) -> [String] {
        var seen: Set<String> = []
        var found: [String] = []
        func add(_ text: String) {
            for word in words(of: text) where found.count < most {
                let word = String(String.UnicodeScalarView(word.unicodeScalars.prefix(longest)))
                if seen.insert(word).inserted { found.append(word) }
            }
        }
        if let view = recording.view { add(view) }
        if let url = recording.url { add(url) }
        for name in recording.summary.names.keys.sorted() { add(name) }
        return found
    }

    /// Whether each of the words that are searched for is the start of one that is there.
    static func matches(_ wanted: [String], in recording: StoredRecording) -> Bool {
        let words = words(of: recording)
        return wanted.allSatisfy { wanted in words.contains { $0.utf8.starts(with: wanted.utf8) } }
    }
}

import ExternalTerm
import FoundationEssentials
package import Reel

/// How databases keep the counts of a summary: a JSON object of names and numbers, for people who query the database.
package enum CountsJSON {
    package static func text(_ counts: [String: Int]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(counts)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    package static func counts(_ text: String) -> [String: Int] {
        (try? JSONDecoder().decode([String: Int].self, from: Data(text.utf8))) ?? [:]
    }
}

extension Summary {
    /// The kinds as databases keep them.
    package var kindsByName: [String: Int] {
        Dictionary(kinds.map { ($0.key.name, $0.value) }, uniquingKeysWith: +)
    }

    /// A summary as databases keep it.
    package init(
        eventCount: Int, duration: Int, errorCount: Int, names: String, kinds: String, reason: String
    ) {
        self.init()
        self.eventCount = eventCount
        self.duration = duration
        self.errorCount = errorCount
        self.names = CountsJSON.counts(names)
        for (name, count) in CountsJSON.counts(kinds) { if let kind = Atom(named: name) { self.kinds[kind] = count } }
        if let atom = Atom(named: reason) { self.reason = Reason(atom) }
    }
}

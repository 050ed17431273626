/// Which templates include which: finds those that could go on for ever.
///
/// A template may include itself, or one that includes it, for what is nested: within a section whose name starts with a dot, such
/// as `{{#.children}}`, which is looked up in the innermost value only and so comes to an end. Without the dot, a value that has no
/// children shows those of the one around it, and again.
package struct TemplateInclusions {
    /// An inclusion, and the innermost section that it stands in.
    private struct Inclusion {
        var name: String
        var section: String?
        var line: Int
    }

    private let inclusions: [String: [Inclusion]]

    /// Reads the texts of templates by their names.
    package init(_ texts: [String: String]) {
        inclusions = texts.mapValues(TemplateInclusions.inclusions)
    }

    /// What is wrong with a template: where it may include itself without an end. Nil when it ends.
    package func problem(of name: String) -> String? {
        for inclusion in inclusions[name] ?? [] where reaches(name, from: inclusion.name) {
            if inclusion.section?.hasPrefix(".") == true { continue }
            // Of a cycle, one section with a dot is enough.
            if isBounded(from: inclusion.name, to: name) { continue }
            return
                "line \(inclusion.line): '\(inclusion.name)' includes this one again, which may have no end: put it into a"
                + " section whose name starts with a dot, {{#.children}}"
        }
        return nil
    }

    /// Whether a template includes another one, or is it.
    func reaches(_ name: String, from start: String) -> Bool { path(from: start, to: name) { _ in true } }

    /// Whether each way from one template to another goes through a section with a dot.
    private func isBounded(from start: String, to name: String) -> Bool {
        !path(from: start, to: name) { $0.section?.hasPrefix(".") != true }
    }

    /// Whether there is a way from one template to another, over inclusions that count.
    private func path(from start: String, to name: String, over counts: (Inclusion) -> Bool) -> Bool {
        var seen: Set<String> = [start]
        var open = [start]
        while let next = open.popLast() {
            if next == name { return true }
            for inclusion in inclusions[next] ?? [] where counts(inclusion) && seen.insert(inclusion.name).inserted {
                open.append(inclusion.name)
            }
        }
        return false
    }

    /// The tags of a template that include another one.
    private static func inclusions(in text: String) -> [Inclusion] {
        var inclusions: [Inclusion] = []
        var sections: [String] = []
        var (start, end) = ("{{", "}}")
        var line = 1
        var rest = text[...]
        while let opening = rest.firstRange(of: start) {
            line += rest[..<opening.lowerBound].count { $0.isNewline }
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: end) else { break }
            let tag = rest[..<closing.lowerBound]
            rest = rest[closing.upperBound...]
            let name = tag.dropFirst().filter { !$0.isWhitespace }
            switch tag.first {
            case "#", "^", "$": sections.append(name)
            case "<":
                inclusions.append(Inclusion(name: name, section: sections.last { !$0.isEmpty }, line: line))
                // What it holds replaces blocks of the other one; it is no section.
                sections.append("")
            case "/": _ = sections.popLast()
            case ">": inclusions.append(Inclusion(name: name, section: sections.last { !$0.isEmpty }, line: line))
            case "=":
                let delimiters = tag.dropFirst().dropLast().split { $0.isWhitespace }.map(String.init)
                if delimiters.count == 2 { (start, end) = (delimiters[0], delimiters[1]) }
            default: break
            }
            line += tag.count { $0.isNewline }
        }
        return inclusions
    }
}

/// HTML in which what means the same is the same: attributes in their order, without those that LiveView's client adds in a browser.
///
/// It takes what a browser's `innerHTML` gives, and what LiveView sends: tags that are closed, attributes in either quotes or none.
struct NormalHTML: Hashable, CustomStringConvertible {
    private(set) var description = ""

    init(_ html: String) {
        var rest = html[...]
        while !rest.isEmpty {
            if let match = rest.prefixMatch(of: #/<!--[\s\S]*?-->/#) {
                description += match.output
                rest = rest[match.range.upperBound...]
            } else if let match = rest.prefixMatch(
                of: #/<(\/?)([a-zA-Z][^\s\/>]*)((?:[^>"']|"[^"]*"|'[^']*')*?)\/?>/#)
            {
                add(String(match.output.2), isEnd: !match.output.1.isEmpty, match.output.3)
                rest = rest[match.range.upperBound...]
            } else {
                let end = rest.dropFirst().firstIndex(of: "<") ?? rest.endIndex
                description += "\"\(NormalHTML.decoded(rest[..<end]))\""
                rest = rest[end...]
            }
        }
    }

    private mutating func add(_ name: String, isEnd: Bool, _ text: Substring) {
        if isEnd {
            if !NormalHTML.void.contains(name) { description += "</\(name)>" }
            return
        }
        var attributes: [String: String] = [:]
        for match in text.matches(of: #/([^\s=\/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s]+)))?/#) {
            let key = String(match.output.1)
            let isAdded =
                key == "data-phx-main"
                || key.hasPrefix("data-phx-") && NormalHTML.added.contains { key.dropFirst(9).hasPrefix($0) }
            if isAdded { continue }
            attributes[key] = NormalHTML.decoded(match.output.2 ?? match.output.3 ?? match.output.4 ?? "")
        }
        // What `JS.toggle` does in the browser alone, and a hook.
        if attributes["id"] == "tip" { attributes["style"] = nil }
        attributes["data-reply"] = nil
        if let classes = attributes["class"]?.split(separator: " "), classes.allSatisfy({ $0.hasPrefix("phx-") }) {
            attributes["class"] = nil
        }
        let written = attributes.sorted { $0.key < $1.key }.map { " \($0.key)=\"\($0.value)\"" }
        description += "<\(name)\(written.joined())>"
    }

    private static let void: Set = [
        "area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
    ]
    private static let added = [
        "id", "component", "view", "session", "static", "loading", "ref", "skip", "stream", "pruned", "has-",
        "parent-id",
        "root-id", "sticky", "update", "hook", "magic",
    ]

    private static func decoded(_ text: Substring) -> String {
        String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&nbsp;", with: "\u{a0}").replacing("&amp;", with: "&")
    }
}

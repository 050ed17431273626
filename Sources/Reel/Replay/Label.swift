import ExternalTerm

extension Event {
    /// One line that says what happened: `save: qty=2`, `navigate → /orders`, `assigns form, tasks`, `[error] payment declined`.
    ///
    /// The text is as recorded, control characters included: escape it before it reaches a terminal or a page.
    public var label: String {
        Label(bytes: encoded, payload: payloadRange.lowerBound).text(of: kind.name) ?? kind.name
    }
}

/// Words for an event's payload; the same as PhoenixReplay's player shows. What they do not tell of is not decoded.
private struct Label {
    /// The event, and where its payload starts.
    let bytes: ArraySlice<UInt8>
    let payload: Int

    /// Where the value of the payload's field `name` starts, whose key is an atom, or a binary in what came from JSON.
    private func value(_ name: String) -> Int? {
        guard let name = Atom(named: name) else { return nil }
        return try? EncodedTerm.value(of: name, in: bytes.span, at: payload)
    }

    /// The payload's field `name`, unless it is nil.
    private func field(_ name: String) -> Term? {
        guard let value = value(name), let term = try? EncodedTerm.term(bytes.span, at: value), term != .atom(.nil)
        else { return nil }
        return term
    }

    private func text(_ name: String) -> String? { field(name).flatMap { Name($0)?.text } }

    func text(of kind: String) -> String? {
        switch kind {
        case "event": event
        case "params", "handle_params": (text("uri") ?? text("url")).map { "navigate → \($0)" }
        case "info": field("tag").map { "info \($0.shortText)" }
        case "render": assigns("assigns")
        case "assigns": assigns("snapshot").map { "\($0) (all)" } ?? assigns("delta")
        case "component": component.flatMap { name in assigns("assigns").map { "\(name) \($0)" } }
        case "component_destroyed": component.map { "\($0) removed" }
        case "telemetry": telemetry
        case "log": text("message").map { "[\(text("level") ?? "log")] \($0.firstLine)" }
        case "exit": exit
        case "gap": gap
        case "viewport": viewport
        case "page_asset": text("href")
        default: nil
        }
    }

    private var event: String? {
        guard var label = text("name") else { return nil }
        if let target = field("target")?.elements, target.count == 2 {
            label += " → \(target[0].shortText)#\(target[1].shortText)"
        }
        let values = field("params").map { Label.values(of: $0, depth: 0) } ?? []
        return values.isEmpty ? label : "\(label): \(values.joined(separator: ", "))"
    }

    /// The parameters as `name=value`, nested ones flattened, without LiveView's own and empty ones.
    private static func values(of params: Term, depth: Int) -> [String] {
        guard depth < 8, let pairs = params.map?.pairs else { return [] }
        return pairs.flatMap { pair -> [String] in
            guard let name = Name(pair.key)?.text, !name.hasPrefix("_") else { return [] }
            if case .map = pair.value { return values(of: pair.value, depth: depth + 1) }
            guard let value = pair.value.text, !value.isEmpty else { return [] }
            return ["\(name)=\(value.prefix(40))"]
        }
    }

    private func assigns(_ name: String) -> String? {
        guard let value = value(name), let pairs = try? EncodedTerm.pairs(of: bytes.span, at: value) else { return nil }
        return "assigns " + pairs.map(\.key).sorted().map(\.shortText).joined(separator: ", ")
    }

    private var component: String? {
        guard let module = field("module"), let id = field("id") else { return nil }
        return "\(module.shortText)#\(id.shortText)"
    }

    private var telemetry: String? {
        var label = text("summary")
        if label == nil, case .list(let names) = field("event") {
            label = names.map(\.shortText).joined(separator: ".")
        }
        guard let label else { return nil }
        return text("error").map { "\(label) — \($0.firstLine)" } ?? label
    }

    private var exit: String? {
        guard let reason = text("reason") else { return nil }
        guard let file = text("file") else { return "exited: \(reason.firstLine)" }
        return "exited: \(reason.firstLine) at \(file.firstLine)" + (field("line")?.integer.map { ":\($0)" } ?? "")
    }

    private var gap: String {
        let counts = (field("dropped")?.map?.pairs ?? []).sorted { $0.key < $1.key }.compactMap { pair in
            Name(pair.key).flatMap { name in pair.value.integer.map { "\(name.text) \($0)" } }
        }
        return counts.isEmpty ? "events are missing" : "events are missing: \(counts.joined(separator: ", "))"
    }

    private var viewport: String? {
        guard let width = field("width")?.integer, let height = field("height")?.integer else { return nil }
        return "viewport \(width) × \(height)"
    }
}

extension Term {
    /// A name as people write it: text and atoms without quotes, modules without their prefix.
    fileprivate var shortText: String {
        switch self {
        case .atom(let atom): atom.name.hasPrefix("Elixir.") ? String(atom.name.dropFirst(7)) : atom.name
        case .binary: text ?? elixirText
        default: elixirText(charlists: .written)
        }
    }
}

extension String {
    fileprivate var firstLine: String { String(prefix { !$0.isNewline }) }
}

import ExternalTerm

/// Values whose name stands beside them and not before them: `%{"name" => "password", "value" => x}`.
enum NamedValue {
    /// Keys that a name stands under.
    private static let nameKeys: Set<String> = [
        "name", "key", "field", "header", "label", "param", "parameter", "attribute", "property", "variable", "type",
        "id", "k",
        "n",
    ]

    /// Keys that the value of such a name stands under.
    static let valueKeys: Set<String> = [
        "value", "val", "v", "content", "contents", "data", "default", "current", "answer", "input",
    ]

    /// Keys whose values are addresses when they look like one, and have paths that tokens may stand in.
    static let addressKeys: Set<String> = [
        "url", "uri", "path", "href", "location", "referer", "referrer", "request_path", "return_to", "redirect_to",
    ]

    /// What browsers keep for pages, as entries of events of the kind `state` call it.
    private static let storages: Set<String> = ["localStorage", "sessionStorage", "cookie", "cookies"]

    /// Names that browsers have for keys without a character.
    private static let pressedKeys: Set<String> = [
        "Enter", "Tab", "Backspace", "Delete", "Escape", "Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock",
        "Dead",
        "Process", "Unidentified", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp",
        "PageDown",
        "Insert", "Clear", "Compose", "NumLock", "ContextMenu",
    ]

    static func isNameKey(_ key: String) -> Bool { nameKeys.contains(key) }

    /// Whether a key was pressed: a character, or what browsers call a key without one.
    static func isPressedKey(_ text: String) -> Bool {
        text.count == 1 || pressedKeys.contains(text)
            || text.first == "F" && text.count < 4 && text.dropFirst().allSatisfy(\.isNumber) && text.count > 1
    }

    /// Whether text may be a name, and is no sentence, no address and no pair of a name and a value.
    static func isName(_ text: String) -> Bool {
        text.utf8.count <= 64 && !text.utf8.contains { $0 <= 32 || noNameMarks.contains($0) }
    }

    private static let noNameMarks = Array("=/?&#@:;%".utf8)

    static func isAddress(_ text: [UInt8]) -> Bool {
        guard !text.contains(where: { $0 <= 32 }) else { return false }
        return text.first == UInt8(ascii: "/") || text.firstRange(of: "://".utf8) != nil
    }

    /// An entry `[Dt, Key, Changes]` of what a browser stores, without the values; nil for any other list.
    static func storedByBrowser(_ elements: [Term]) -> Term? {
        guard elements.count == 3, case .integer = elements[0], let name = elements[1].text, storages.contains(name),
            case .map(let changes) = elements[2]
        else { return nil }
        let pairs = changes.pairs.map { TermMap.Pair($0.key, .string(SanitizedValue.filtered)) }
        return .list([elements[0], elements[1], .map(TermMap(pairs))])
    }

    /// Whether a list is one of pairs that are lists of two, each with a name first.
    static func isPairs(_ elements: [Term]) -> Bool {
        !elements.isEmpty
            && elements.allSatisfy { element in
                guard let pair = element.listElements, pair.count == 2, let key = pair[0].keyName else { return false }
                return isName(key)
            }
    }
}

extension DefaultSanitizer {
    /// The keys of a map whose values are filtered because of another one: the value of a name that is sensitive, and what a key
    /// was pressed in, which may be a field for a password.
    func valueKeys(filteredIn map: TermMap, _ part: RecordedPart) -> Set<String> {
        var valueKeys: Set<String> = []
        var isSensitive = false
        var pressed: String?
        for pair in map.pairs {
            guard let key = pair.key.shortKeyName else { continue }
            if NamedValue.valueKeys.contains(key) {
                valueKeys.insert(key)
            } else if NamedValue.isNameKey(key), let name = pair.value.keyName {
                isSensitive = isSensitive || NamedValue.isName(name) && verdict(onKey: name, in: part) == .filter
                if part == .params, key == "key", NamedValue.isPressedKey(name) { pressed = name }
            }
        }
        guard !valueKeys.isEmpty else { return [] }
        if isSensitive { return valueKeys.filter { verdict(onKey: $0, in: part) == .depends } }
        guard let pressed, valueKeys.contains("value") else { return [] }
        // Characters, one after another, are what was typed.
        return pressed.count == 1 ? ["key", "value"] : ["value"]
    }

    /// A pair that is a list of two.
    func sanitized(pair: [Term], in part: RecordedPart, depth: Int) throws -> Term {
        if let key = pair.first?.keyName, verdict(onKey: key, in: part) == .filter {
            return .list([pair[0], .string(SanitizedValue.filtered)])
        }
        return try sanitized(.list(pair), in: part, depth: depth)
    }
}

extension Term {
    /// The name that this is when it is a key, if it is as short as those that are looked for.
    fileprivate var shortKeyName: String? {
        switch self {
        case .atom(let atom): atom.name.utf8.count <= 9 ? atom.name : nil
        case .binary(let bytes): bytes.count <= 9 ? String(decoding: bytes, as: UTF8.self) : nil
        default: nil
        }
    }

    /// The elements of a list.
    var listElements: [Term]? {
        guard case .list(let elements) = self else { return nil }
        return elements
    }
}

"""Mistakes in JSON, both ways."""

from .paths import JSON

MUTATIONS = [
    (
        "json-depth",
        f"{JSON}/JSONParser.swift",
        "guard open.count < limits.depth else",
        "guard open.count <= limits.depth else",
    ),
    (
        "json-keys-twice",
        f"{JSON}/JSONParser.swift",
        "isNew = !keys[open[top].firstKey...].contains(key)",
        "isNew = keys.last != key",
    ),
    (
        "json-longest-number",
        f"{JSON}/JSONParser.swift",
        "guard offset - digitsStart <= JSONLimits.mostDigits else",
        "guard offset - tokenStart <= JSONLimits.mostDigits else",
    ),
    ("json-control-characters", f"{JSON}/JSONParser.swift", "} else if byte < 0x20 {", "} else if byte < 0x1F {"),
    ("json-utf8", f"{JSON}/JSONParser.swift", "if merged >= 0x80, (try?", "if merged == 0x80, (try?"),
    (
        "json-low-surrogate",
        f"{JSON}/JSONParser.swift",
        "guard 0xD800..<0xE000 ~= unit else { return }",
        "guard 0xD800..<0xDC00 ~= unit else { return }",
    ),
    (
        "json-word-offset",
        f"{JSON}/JSONParser.swift",
        'throw JSONError(.malformed, at: tokenStart, "a word that',
        'throw JSONError(.malformed, at: offset, "a word that',
    ),
    (
        "json-local-inside",
        f"{JSON}/JSONTermReader.swift",
        "if case .local = value.term, !open.isEmpty {",
        "if case .local = value.term, open.count > 1 {",
    ),
    (
        "json-later-tag",
        f"{JSON}/JSONTermReader.swift",
        "if readsTags, keys.contains(where:",
        "if readsTags, keys.count > 99, keys.contains(where:",
    ),
    (
        "json-spare-bits",
        f"{JSON}/TaggedTerm.swift",
        "let bits = Bitstring(bytes: bytes, bitsInLastByte: size % 8), bits.bytes == bytes\n",
        "let bits = Bitstring(bytes: bytes, bitsInLastByte: size % 8)\n",
    ),
    (
        "json-base64",
        f"{JSON}/Base64.swift",
        "guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else",
        "guard let data = Data(base64Encoded: text) else",
    ),
    (
        "mapping-collisions",
        f"{JSON}/ObjectKeys.swift",
        "var number = nextNumbers[text] ?? 2",
        "var number = nextNumbers[text] ?? 1",
    ),
    (
        "mapping-nil-key",
        f"{JSON}/PlainMapping.swift",
        "{ atom == .nil ? [] : Array(atom.name.utf8) }",
        "{ Array(atom.name.utf8) }",
    ),
    ("mapping-hexadecimal", f"{JSON}/IdentifierTerm.swift", "magnitude.count > 32_768", "magnitude.count > 32_769"),
]

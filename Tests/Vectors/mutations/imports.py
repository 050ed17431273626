"""Mistakes in files of other forms that become recordings."""

from .paths import JSON, REEL

MUTATIONS = [
    (
        "documents-refused",
        f"{JSON}/PhoenixReplayJSONImporter.swift",
        "guard count > 0, ![.inputOutput, .notARecording, .malformedFrame].contains(error.kind) else",
        "guard count > 0, error.kind != .inputOutput else",
    ),
    (
        "documents-keys-twice",
        f"{JSON}/JSONDocument.swift",
        "guard !keys.contains(key) else",
        "guard keys.count < 99 || !keys.contains(key) else",
    ),
    (
        "documents-module",
        f"{JSON}/JSONDocument.swift",
        'part.first.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 } == true',
        'part.first.map { UInt8(ascii: "A")...UInt8(ascii: "z") ~= $0 } == true',
    ),
    (
        "documents-module-parts",
        f"{JSON}/JSONDocument.swift",
        "omittingEmptySubsequences: false)",
        "omittingEmptySubsequences: true)",
    ),
    (
        "documents-payload",
        f"{JSON}/JSONEventReader.swift",
        "guard let offset, offset >= 0, let kind, !payload.bytes.isEmpty else",
        "guard let offset, offset >= 0, let kind else",
    ),
    (
        "documents-trailing",
        f"{JSON}/JSONWindow.swift",
        "case .trailingBytes: .trailingData",
        "case .trailingBytes: .malformedTerm",
    ),
    (
        "phoenix-no-events",
        f"{REEL}/PhoenixReplay/MapWalk.swift",
        "guard error.kind != .inputOutput, error.kind != .notARecording, !fields.isEmpty",
        "guard error.kind != .inputOutput, !fields.isEmpty",
    ),
    (
        "phoenix-fields-twice",
        f"{REEL}/PhoenixReplay/MapWalk.swift",
        "guard names.insert(field.key).inserted else",
        "guard names.insert(field.key).inserted || names.count > 0 else",
    ),
    ("phoenix-checksum", f"{REEL}/PhoenixReplay/MapWalk.swift", "            try parts.finish()\n", ""),
    (
        "phoenix-part-numbers",
        f"{REEL}/PhoenixReplay/PartWalk.swift",
        "contains(where: { $0.number > $1.number }) {",
        "contains(where: { $0.number > $1.number + 99 }) {",
    ),
    (
        "phoenix-part-checksum",
        f"{REEL}/PhoenixReplay/PartWalk.swift",
        "return CRC32.checksum(of: content.span) == UInt32(truncatingIfNeeded: checksum)",
        "return content.count > 0",
    ),
    (
        "phoenix-part-first-header",
        f"{REEL}/PhoenixReplay/PartWalk.swift",
        "            directory.fields = fields\n",
        "            if directory.fields.isEmpty { directory.fields = fields }\n",
    ),
    (
        "phoenix-more-fields",
        f"{REEL}/PhoenixReplay/PhoenixReplayEvents.swift",
        "let more = pairs.filter { !PhoenixReplayEventWriter.ownKeys.contains($0.key) }",
        "let more = pairs.filter { _ in false }",
    ),
]

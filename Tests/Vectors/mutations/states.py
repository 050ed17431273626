"""Mistakes in states."""

from .paths import REEL

MUTATIONS = [
    (
        "states-mount-merges",
        f"{REEL}/Replay/StateFold.swift",
        'guard let pairs = try assignsOf("assigns", payload, bytes) else { return false }\n            replaceAssigns',
        'guard let pairs = try assignsOf("assigns", payload, bytes) else { return false }\n            mergeAssigns',
    ),
    (
        "states-delta-first",
        f"{REEL}/Replay/StateFold.swift",
        'if let pairs = try assignsOf("snapshot", payload, bytes) {',
        'if let pairs = try assignsOf("snapshot", payload, bytes), try assignsOf("delta", payload, bytes) == nil {',
    ),
    (
        "states-components-by-id",
        f"{REEL}/Replay/StateFold.swift",
        "[try EncodedTerm.term(bytes, at: module), try EncodedTerm.term(bytes, at: id)]",
        "[try EncodedTerm.term(bytes, at: id), try EncodedTerm.term(bytes, at: module)]",
    ),
    (
        "states-components-stay",
        f"{REEL}/Replay/StateFold.swift",
        "let component = components.removeValue(forKey: key)",
        "let component = components[key]",
    ),
    (
        "states-url-first",
        f"{REEL}/Replay/StateFold.swift",
        'var value = try EncodedTerm.value(of: "uri", in: bytes, at: payload.lowerBound)',
        'var value = try EncodedTerm.value(of: "url", in: bytes, at: payload.lowerBound)',
    ),
    (
        "states-url-any",
        f"{REEL}/Replay/StateFold.swift",
        "let text = try EncodedTerm.term(bytes, at: value).text else { return false }\n            url = text",
        "true else { return false }\n            url = try EncodedTerm.term(bytes, at: value).text",
    ),
    (
        "states-binary-keys",
        f"{REEL}/Format/EncodedTerm.swift",
        "if found == nil, bytes.holds(name.name, at: range) { found = value }",
        "if found != nil, bytes.holds(name.name, at: range) { found = value }",
    ),
    (
        "states-keyframe-url",
        f"{REEL}/Replay/StateFold.swift",
        'if let url = value(of: "url") {',
        'if let url = value(of: "uri") {',
    ),
    (
        "states-keyframe-components",
        f"{REEL}/Replay/StateFold.swift",
        "self.components[StateKey(pair.key)] = component",
        "self.components[StateKey(pair.key)] = [:]",
    ),
    (
        "states-keyframe-ignored",
        f"{REEL}/Reading/RecordingFile.swift",
        "fold = keyframe.state",
        "if keyframe.event == 0 { fold = keyframe.state }",
    ),
    ("states-unsure-since", f"{REEL}/Replay/StateFold.swift", "unsureSince = head.offset", "unsureSince = 0"),
    (
        "states-snapshot-is-sure",
        f"{REEL}/Replay/StateFold.swift",
        "replaceAssigns(pairs, of: bytes)\n                unsureSince = nil\n",
        "replaceAssigns(pairs, of: bytes)\n",
    ),
    (
        "states-key-stays",
        f"{REEL}/Replay/StateFold.swift",
        "            component[key] = value\n",
        "            component.removeValue(forKey: key)\n            component[key] = value\n",
    ),
]

"""Mistakes in gzip members and their fields."""

from .paths import GZIP, REEL

MUTATIONS = [
    ("members-reserved-flags", f"{GZIP}/HeaderLayout.swift", "rawValue: 0b1110_0000", "rawValue: 0b1100_0000"),
    (
        "members-subfield-end",
        f"{GZIP}/ExtraField.swift",
        "guard bytes.count - start >= prefixByteCount else {\n                let rest = bytes.count - start\n",
        "guard bytes.count - start >= prefixByteCount else {\n                return fields\n                let rest = bytes.count - start\n",
    ),
    (
        "members-content-checksum",
        f"{GZIP}/MemberTrailer.swift",
        "guard checksum.value == self.checksum else",
        "guard checksum.value >= 0 else",
    ),
    (
        "members-content-length",
        f"{GZIP}/MemberTrailer.swift",
        "guard UInt32(truncatingIfNeeded: byteCount) == contentLength else",
        "guard byteCount >= 0 else",
    ),
    (
        "members-header-checksum",
        f"{GZIP}/MemberHeader.swift",
        "guard declared == actual else",
        "guard declared >= 0 else",
    ),
    (
        "fields-without-checksum",
        f"{REEL}/Format/MemberFields.swift",
        "guard header.hasChecksum else",
        "guard header.byteCount > 0 else",
    ),
    ("fields-kinds", f"{REEL}/Format/MemberFields.swift", "static let index: UInt8 = 2", "static let index: UInt8 = 4"),
    (
        "fields-shortest-form",
        f"{REEL}/Format/VariableInteger.swift",
        "guard byte != 0 || index == 0 else { return nil }",
        "",
    ),
    (
        "fields-version",
        f"{REEL}/Format/FormatVersion.swift",
        "guard major == FormatVersion.current.major else",
        "guard major <= FormatVersion.current.major else",
    ),
    (
        "members-two-subfields",
        f"{GZIP}/MemberHeader.swift",
        "extraFields?.first { $0.id == id }?.bytes",
        "extraFields?.last { $0.id == id }?.bytes",
    ),
    (
        "members-second-byte",
        f"{GZIP}/HeaderLayout.swift",
        "(bytes.count < 2 || bytes[1] == Self.magic.1)",
        "(bytes.count < 2 || bytes[1] != 0)",
    ),
    (
        "members-cut-trailer",
        f"{GZIP}/MemberStream.swift",
        "guard isBetweenMembers else",
        "guard isBetweenMembers || phase == .trailer else",
    ),
    (
        "fields-length",
        f"{REEL}/Format/MemberFields.swift",
        "guard memberByteCount > header.byteCount + 8 else",
        "guard memberByteCount >= header.byteCount + 8 else",
    ),
    (
        "fields-unknown-flags",
        f"{REEL}/Format/MemberFields.swift",
        "hasFinish: bytes[3] & Flag.finish != 0))",
        "hasFinish: bytes[3] >= Flag.finish))",
    ),
]

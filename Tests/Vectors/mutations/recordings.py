"""Mistakes in frames, recordings and salvage."""

from .paths import REEL

MUTATIONS = [
    ("frames-shortest", f"{REEL}/Reading/FrameStream.swift", "guard count >= 2 else", "guard count >= 1 else"),
    (
        "keyframes-place",
        f"{REEL}/Reading/FrameOrder.swift",
        "guard keyframe.event == eventCount else",
        "guard keyframe.event <= eventCount else",
    ),
    (
        "finish-count",
        f"{REEL}/Reading/FrameOrder.swift",
        "guard summary.eventCount == eventCount else",
        "guard summary.eventCount >= eventCount else",
    ),
    (
        "declared-events",
        f"{REEL}/Reading/FrameOrder.swift",
        "guard declared == actual else",
        "guard declared.firstEvent >= 0 else",
    ),
    (
        "index-agrees",
        f"{REEL}/Reading/RecordingReader.swift",
        "guard let index, index == entries, indexOffset == nil else",
        "guard index != nil, indexOffset == nil else",
    ),
    (
        "salvage-goes-back",
        f"{REEL}/Reading/Salvage.swift",
        "guard data.firstEvent >= members.last?.entry.endEvent ?? 0 else",
        "guard data.firstEvent >= 0 else",
    ),
    (
        "members-limit",
        f"{REEL}/Format/MemberFields.swift",
        "guard uncompressedByteCount <= limits.memberByteCount else",
        "guard uncompressedByteCount <= 4 * limits.memberByteCount else",
    ),
    (
        "members-mixed",
        f"{REEL}/Reading/FrameStream.swift",
        "guard memberCount == 1 || container == .indexed else",
        "guard memberCount >= 1 || container == .indexed else",
    ),
    (
        "frames-cut-in-member",
        f"{REEL}/Reading/FrameStream.swift",
        "kind ?? (fields == nil ? .truncated : .malformedFrame), reason",
        "kind ?? .truncated, reason",
    ),
    (
        "frames-trailing",
        f"{REEL}/Format/FrameContent.swift",
        "guard end == bytes.count, !isFollowed else",
        "guard end <= bytes.count, !isFollowed else",
    ),
    (
        "frames-improper-batch",
        f"{REEL}/Format/FrameContent.swift",
        "guard token == .nil, !events.isEmpty else",
        "guard !events.isEmpty else",
    ),
    (
        "frames-negative-offset",
        f"{REEL}/Format/EventHead.swift",
        "offset >= 0, case .atom(let kind) = try parser.next()",
        "case .atom(let kind) = try parser.next()",
    ),
    (
        "headers-version-of-three",
        f"{REEL}/Format/Header.swift",
        "let numbers = term.elements, numbers.count == 2,",
        "let numbers = term.elements, numbers.count >= 2,",
    ),
    (
        "first-frame-is-no-frame",
        f"{REEL}/Reading/RecordingReader.swift",
        "if error.kind == .malformedTerm || error.kind == .malformedFrame { error.kind = .notARecording }",
        "if error.kind == .malformedTerm { error.kind = .notARecording }",
    ),
    (
        "keyframes-more",
        f"{REEL}/Format/FrameContent.swift",
        "guard case .tuple(3...) = try parser.next(), try parser.next() != nil,",
        "guard case .tuple(3) = try parser.next(), try parser.next() != nil,",
    ),
    (
        "finish-more",
        f"{REEL}/Format/Summary.swift",
        "elements.count >= 2, elements[0].atom == Summary.tag",
        "elements.count == 2, elements[0].atom == Summary.tag",
    ),
    ("index-more", f"{REEL}/Format/IndexEntry.swift", "count >= 8,", "count == 8,"),
    (
        "index-without-end",
        f"{REEL}/Reading/RecordingReader.swift",
        "if let indexOffset, !hasEnd {",
        "if let indexOffset, !hasEnd, entries.count > 100 {",
    ),
    (
        "end-before-data",
        f"{REEL}/Reading/RecordingReader.swift",
        "guard summary == nil, index == nil else",
        "guard index == nil else",
    ),
    (
        "salvage-plain-gzip",
        f"{REEL}/Reading/Salvage.swift",
        "guard let reader, reader.container != .indexed else { return nil }",
        "guard let reader, reader.container == .bare else { return nil }",
    ),
    (
        "salvage-plain-cut",
        f"{REEL}/Reading/Salvage.swift",
        "return outcome.error == nil || outcome.error?.kind == .truncated ? outcome : nil",
        "return outcome.error == nil ? outcome : nil",
    ),
    (
        "salvage-damaged-member",
        f"{REEL}/Reading/Salvage.swift",
        "position = try endOfDamagedMember(at: position) ?? nextCandidate(after: position)",
        "position = try nextCandidate(after: position)",
    ),
    (
        "salvage-damaged-last",
        f"{REEL}/Reading/Salvage.swift",
        "return end == bytes.byteCount || self.fields(at: end) != nil ? end : nil",
        "return self.fields(at: end) != nil ? end : nil",
    ),
    ("salvage-prefix", f"{REEL}/Reading/Salvage.swift", "[0x1F, 0x8B, 8, 6, 0, 0, 0, 0, 0, 255]", "[0x1F, 0x8B, 8]"),
    (
        "salvage-second-header",
        f"{REEL}/Reading/Salvage.swift",
        "header = header ?? content.header",
        "header = content.header ?? header",
    ),
    ("salvage-lost-end", f"{REEL}/Reading/Salvage.swift", "note(lossUpTo: bytes.byteCount, nextEvent: nil)", ""),
    (
        "salvage-lost-before-index",
        f"{REEL}/Reading/Salvage.swift",
        "            note(lossUpTo: offset, nextEvent: total)\n",
        "",
    ),
    (
        "salvage-header-later",
        f"{REEL}/Reading/MemberContent.swift",
        "let isFirst = isAlone ? fields.hasHeader && fields.firstEvent == 0 : position == 0",
        "let isFirst = isAlone ? fields.hasHeader : position == 0",
    ),
]

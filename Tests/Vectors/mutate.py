#!/usr/bin/env python3
"""Checks that the vectors find mistakes in this reader: makes one after the other in a copy of it, builds that, and
runs `reel vectors check`. A mistake is caught when a vector fails that does not fail without it.

    Tests/Vectors/mutate.py                 all mistakes; fails when more than 2 are missed
    Tests/Vectors/mutate.py 'atoms-*'       those whose names match
    Tests/Vectors/mutate.py --verify        builds nothing; fails when a mistake has no place in the sources any more
    Tests/Vectors/mutate.py --build FOLDER  keeps what is built in a folder, so that the next run is sooner done

Needs Swift and Python 3.9 or later. Takes most of an hour.
"""

import argparse
import fnmatch
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAY_MISS = 2
TIMEOUT = 900

TERM, GZIP, REEL = "Sources/ExternalTerm", "Sources/GzipMembers", "Sources/Reel"

# The name of each mistake, the file that it is made in, the text there, which is there once, and what takes its place.
MUTATIONS = [
    # Terms: tags, lengths and ranges
    ("tags-old-pid", f"{TERM}/Tag.swift", "static let pid: UInt8 = 103", "static let pid: UInt8 = 76"),
    ("tags-v4-port", f"{TERM}/Tag.swift", "static let v4Port: UInt8 = 120", "static let v4Port: UInt8 = 122"),
    (
        "lengths-16-bits",
        f"{TERM}/TokenReader.swift",
        "return Int(bytes[range.lowerBound]) << 8 | Int(bytes[range.lowerBound + 1])",
        "return Int(bytes[range.lowerBound + 1]) << 8 | Int(bytes[range.lowerBound])",
    ),
    (
        "maps-count-of-pairs",
        f"{TERM}/TokenReader.swift",
        ".map(count: try termCount(of: try uint32(), each: 2))",
        ".map(count: try termCount(of: try uint32(), each: 1))",
    ),
    (
        "strings-empty",
        f"{TERM}/TokenReader.swift",
        "return count == 0 ? .nil : .string(try take(count))",
        "return .string(try take(count))",
    ),
    (
        "tuples-large",
        f"{TERM}/TokenReader.swift",
        "case Tag.largeTuple: return .tuple(count: try termCount(of: try uint32()))",
        "case Tag.largeTuple: return .tuple(count: try termCount(of: try uint32() & 0xFF))",
    ),
    ("integers-sign", f"{TERM}/TokenReader.swift", "let isNegative = try byte() != 0", "let isNegative = try byte() == 1"),
    (
        "integers-longest",
        f"{TERM}/TokenReader.swift",
        "guard byteCount <= BigInteger.longestMagnitude else {",
        "guard byteCount <= BigInteger.longestMagnitude + 1 else {",
    ),
    (
        "integers-zero-bytes",
        f"{TERM}/TokenReader.swift",
        "while let last = magnitude.last, bytes[last] == 0 { magnitude = magnitude.dropLast() }",
        "",
    ),
    ("bits-none", f"{TERM}/TokenReader.swift", "1...8 ~= bits", "0...8 ~= bits"),
    ("floats-infinite", f"{TERM}/TokenReader.swift", "guard value.isFinite else", "guard !value.isNaN else"),
    (
        "floats-without-end",
        f"{TERM}/TokenReader.swift",
        "guard text.count < range.count, let value",
        "guard text.count <= range.count, let value",
    ),
    ("atoms-bytes", f"{TERM}/TokenReader.swift", "(isUTF8 ? 4 : 1)", "(isUTF8 ? 3 : 1)"),
    (
        "atoms-characters",
        f"{TERM}/TokenReader.swift",
        "guard scalarCount <= Atom.longestName else",
        "guard scalarCount < Atom.longestName else",
    ),
    ("atoms-latin1", f"{TERM}/TokenReader.swift", "isLatin1: !isUTF8 && !isASCII", "isLatin1: false"),
    ("identifiers-integers", f"{TERM}/TokenReader.swift", "-(1 << 59)..<(1 << 59) ~= value", "-(1 << 60)..<(1 << 60) ~= value"),
    ("identifiers-arity", f"{TERM}/TokenReader.swift", "guard arity >= 0 else", "guard arity >= -1 else"),
    ("references-words", f"{TERM}/TokenReader.swift", "guard 1...5 ~= count else", "guard 1...3 ~= count else"),
    ("references-first-word", f"{TERM}/TokenReader.swift", "bytes[start + 1] <= 3", "bytes[start + 1] <= 7"),
    ("creations-old", f"{TERM}/TokenReader.swift", "guard creation <= 3 else", "guard creation <= 4 else"),
    ("functions-free-variables", f"{TERM}/TokenReader.swift", "freeVariableCount <= 255", "freeVariableCount <= 256"),
    (
        "functions-old-creator",
        f"{TERM}/TokenReader.swift",
        "creatorTag == Tag.newPid || creatorTag == Tag.pid",
        "creatorTag == Tag.newPid",
    ),
    # Terms: what holds them, their order and their canonical form
    (
        "compressed-shorter",
        f"{TERM}/TermEnvelope.swift",
        "guard content.count == declared else",
        "guard content.count <= declared else",
    ),
    ("depth-off-by-one", f"{TERM}/TermParser.swift", "guard depth < depthLimit else", "guard depth <= depthLimit else"),
    (
        "strings-longest",
        f"{TERM}/TermWriter.swift",
        "static let longestString = 65_535",
        "static let longestString = 65_534",
    ),
    (
        "ports-canonical",
        f"{TERM}/TermWriter.swift",
        "bytes.append(number != nil && port.number < 1 << 28 ?",
        "bytes.append(number != nil && port.number <= 1 << 28 ?",
    ),
    (
        "keys-twice",
        f"{TERM}/CanonicalTranscoder.swift",
        "guard order.count == keyStarts.count else",
        "guard order.count <= keyStarts.count else",
    ),
    # Members
    ("members-reserved-flags", f"{GZIP}/HeaderLayout.swift", "rawValue: 0b1110_0000", "rawValue: 0b1100_0000"),
    (
        "members-subfield-end",
        f"{GZIP}/ExtraField.swift",
        "guard bytes.count - start >= prefixByteCount else {\n                let rest = bytes.count - start\n",
        "guard bytes.count - start >= prefixByteCount else {\n                return fields\n                let rest = bytes.count - start\n",
    ),
    ("members-content-checksum", f"{GZIP}/MemberTrailer.swift", "guard checksum.value == self.checksum else", "guard checksum.value >= 0 else"),
    (
        "members-content-length",
        f"{GZIP}/MemberTrailer.swift",
        "guard UInt32(truncatingIfNeeded: byteCount) == contentLength else",
        "guard byteCount >= 0 else",
    ),
    ("members-header-checksum", f"{GZIP}/MemberHeader.swift", "guard declared == actual else", "guard declared >= 0 else"),
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
    # Frames and recordings
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
    ("declared-events", f"{REEL}/Reading/FrameOrder.swift", "guard declared == actual else", "guard declared.firstEvent >= 0 else"),
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
    # States
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
        "states-components-without-module",
        f"{REEL}/Replay/StateFold.swift",
        "return .tuple([try EncodedTerm.term(bytes, at: module), try EncodedTerm.term(bytes, at: id)])",
        "return .tuple([.nil, try EncodedTerm.term(bytes, at: id)])",
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
        "self.components[pair.key] = component",
        "self.components[pair.key] = [:]",
    ),
    (
        "states-keyframe-ignored",
        f"{REEL}/Reading/RecordingFile.swift",
        "fold = keyframe.state",
        "if keyframe.event == 0 { fold = keyframe.state }",
    ),
]


class BuildFailure(Exception):
    pass


class Copy:
    """A copy of the package, in which mistakes are made."""

    def __init__(self, folder):
        self.package = folder / "reel"
        self.scratch = folder / "build"
        self.package.mkdir(parents=True, exist_ok=True)
        for name in ("Sources", "Tests"):
            self.update(ROOT / name, self.package / name)
        manifest = self.package / "Package.swift"
        source = (ROOT / "Package.swift").read_text()
        if not manifest.exists() or manifest.read_text() != source:
            manifest.write_text(source)

    def update(self, source, target):
        """Makes a folder the same as another one, and touches nothing that is the same already."""
        names = {path.name for path in source.iterdir() if not path.name.startswith(".")}
        target.mkdir(exist_ok=True)
        for path in target.iterdir():
            if path.name not in names:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name in names:
            if (source / name).is_dir():
                self.update(source / name, target / name)
            elif not (target / name).exists() or (source / name).read_bytes() != (target / name).read_bytes():
                shutil.copy(source / name, target / name)

    def build(self):
        """Optimized file by file: the check is long, and what has not changed stays as it is."""
        command = ["swift", "build", "--package-path", self.package, "--scratch-path", self.scratch]
        command += ["--product", "reel", "-Xswiftc", "-O"]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode != 0:
            lines = [line for line in result.stdout.splitlines() if "error" in line]
            raise BuildFailure("\n".join(lines[:5]) or result.stdout[-2000:])

    def failures(self):
        """The vectors that the copy fails, or all of them when it crashes or hangs."""
        command = [self.scratch / "debug" / "reel", "vectors", "check", ROOT / "Vectors", "--json"]
        try:
            result = subprocess.run(command, capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return {"(it hangs)"}
        if result.returncode not in (0, 1) or not result.stdout:
            return {f"(it ends with status {result.returncode})"}
        return {failure["id"] for failure in json.loads(result.stdout)["failures"]}


def misplaced(mutations):
    """The mistakes that have no place any more, as texts."""
    for name, path, text, _ in mutations:
        source = ROOT / path
        count = source.read_text().count(text) if source.exists() else 0
        if count != 1:
            yield f"{name}: {path} has its text {count} times, not once"


def run(copy, mutations):
    """Tries the mistakes, and returns the names of those that no vector shows."""
    print("building without a mistake", flush=True)
    copy.build()
    known = copy.failures()
    if known:
        print(f"without a mistake {len(known)} vectors fail; they do not count")
    missed = []
    for name, path, text, mistake in mutations:
        file = copy.package / path
        source = file.read_text()
        start = time.monotonic()
        try:
            file.write_text(source.replace(text, mistake))
            copy.build()
            found = sorted(copy.failures() - known)
        finally:
            file.write_text(source)
        seconds = f"{time.monotonic() - start:.0f} s"
        if found:
            print(f"caught  {name}: {len(found)} vectors, {found[0]} first ({seconds})", flush=True)
        else:
            print(f"MISSED  {name} ({seconds})", flush=True)
            missed.append(name)
    return missed


def main():
    parser = argparse.ArgumentParser(description="Check that the vectors find mistakes in this reader.")
    parser.add_argument("names", nargs="*", default=["*"], help="the mistakes to make; * stands for any characters")
    parser.add_argument("--verify", action="store_true", help="only look whether each mistake has its place")
    parser.add_argument("--build", metavar="FOLDER", help="where to build; kept, unlike a temporary folder")
    arguments = parser.parse_args()
    mutations = [each for each in MUTATIONS if any(fnmatch.fnmatchcase(each[0], name) for name in arguments.names)]
    faults = list(misplaced(mutations))
    if faults or not mutations:
        sys.exit("\n".join(faults) or "no such mistake")
    if arguments.verify:
        print(f"{len(mutations)} mistakes have their places")
        return
    with tempfile.TemporaryDirectory() as temporary:
        try:
            missed = run(Copy(Path(arguments.build or temporary).resolve()), mutations)
        except BuildFailure as failure:
            sys.exit(f"it does not build:\n{failure}")
    print(f"{len(mutations) - len(missed)} of {len(mutations)} mistakes are caught by the vectors")
    if len(missed) > MAY_MISS:
        sys.exit(1)


if __name__ == "__main__":
    main()

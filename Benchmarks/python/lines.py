#!/usr/bin/env python3
"""What Python has from PyPI: terms with lengths of four bytes on standard input become lines of JSON, by erlpack, which is C++."""

import json
import sys

import erlpack


def value(term):
    """A term as json takes it: erlpack gives binaries as bytes, and atoms as texts of its own."""
    if isinstance(term, bytes):
        return term.decode()
    if isinstance(term, dict):
        return {value(key): value(each) for key, each in term.items()}
    if isinstance(term, list):
        return [value(each) for each in term]
    return term


def main():
    read, write = sys.stdin.buffer.read, sys.stdout.write
    while head := read(4):
        term = erlpack.unpack(read(int.from_bytes(head, "big")))
        write(json.dumps(value(term), ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

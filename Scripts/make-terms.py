#!/usr/bin/env python3
"""Writes terms of 100 bytes with their lengths in four bytes each, as `{packet, 4}` sends them: messages of a log.

    make-terms.py COUNT > FILE
"""

import struct
import sys

# Written at once.
PIECE = 10_000


def binary(text):
    return b"m" + struct.pack(">I", len(text)) + text.encode()


HEAD = b"\x83t" + struct.pack(">I", 5)
ID, USER, OK, PRICE, TEXT = (binary(name) for name in ("id", "user", "ok", "price", "text"))
TRUE, FALSE = b"w\x04true", b"w\x05false"


def term(number):
    # The keys of a map of up to 32 pairs are in order on the BEAM.
    start = HEAD + ID + b"b" + struct.pack(">i", number) + OK + (TRUE if number % 3 else FALSE)
    start += PRICE + b"F" + struct.pack(">d", number / 8) + TEXT
    end = USER + binary(f"user-{number * 7919 % 1000:03}")
    room = 100 - len(start + binary("") + end)
    return start + binary(f"order {number}".ljust(room, ".")[:room]) + end


def main():
    count = int(sys.argv[1])
    for start in range(0, count, PIECE):
        terms = [term(number) for number in range(start, min(start + PIECE, count))]
        sys.stdout.buffer.write(b"".join(struct.pack(">I", len(each)) + each for each in terms))


if __name__ == "__main__":
    main()

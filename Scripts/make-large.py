#!/usr/bin/env python3
"""Writes a recording as PhoenixReplay 0.1 does, as large as wanted: a long session in a chat.

    make-large.py [--bytes N] [--seed S] FILE.etf.gz

N counts the bytes of the term before compression. The same seed gives the same file. Memory stays at a few megabytes.
"""

import argparse
import random
import struct
import zlib
from collections import deque


def atom(name):
    return bytes([119, len(name)]) + name.encode()


def binary(text):
    return b"m" + struct.pack(">I", len(text)) + text.encode()


def integer(value):
    if value < 256:
        return bytes([97, value])
    if value < 1 << 31:
        return b"b" + struct.pack(">I", value)
    magnitude = value.to_bytes((value.bit_length() + 7) // 8, "little")
    return bytes([110, len(magnitude), 0]) + magnitude


def map_head(count):
    return b"t" + struct.pack(">I", count)


def list_head(count):
    return b"l" + struct.pack(">I", count)


NIL = b"j"
START = 1795395058121
WORDS = (
    "the order has been shipped and should arrive on monday if customs are quick thanks for asking let me know "
    "when it does not we will look into it again could you send a picture of the label please"
).split()


def events(seed):
    """Encoded events without end: what the user did, and the assigns that changed."""
    source = random.Random(seed)
    messages = deque(maxlen=36)
    at_from, text_key = map_head(3) + atom("at"), atom("text")
    event_head, assigns_head = atom("event"), atom("assigns")
    send = map_head(2) + atom("name") + binary("send") + atom("params") + map_head(1) + binary("text")
    draft = map_head(2) + atom("name") + binary("draft") + atom("params") + map_head(1) + binary("text")
    delta = map_head(1) + atom("delta")
    users = [atom("from") + binary("user%d" % number) for number in range(40)]

    def tuple_at(offset, kind, payload):
        return b"h\x03" + integer(offset) + kind + payload

    offset = 0
    yield tuple_at(0, atom("mount"), map_head(1) + atom("assigns") + map_head(1) + atom("live_action") + atom("nil"))
    yield tuple_at(
        1, atom("handle_params"), map_head(2) + atom("params") + map_head(0) + atom("url") + binary("http://example.com/chat")
    )
    while True:
        offset += 5 + int(source.random() * 400)
        text = " ".join(source.choices(WORDS, k=5 + int(source.random() * 6)))
        encoded = binary(text)
        if source.random() < 0.1:
            yield tuple_at(offset, event_head, draft + encoded)
            yield tuple_at(offset, assigns_head, delta + map_head(1) + atom("draft") + encoded)
            continue
        user = users[int(source.random() * len(users))]
        messages.appendleft(at_from + integer(START + offset) + user + text_key + encoded)
        yield tuple_at(offset, event_head, send + encoded)
        yield tuple_at(
            offset,
            assigns_head,
            delta + map_head(2) + atom("draft") + binary("") + atom("messages")
            + list_head(len(messages)) + b"".join(messages) + NIL,
        )


def main():
    parser = argparse.ArgumentParser(description="Writes a large recording as PhoenixReplay 0.1 does.")
    parser.add_argument("--bytes", type=int, default=1_000_000_000, help="how large the term is (default: 1 GB)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("file")
    options = parser.parse_args()

    head = b"\x83" + map_head(7) + atom("connected_at") + integer(START) + atom("events")
    tail = (
        NIL + atom("id") + binary("large-%d" % options.seed) + atom("params") + map_head(0) + atom("session")
        + map_head(0) + atom("url") + binary("http://example.com/chat") + atom("view") + atom("Elixir.Large.ChatLive")
    )
    # A list starts with its length, so the events are counted first.
    wanted = options.bytes - len(head) - len(tail) - 5
    count = size = 0
    for event in events(options.seed):
        if size + len(event) > wanted and count:
            break
        count += 1
        size += len(event)

    compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
    with open(options.file, "wb") as output:
        piece = bytearray(head + list_head(count))
        for _, event in zip(range(count), events(options.seed)):
            piece += event
            if len(piece) >= 1 << 20:
                output.write(compressor.compress(piece))
                piece.clear()
        piece += tail
        output.write(compressor.compress(piece))
        output.write(compressor.flush())
    print(f"{options.file}: {count:,} events, {len(head) + 5 + size + len(tail):,} bytes of terms")


if __name__ == "__main__":
    main()

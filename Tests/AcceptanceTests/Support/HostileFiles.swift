/// Files that ask for more than they should get.
enum HostileFiles {
    /// Writes them into a folder, each under a name that says what it is.
    static let script = #"""
        import os, struct, sys, zlib

        GB = 1 << 30


        def u32(n):
            return struct.pack(">I", n)


        def atom(text):
            return bytes([119, len(text)]) + text.encode()


        def binary(content):
            return b"m" + u32(len(content)) + content


        def integer(n):
            return bytes([97, n])


        def map_of(*pairs):
            return b"t" + u32(len(pairs)) + b"".join(atom(key) + value for key, value in pairs)


        # Frames.


        def frame(term):
            return u32(len(term) + 1) + b"\x83" + term


        FIELDS = map_of(("connected_at", integer(1)), ("id", binary(b"1")), ("url", binary(b"/")), ("view", atom("View")))


        def header(fields=FIELDS):
            return frame(b"h\x03" + atom("recording") + b"h\x02" + integer(1) + integer(0) + fields)


        def event(payload=map_of()):
            return b"h\x03" + integer(0) + atom("info") + payload


        def finish(events):
            kinds = map_of(("info", integer(events))) if events else map_of()
            return frame(b"h\x02" + atom("finish") + map_of(
                ("duration", integer(0)), ("events", integer(events)), ("kinds", kinds), ("reason", atom("closed"))))


        # Members.


        def varint(n):
            output = b""
            while n > 127:
                output += bytes([n & 127 | 128])
                n >>= 7
            return output + bytes([n])


        def gzip_header(subfields):
            head = b"\x1f\x8b\x08\x06\0\0\0\0\0\xff" + struct.pack("<H", len(subfields)) + subfields
            return head + struct.pack("<H", zlib.crc32(head) & 0xffff)


        def member(kind, flags, numbers, content, level=9, length=None, deflated=None):
            """A member that declares what it is told to."""
            if deflated is None:
                deflated = compressed(-15, [content], level) if content else b"\x03\0"
            whole = 12 + 4 + 8 + len(numbers) + 2 + len(deflated) + 8
            payload = bytes([1, 0, kind, flags]) + struct.pack("<I", whole if length is None else length) + numbers
            trailer = struct.pack("<II", zlib.crc32(content), len(content))
            return gzip_header(b"RL" + struct.pack("<H", len(payload)) + payload) + deflated + trailer


        def data(content, first, count, flags, declared=None, **more):
            numbers = [len(content) if declared is None else declared, first, count, 0, 0]
            return member(1, flags, b"".join(map(varint, numbers)), content, **more)


        def end(offset):
            return member(3, 0, struct.pack("<Q", offset), b"")


        def compressed(window, pieces, level=9):
            compressor = zlib.compressobj(level, zlib.DEFLATED, window)
            return b"".join([compressor.compress(piece) for piece in pieces] + [compressor.flush()])


        def zeros(start=b""):
            """Deflate data of 1 GB of zeros after `start`: one block of them, over and over."""
            compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
            head = compressor.compress(start) + compressor.flush(zlib.Z_FULL_FLUSH)
            block = compressor.compress(bytes(1 << 20)) + compressor.flush(zlib.Z_FULL_FLUSH)
            return head + block * 1024 + compressor.flush()


        def gzip(deflated):
            # The checksum is wrong; nobody should read that far.
            return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + deflated + bytes(8)


        compressed_term = b"P" + u32(GB + 5) + b"\x78\x9c" + zeros(b"m" + u32(GB)) + bytes(4)
        lists = (b"l" + u32(1)) * 1_000_000 + b"j" * 1_000_001
        overlong = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\xff\xff"
        part_payload = b"\x83" + compressed_term

        # A recording whose second event holds another recording, stored as it is, so that its members are found by whoever searches.
        inner = data(header() + frame(event()) + frame(event()) + finish(2), 0, 2, 6) + end(0)
        first = data(header() + frame(event(binary(inner))), 0, 1, 2, level=0)
        nested = bytearray(first + data(frame(event()) + finish(2), 1, 1, 4))
        nested[len(first) - 5] ^= 1

        files = {
            # 4 GB are declared, and 40 bytes are there.
            "frame of 4 GB": u32(0xffffffff) + b"\x83" + bytes(35),
            "binary of 4 GB": u32(36) + b"\x83m" + u32(0xffffffff) + bytes(30),
            "list of 4 billion": u32(36) + b"\x83l" + u32(0xffffffff) + bytes(30),
            "header of 4 billion fields": frame(b"h\x03" + atom("recording") + b"h\x02a\x01a\0t" + u32(0xffffffff) + bytes(10)),
            "compressed term of 4 GB": frame(b"P" + u32(0xffffffff) + compressed(15, [bytes(9)])),
            "member of 4 GB": member(1, 2, varint(4 * GB) + bytes(4), b"", length=0xffffffff),
            "content of 4 GB": data(header(), 0, 0, 2, declared=4 * GB),
            "index at the end of the world": data(header() + finish(0), 0, 0, 6) + end((1 << 63) - 1),
            "map of 4 billion": b"\x83t" + u32(0xffffffff) + bytes(34),
            "events, 4 billion": b"\x83t" + u32(1) + atom("events") + b"l" + u32(0xffffffff) + bytes(21),
            "recording of 4 GB": b"\x83P" + u32(0xffffffff) + compressed(15, [b"t" + u32(1)]),
            "part of 4 GB": b"PRF1" + u32(0xffffffff) + bytes(32),
            # 1 GB of zeros, compressed.
            "zeros in gzip": gzip(zeros()),
            "zeros in a frame": gzip(zeros(header() + u32(GB) + b"\x83m" + u32(GB - 6))),
            "zeros in a term": header() + frame(compressed_term),
            "zeros in a member": data(header(), 0, 0, 2, declared=1 << 20, deflated=zeros()),
            "zeros in a recording": b"\x83" + compressed_term,
            "zeros in a part": b"PRF1" + u32(len(part_payload)) + u32(zlib.crc32(part_payload)) + part_payload,
            "zeros in a field": gzip(zeros(b"\x83t" + u32(1) + atom("id") + b"m" + u32(GB))),
            # A million lists, each in the one before.
            "lists for a frame": header() + frame(lists),
            "lists for a header": header(map_of(("id", lists))),
            "lists in an event": compressed(31, [header(), frame(event(lists))]),
            "lists in a map": b"\x83" + map_of(("events", b"l" + u32(1) + event(lists) + b"j")),
            # 65,535 bytes of extra field.
            "extra field of zeros": overlong + bytes(65535) + b"\x03\0" + bytes(8),
            "extra field that overruns": overlong + b"RL\xff\xff" + bytes(65531) + b"\x03\0" + bytes(8),
            "extra field of 16,383 subfields": gzip_header(b"AA\0\0" * 16383) + b"\x03\0" + bytes(8),
            "member in a damaged member": bytes(nested),
        }
        for name, content in files.items():
            with open(os.path.join(sys.argv[1], name), "wb") as file:
                file.write(content)
        """#
}

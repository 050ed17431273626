"""Files that ask for much: each is small, and what it asks of its reader is not."""
import gzip
import struct
import zlib

MILLION = 1_000_000


def atom(name):
    data = name.encode()
    return b"w" + bytes([len(data)]) + data


def integer(value):
    if 0 <= value < 256:
        return b"a" + bytes([value])
    if -2**31 <= value < 2**31:
        return b"b" + struct.pack(">i", value)
    data = abs(value).to_bytes((abs(value).bit_length() + 7) // 8, "little")
    head = b"n" + bytes([len(data)]) if len(data) < 256 else b"o" + struct.pack(">I", len(data))
    return head + bytes([value < 0]) + data


def binary(data):
    data = data.encode() if isinstance(data, str) else data
    return b"m" + struct.pack(">I", len(data)) + data


def tuple_(*elements):
    return b"h" + bytes([len(elements)]) + b"".join(elements)


def list_(elements, count=None):
    """A list of encoded elements, or of `count` times the same one."""
    if count is None:
        return b"l" + struct.pack(">I", len(elements)) + b"".join(elements) + b"j"
    return b"l" + struct.pack(">I", count) + elements * count + b"j"


def map_(*pairs):
    return b"t" + struct.pack(">I", len(pairs)) + b"".join(key + value for key, value in pairs)


def frame(term, compressed=False):
    """A frame of a term, which may be compressed by itself."""
    if compressed:
        term = b"P" + struct.pack(">I", len(term)) + zlib.compress(term, 9)
    return struct.pack(">I", len(term) + 1) + b"\x83" + term


def header(**fields):
    pairs = {"id": binary("x"), "view": atom("Elixir.X"), "url": binary("/"), "connected_at": integer(1_700_000_000_000)}
    pairs.update(fields)
    return tuple_(atom("recording"), tuple_(integer(1), integer(0)), map_(*((atom(k), v) for k, v in pairs.items())))


def event(offset, kind, payload):
    return tuple_(integer(offset), atom(kind), payload)


def mount(assigns):
    return event(0, "mount", map_((atom("assigns"), assigns)))


def plain(*frames):
    """A recording that is packed by hand: a gzip member of frames."""
    return gzip.compress(b"".join(frames), 9, mtime=0)


def varint(number):
    data = b""
    while number > 127:
        data += bytes([number & 127 | 128])
        number >>= 7
    return data + bytes([number])


def member(content, kind, tail, flags=0):
    """A member with its RL field."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = deflater.compress(content) + deflater.flush()
    length = 12 + 4 + 8 + len(tail) + 2 + len(data) + 8
    payload = bytes([1, 0, kind, flags]) + struct.pack("<I", length) + tail
    head = b"\x1f\x8b\x08\x06\0\0\0\0\0\xff" + struct.pack("<H", len(payload) + 4) + b"RL" + struct.pack("<H", len(payload)) + payload
    head += struct.pack("<H", zlib.crc32(head) & 0xFFFF)
    return head + data + struct.pack("<II", zlib.crc32(content), len(content))


def finished(head, events, count):
    """A finished recording of one member."""
    kinds = map_((atom("mount"), integer(count)))
    finish = tuple_(atom("finish"), map_(
        (atom("events"), integer(count)), (atom("duration"), integer(0)), (atom("kinds"), kinds), (atom("reason"), atom("closed"))))
    content = head + b"".join(events) + frame(finish)
    tail = varint(len(content)) + varint(0) + varint(count) + varint(0) + varint(0)
    end = member(b"", 3, struct.pack("<Q", 0))
    return member(content, 1, tail, 6) + end


def assigns(value):
    return map_((atom("a"), value))


def files(short):
    """Names of files, and what makes each."""
    many = 60 * MILLION
    nils = list_(b"j", many)
    yield "header-of-nils.reel", lambda: finished(frame(header(session=nils), compressed=True), [frame(mount(map_()))], 1)
    yield "state-of-nils.reel", lambda: finished(frame(header()), [frame(mount(assigns(nils)), compressed=True)], 1)
    yield "plain-header-of-nils.reel", lambda: plain(frame(header(session=nils), compressed=True))
    yield "session.etf.gz", lambda: gzip.compress(b"\x83" + map_((atom("id"), binary("x")), (atom("session"), nils), (atom("events"), b"j")), 9, mtime=0)
    yield "numbers.reel", lambda: finished(
        frame(header()), [frame(mount(assigns(list_([integer(2**262_143 + 2**n) for n in range(100 if short else 1_900)]))))], 1)
    yield "text.reel", lambda: finished(frame(header()), [frame(mount(assigns(binary(b"x" * many))), compressed=True)], 1)
    yield "term-of-nils.etf", lambda: frame(nils, compressed=True)[4:]
    yield "term-of-nils.etf.gz", lambda: gzip.compress(b"\x83" + nils, 9, mtime=0)
    yield "plain-state-of-nils.reel", lambda: plain(frame(header()), frame(mount(assigns(nils))))
    if short:
        return
    yield "state-of-maps.reel", lambda: finished(
        frame(header()), [frame(mount(assigns(list_(map_((atom("a"), integer(1))), 5 * MILLION))), compressed=True)], 1)
    yield "state-of-texts.reel", lambda: finished(
        frame(header()), [frame(mount(assigns(list_(binary("ab"), 8 * MILLION))), compressed=True)], 1)
    yield "assigns.reel", lambda: finished(
        frame(header()), [frame(mount(map_(*((atom(f"a{n}"), b"j") for n in range(3 * MILLION)))), compressed=True)], 1)
    yield "thirty-assigns-of-nils.reel", lambda: finished(
        frame(header()), [frame(mount(map_(*((atom(f"a{n}"), list_(b"j", 2 * MILLION)) for n in range(30)))), compressed=True)], 1)
    yield "batch.reel", lambda: finished(
        frame(header()), [frame(list_(event(0, "a", b"j"), 5 * MILLION), compressed=True)], 5 * MILLION)
    yield "names.reel", lambda: plain(frame(header()), *(
        frame(event(n, "event", map_((atom("name"), binary(f"{n:x}"))))) for n in range(200_000)))
    yield "kinds.reel", lambda: plain(frame(header()), *(frame(event(n, f"k{n}", b"j")) for n in range(150_000)))
    yield "components.reel", lambda: plain(frame(header()), *(
        frame(event(n, "component", map_((atom("module"), atom("M")), (atom("id"), integer(n)), (atom("assigns"), map_()))))
        for n in range(150_000)))
    yield "deep.reel", lambda: plain(frame(header()), frame(mount(assigns((b"l\0\0\0\1" * 1_000) + b"j" + b"j" * 1_000))))
    yield "zeros.reel", lambda: gzip.compress(bytes(1 << 30), 9, mtime=0)[: 1 << 20]
    yield "members.reel", lambda: member(frame(header()), 1, varint(len(frame(header()))) + varint(0) * 4, 2) + member(
        frame(event(0, "a", b"j")), 1, varint(len(frame(event(0, "a", b"j")))) + varint(1) + varint(1) + varint(0) * 2) * 8_000
    yield "digits.json", lambda: b'{"id":"x","view":"V","events":[],"a":[' + b",".join([b"9" * 70_000] * 12) + b"]}"
    yield "digits.json.gz", lambda: gzip.compress(
        b'{"id":"x","view":"V","events":[],"a":[' + b",".join([b"9" * 200_000] * 60) + b"]}", 9, mtime=0)
    yield "gzip-in-gzip.reel.gz", lambda: gzip.compress(plain(frame(header()), frame(mount(map_()))), 9, mtime=0)
    yield "strings.reel", lambda: finished(
        frame(header()), [frame(mount(assigns(list_(b"k\xff\xff" + bytes(65_535), 900))), compressed=True)], 1)
    yield "map-of-nils-as-keys.reel", lambda: finished(
        frame(header()), [frame(mount(assigns(map_((list_(b"j", 30 * MILLION), b"j")))), compressed=True)], 1)


def port(kind):
    """What a port is sent: a start, and an event that asks for much."""
    nils = list_(b"j", 60 * MILLION)
    start = tuple_(atom("start"), binary("k"), map_((atom("view"), atom("V")), (atom("url"), binary("/")), (atom("assigns"), map_())))
    much = tuple_(atom("event"), binary("k"), atom("event"), map_((atom("params"), nils)))
    return frame(start) + frame(much, compressed=True) + frame(tuple_(atom("stop"), binary("k")))

"""Deflate streams (RFC 1951) and zlib streams (RFC 1950) made by hand, so that they are the same on every machine.

A block is a list of tokens: a byte as int, or `(length, distance)` for bytes that were there before.
"""

import struct
import zlib

# The length codes 257 to 285 and the distance codes: the first value and the number of bits that follow.
_LENGTHS = [(3 + index, 0) for index in range(8)]
_LENGTHS += [(((4 + index % 4) << index // 4 - 1) + 3, index // 4 - 1) for index in range(8, 28)] + [(258, 0)]
_DISTANCES = [(1, 0), (2, 0), (3, 0), (4, 0)]
_DISTANCES += [(((2 + index % 2) << index // 2 - 1) + 1, index // 2 - 1) for index in range(4, 30)]
_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]


class BitWriter:
    """Bits, the lowest of each byte first."""

    def __init__(self):
        self.data = bytearray()
        self.pending = 0
        self.count = 0

    def bits(self, value, count):
        self.pending |= value << self.count
        self.count += count
        while self.count >= 8:
            self.data.append(self.pending & 0xFF)
            self.pending >>= 8
            self.count -= 8
        return self

    def code(self, code):
        """A Huffman code `(value, length)`, its highest bit first."""
        value, length = code
        return self.bits(int(f"{value:0{length}b}"[::-1], 2), length)

    def align(self):
        return self.bits(0, -self.count % 8)

    def raw(self, data):
        self.align().data.extend(data)
        return self

    def done(self):
        return bytes(self.align().data)


def huffman(lengths):
    """The codes of a Huffman code that is given by its lengths, as `{symbol: (value, length)}`."""
    codes, value, last = {}, 0, 0
    for length, symbol in sorted((length, symbol) for symbol, length in lengths.items() if length):
        value <<= length - last
        codes[symbol] = (value, length)
        value, last = value + 1, length
    return codes


def even(symbols):
    """Lengths of a complete code of which no two differ by more than one."""
    symbols = sorted(symbols)
    if len(symbols) == 1:
        return {symbols[0]: 1}
    longest = (len(symbols) - 1).bit_length()
    short = (1 << longest) - len(symbols)
    return {symbol: longest - 1 if index < short else longest for index, symbol in enumerate(symbols)}


_FIXED_LITERALS = huffman({symbol: 8 if symbol < 144 else 9 if symbol < 256 else 7 if symbol < 280 else 8 for symbol in range(288)})
_FIXED_DISTANCES = huffman({symbol: 5 for symbol in range(30 + 2)})


def _length(length):
    for index in reversed(range(29)):
        base, extra = _LENGTHS[index]
        if length >= base:
            return 257 + index, length - base, extra
    raise ValueError(length)


def _distance(distance):
    for index in reversed(range(30)):
        base, extra = _DISTANCES[index]
        if distance >= base:
            return index, distance - base, extra
    raise ValueError(distance)


def _tokens(writer, tokens, literals, distances):
    for token in tokens:
        if isinstance(token, int):
            writer.code(literals[token])
        else:
            symbol, rest, extra = _length(token[0])
            writer.code(literals[symbol]).bits(rest, extra)
            symbol, rest, extra = _distance(token[1])
            writer.code(distances[symbol]).bits(rest, extra)
    writer.code(literals[256])


def stored(writer, data, last=True, complement=None):
    """A stored block."""
    complement = 0xFFFF - len(data) if complement is None else complement
    return writer.bits(last, 1).bits(0, 2).raw(struct.pack("<HH", len(data), complement) + data)


def fixed(writer, tokens, last=True):
    """A block with the codes of RFC 1951 §3.2.6."""
    writer.bits(last, 1).bits(1, 2)
    _tokens(writer, tokens, _FIXED_LITERALS, _FIXED_DISTANCES)
    return writer


def dynamic(writer, tokens, last=True, literals=None, distances=None):
    """A block with codes of its own: even ones, unless lengths are given."""
    used = {token if isinstance(token, int) else _length(token[0])[0] for token in tokens} | {256}
    away = {_distance(token[1])[0] for token in tokens if not isinstance(token, int)}
    literals = even(used) if literals is None else literals
    distances = (even(away) if away else {0: 0}) if distances is None else distances
    header(writer, literals, distances, last)
    _tokens(writer, tokens, huffman(literals), huffman(distances))
    return writer


def header(writer, literals, distances, last=True):
    """The header of a dynamic block."""
    literal_count = max(257, max(literals) + 1)
    distance_count = max(distances) + 1
    lengths = [literals.get(symbol, 0) for symbol in range(literal_count)]
    lengths += [distances.get(symbol, 0) for symbol in range(distance_count)]
    code_lengths = even(set(lengths)) if len(set(lengths)) > 1 else {lengths[0]: 1, (lengths[0] + 1) % 16: 1}
    codes = huffman(code_lengths)
    writer.bits(last, 1).bits(2, 2)
    writer.bits(literal_count - 257, 5).bits(distance_count - 1, 5).bits(19 - 4, 4)
    for symbol in _ORDER:
        writer.bits(code_lengths.get(symbol, 0), 3)
    for length in lengths:
        writer.code(codes[length])
    return writer


def run(byte, count):
    """Tokens for a byte that is there `count` times."""
    whole, rest = divmod(count - 1, 258)
    tokens = [byte] + [(258, 1)] * whole
    return tokens + ([(rest, 1)] if rest >= 3 else [byte] * rest)


def wrap(deflated, data, head=b"\x78\x9c", checksum=None):
    """A zlib stream around a deflate stream that inflates to `data`."""
    return head + deflated + struct.pack(">I", zlib.adler32(data) if checksum is None else checksum)

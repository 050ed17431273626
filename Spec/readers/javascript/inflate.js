/**
 * Deflate (RFC 1951) and the two checksums around it. `DecompressionStream` is faster, and reel.js uses it where it
 * can, but it does not say where a stream ends, keeps nothing of one that is cut, and is not there for a term.
 */

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
  13];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const WINDOW = 32768;
const LONGEST = 258;
const CHUNK = 1 << 18;

/** Why a stream does not inflate: `"truncated"` when its bytes end too early, `"malformed"` otherwise. */
export class InflateError extends Error {
  constructor(kind) {
    super(`deflate data is ${kind}`);
    this.kind = kind;
  }
}

/** Inflates the deflate data that starts at `position` of `bytes`, a chunk at a time. */
export class Inflater {
  #bytes; #end; #output; #length = 0; #given = 0; #hold = 0; #bits = 0; #last = false; #stored = -1; #codes = null;
  #error = null;

  /** `expected` is how long the content is thought to be: it sizes the chunks, and nothing else. */
  constructor(bytes, position = 0, end = bytes.length, expected = 4096) {
    this.#bytes = bytes;
    this.#end = end;
    this.#output = new Uint8Array(Math.min(expected + 1, CHUNK) + LONGEST);
    /** Where the next byte is read; after the last chunk, where the deflate data ended. */
    this.position = position;
  }

  /** The next chunk, or `null` at the end. What was inflated before an error comes before the error. */
  read() {
    if (this.#length > 0 && this.#error === null) this.#slide();
    const output = this.#output;
    try {
      if (this.#error !== null) throw this.#error;
      while (this.#length < output.length - LONGEST && this.#block());
    } catch (error) {
      if (this.#given === this.#length) throw error;
      this.#error = error;
    }
    if (this.#given === this.#length) return null;
    const chunk = output.slice(this.#given, this.#length);
    this.#given = this.#length;
    return chunk;
  }

  /** Makes room for the next chunk, a larger one than before, after what matches may go back to. */
  #slide() {
    const kept = this.#output.subarray(Math.max(0, this.#length - WINDOW), this.#length);
    const room = Math.min(4 * this.#output.length, CHUNK + WINDOW + LONGEST);
    if (room > this.#output.length) this.#output = new Uint8Array(room);
    this.#output.set(kept);
    this.#length = this.#given = kept.length;
  }

  /** Goes on with the block, or begins the next one; `false` at the end of the stream. */
  #block() {
    if (this.#stored < 0 && this.#codes === null) {
      if (this.#last) {
        this.position -= this.#bits >> 3;
        this.#hold = this.#bits = 0;
        return false;
      }
      this.#last = this.#take(1) === 1;
      const type = this.#take(2);
      if (type === 3) throw new InflateError("malformed");
      if (type === 0) {
        this.#take(this.#bits & 7);
        const length = this.#take(16);
        if ((length ^ this.#take(16)) !== 0xffff) throw new InflateError("malformed");
        this.#stored = length;
      } else {
        this.#codes = type === 1 ? FIXED : this.#dynamic();
      }
    }
    if (this.#codes !== null) this.#compressed();
    else this.#copy();
    return true;
  }

  #copy() {
    while (this.#bits > 0 && this.#stored > 0) {
      this.#output[this.#length++] = this.#take(8);
      this.#stored -= 1;
    }
    const count = Math.max(0, Math.min(this.#stored, this.#output.length - LONGEST - this.#length));
    const there = Math.min(count, this.#end - this.position);
    this.#output.set(this.#bytes.subarray(this.position, this.position + there), this.#length);
    this.position += there;
    this.#length += there;
    this.#stored -= there;
    if (there < count) throw new InflateError("truncated");
    if (this.#stored <= 0) this.#stored = -1;
  }

  #compressed() {
    const output = this.#output;
    const [literals, distances] = this.#codes;
    const full = output.length - LONGEST;
    let length = this.#length;
    try {
      while (length < full) {
        const symbol = this.#symbol(literals);
        if (symbol < 256) {
          output[length++] = symbol;
          continue;
        }
        if (symbol === 256) {
          this.#codes = null;
          return;
        }
        if (symbol > 285) throw new InflateError("malformed");
        const count = LENGTH_BASE[symbol - 257] + this.#take(LENGTH_EXTRA[symbol - 257]);
        const code = this.#symbol(distances);
        if (code > 29) throw new InflateError("malformed");
        const distance = DISTANCE_BASE[code] + this.#take(DISTANCE_EXTRA[code]);
        if (distance > length) throw new InflateError("malformed");
        for (const end = length + count; length < end; length++) output[length] = output[length - distance];
      }
    } finally {
      this.#length = length;
    }
  }

  #dynamic() {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const codes = this.#take(4) + 4;
    if (literals > 286 || distances > 30) throw new InflateError("malformed");
    const lengths = new Uint8Array(literals + distances);
    for (let index = 0; index < codes; index++) lengths[CODE_ORDER[index]] = this.#take(3);
    const table = code(lengths.slice(0, 19), false);
    lengths.fill(0);
    for (let index = 0; index < lengths.length;) {
      const symbol = this.#symbol(table);
      if (symbol < 16) {
        lengths[index++] = symbol;
        continue;
      }
      if (symbol === 16 && index === 0) throw new InflateError("malformed");
      const value = symbol === 16 ? lengths[index - 1] : 0;
      const count = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (index + count > lengths.length) throw new InflateError("malformed");
      lengths.fill(value, index, index + count);
      index += count;
    }
    if (lengths[256] === 0) throw new InflateError("malformed");
    return [code(lengths.subarray(0, literals), true), code(lengths.subarray(literals), true)];
  }

  #fill(count) {
    while (this.#bits < count && this.position < this.#end) {
      this.#hold |= this.#bytes[this.position++] << this.#bits;
      this.#bits += 8;
    }
  }

  #take(count) {
    this.#fill(count);
    if (this.#bits < count) throw new InflateError("truncated");
    const value = this.#hold & ((1 << count) - 1);
    this.#hold >>>= count;
    this.#bits -= count;
    return value;
  }

  #symbol({ table, width }) {
    this.#fill(width);
    const entry = table[this.#hold & ((1 << width) - 1)];
    const length = entry & 15;
    if (length > this.#bits || (length === 0 && this.#bits < width)) throw new InflateError("truncated");
    if (length === 0) throw new InflateError("malformed");
    this.#hold >>>= length;
    this.#bits -= length;
    return entry >> 4;
  }
}

/** The Huffman code of `lengths`: for each value of `width` bits, its symbol times 16 and its length. */
function code(lengths, mayLack) {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  let width = 15;
  while (width > 1 && counts[width] === 0) width -= 1;
  const next = new Uint16Array(17);
  let left = 1;
  for (let length = 1; length < 16; length++) {
    left = left * 2 - counts[length];
    if (left < 0) throw new InflateError("malformed");
    next[length + 1] = (next[length] + counts[length]) << 1;
  }
  const none = lengths.every((length) => length === 0);
  if (left > 0 && !none && !(mayLack && width === 1)) throw new InflateError("malformed");
  const table = new Uint16Array(1 << width);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    let reversed = 0;
    const value = next[length]++;
    for (let bit = 0; bit < length; bit++) reversed |= ((value >> bit) & 1) << (length - 1 - bit);
    for (; reversed < table.length; reversed += 1 << length) table[reversed] = (symbol << 4) | length;
  });
  return { table, width };
}

const FIXED = [
  code(new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280), false),
  code(new Uint8Array(32).fill(5), false),
];

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

/** The CRC-32 of `bytes`, going on from that of the bytes before. */
export function crc32(bytes, before = 0) {
  let value = ~before;
  for (let index = 0; index < bytes.length; index++) value = CRC[(value ^ bytes[index]) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

/** The Adler-32 of `bytes`, going on from that of the bytes before. */
export function adler32(bytes, before = 1) {
  let low = before & 0xffff;
  let high = before >>> 16;
  for (let index = 0; index < bytes.length;) {
    for (const end = Math.min(index + 3800, bytes.length); index < end; index++) {
      low += bytes[index];
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return ((high << 16) | low) >>> 0;
}

/** One array of all `chunks`. */
export function concatenate(chunks) {
  if (chunks.length === 1) return chunks[0];
  const all = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let position = 0;
  for (const chunk of chunks) {
    all.set(chunk, position);
    position += chunk.length;
  }
  return all;
}

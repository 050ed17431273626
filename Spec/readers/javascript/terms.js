/**
 * Terms of Erlang's External Term Format (terms.md) as JavaScript values, nothing lost:
 *
 * | term | value |
 * | --- | --- |
 * | integer | a number when it is a safe integer, a bigint otherwise |
 * | float | `Float` |
 * | `true`, `false`, `nil` | `true`, `false`, `null` |
 * | any other atom | `Atom` |
 * | binary | a string when it is UTF-8, a `Uint8Array` otherwise |
 * | bitstring | `Bits` |
 * | list, improper list | an array, `ImproperList` |
 * | tuple, map | `Tuple`, `TermMap` |
 * | native record | `NativeRecord` |
 * | pid, port, reference, functions, LOCAL_EXT | `Pid`, `Port`, `Reference`, `External`, `Closure`, `Local` |
 */
import { Inflater, adler32, concatenate } from "./inflate.js";

/** What is wrong with the input: `kind` and `offset` are those of recording.md §10, or of terms.md §8 for a term. */
export class ReelError extends Error {
  constructor(kind, offset, what) {
    super(`${what} (${kind}${offset === undefined ? "" : ` at ${offset}`})`);
    this.name = "ReelError";
    this.kind = kind;
    this.offset = offset;
  }
}

export class Float {
  constructor(value) { this.value = value; }
  valueOf() { return this.value; }
}

export class Atom {
  constructor(name) { this.name = name; }
}

/** `size` bits, from the highest of the first byte on; those that do not count are zero. */
export class Bits {
  constructor(bytes, size) { this.bytes = bytes; this.size = size; }
}

export class Tuple {
  constructor(elements) { this.elements = elements; }
}

export class ImproperList {
  constructor(elements, tail) { this.elements = elements; this.tail = tail; }
}

export class Pid {
  constructor(node, number, serial, creation) { Object.assign(this, { node, number, serial, creation }); }
}

export class Port {
  constructor(node, number, creation) { Object.assign(this, { node, number, creation }); }
}

/** `words` has the least significant one first. */
export class Reference {
  constructor(node, creation, words) { Object.assign(this, { node, creation, words }); }
}

/** An external function, `fun module:function/arity`. */
export class External {
  constructor(module, name, arity) { Object.assign(this, { module, name, arity }); }
}

/** A local function, `free` being what it closed over. */
export class Closure {
  constructor(fields) { Object.assign(this, fields); }
}

/** A native record; `fields` are pairs of a name, an atom, and the value, in their order. */
export class NativeRecord {
  constructor(module, name, isExported, fields) { Object.assign(this, { module, name, isExported, fields }); }

  /** The fields in the order of their names. */
  sorted() { return [...this.fields].sort((a, b) => compare(a[0], b[0])); }
}

/** LOCAL_EXT: what stands after the tag. */
export class Local {
  constructor(bytes) { this.bytes = bytes; }
}

/** A map: pairs in the order in which they stand, found by keys that are the same by terms.md §5. */
export class TermMap {
  #pairs = new Map();
  #compound = new SortedKeys();
  #sorted = null;

  constructor(pairs = []) {
    for (const [key, value] of pairs) this.set(key, value);
  }

  /** A map of `pairs`, or `null` when two of their keys are the same. */
  static unique(pairs) {
    const map = new TermMap();
    const compound = [];
    for (const pair of pairs) {
      const simple = simpleKey(pair[0]);
      if (simple === undefined) compound.push(pair[0]);
      map.#pairs.set(simple === undefined ? pair[0] : simple, pair);
    }
    compound.sort(compare);
    for (let index = 1; index < compound.length; index++) {
      if (compare(compound[index - 1], compound[index]) === 0) return null;
    }
    map.#compound = new SortedKeys(compound);
    return map.size === pairs.length ? map : null;
  }

  get size() { return this.#pairs.size; }

  [Symbol.iterator]() { return this.#pairs.values(); }

  get(key) { return this.#pairs.get(this.#find(key))?.[1]; }

  has(key) { return this.#pairs.has(this.#find(key)); }

  set(key, value) {
    let found = this.#find(key);
    if (found === undefined) this.#compound.add(found = key);
    this.#pairs.set(found, [this.#pairs.get(found)?.[0] ?? key, value]);
    this.#sorted = null;
  }

  delete(key) {
    const found = this.#find(key);
    if (this.#pairs.delete(found) && simpleKey(key) === undefined) this.#compound.remove(key);
    this.#sorted = null;
  }

  /** What stands for `key` among the pairs, `undefined` for a compound one that is not there. */
  #find(key) {
    const simple = simpleKey(key);
    return simple === undefined ? this.#compound.find(key) : simple;
  }

  /** The pairs in the order of their keys. */
  sorted() {
    this.#sorted ??= [...this].sort((a, b) => compare(a[0], b[0]));
    return this.#sorted;
  }
}

/** Keys in their order, in pieces that are short, so that adding one moves few others. */
class SortedKeys {
  #pieces = [];

  constructor(sorted = []) {
    for (let start = 0; start < sorted.length; start += 512) this.#pieces.push(sorted.slice(start, start + 512));
  }

  find(key) {
    const [piece, index] = this.#place(key);
    const there = this.#pieces[piece]?.[index];
    return there !== undefined && compare(there, key) === 0 ? there : undefined;
  }

  add(key) {
    const [piece, index] = this.#place(key);
    const keys = this.#pieces[piece] ?? (this.#pieces[piece] = []);
    keys.splice(index, 0, key);
    if (keys.length > 1024) this.#pieces.splice(piece, 1, keys.slice(0, 512), keys.slice(512));
  }

  /** Takes a key out that is there. */
  remove(key) {
    const [piece, index] = this.#place(key);
    this.#pieces[piece].splice(index, 1);
    if (this.#pieces[piece].length === 0) this.#pieces.splice(piece, 1);
  }

  /** The piece that has the last key that is not above `key`, or the first one; and how many in it come before. */
  #place(key) {
    const piece = Math.max(0, partition(this.#pieces, ([first]) => compare(first, key) <= 0) - 1);
    return [piece, partition(this.#pieces[piece] ?? [], (other) => compare(other, key) < 0)];
  }
}

/** How many of `elements`, in their order, are `before`. */
function partition(elements, before) {
  let [low, high] = [0, elements.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(elements[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What stands for a key in a `Map`; `undefined` for keys of which only `compare` says whether they are the same. */
function simpleKey(term) {
  if (typeof term === "string") return `"${term}`;
  if (term instanceof Atom) return `:${term.name}`;
  return typeof term === "object" && term !== null ? undefined : term;
}

/** The name of an atom, `undefined` for any other term. */
export function atomName(term) {
  if (term instanceof Atom) return term.name;
  return term === null ? "nil" : typeof term === "boolean" ? String(term) : undefined;
}

export const isInteger = (term) => typeof term === "number" || typeof term === "bigint";

/** A bigint as the integer that stands for it. */
export const integer = (value) => (value >= -MAXIMUM && value <= MAXIMUM ? Number(value) : value);

const MAXIMUM = BigInt(Number.MAX_SAFE_INTEGER);

// The order of terms

const RANKS = new Map([[Float, 1], [Atom, 2], [Reference, 3], [Closure, 4], [External, 5], [Port, 6], [Pid, 7],
  [Tuple, 8], [NativeRecord, 9], [TermMap, 10], [ImproperList, 12], [Uint8Array, 13], [Bits, 13], [Local, 14]]);

function rank(term) {
  if (typeof term === "string") return 13;
  if (isInteger(term)) return 0;
  if (term === null || typeof term === "boolean") return 2;
  if (Array.isArray(term)) return term.length === 0 ? 11 : 12;
  return RANKS.get(term.constructor);
}

/** Less than, equal to or above 0, as `a` comes before `b`, is the same key, or comes after it (terms.md §5). */
export function compare(a, b) {
  const kind = rank(a);
  const byKind = kind - rank(b);
  if (byKind !== 0) return byKind;
  switch (kind) {
    case 0: return order(a, b);
    case 1: return order(a.value, b.value);
    case 2: return compareText(atomName(a), atomName(b));
    case 3: return first(compare(a.node, b.node), a.creation - b.creation, () => compareWords(a.words, b.words));
    case 4: return first(compare(a.module, b.module), a.index - b.index, a.oldUniq - b.oldUniq,
      a.free.length - b.free.length, () => compareAll(a.free, b.free));
    case 5: return first(compare(a.module, b.module), compare(a.name, b.name), a.arity - b.arity);
    case 6: return first(compare(a.node, b.node), a.creation - b.creation, order(a.number, b.number));
    case 7: return first(a.serial - b.serial, a.number - b.number, compare(a.node, b.node), a.creation - b.creation);
    case 8: return first(a.elements.length - b.elements.length, () => compareAll(a.elements, b.elements));
    case 9: return first(compare(a.module, b.module), compare(a.name, b.name), a.isExported - b.isExported,
      a.fields.length - b.fields.length, () => compareAll(a.sorted().map(key), b.sorted().map(key)),
      () => compareAll(a.sorted().map(value), b.sorted().map(value)));
    case 10: return first(a.size - b.size, () => compareAll(a.sorted().map(key), b.sorted().map(key)),
      () => compareAll(a.sorted().map(value), b.sorted().map(value)));
    case 11: return 0;
    case 12: return compareLists(a, b);
    default: return compareBits(a, b);
  }
}

const key = (pair) => pair[0];
const value = (pair) => pair[1];
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function first(...steps) {
  for (const step of steps) {
    const result = typeof step === "function" ? step() : step;
    if (result !== 0) return result;
  }
  return 0;
}

function compareAll(a, b, count = a.length) {
  for (let index = 0; index < count; index++) {
    const result = compare(a[index], b[index]);
    if (result !== 0) return result;
  }
  return 0;
}

function compareWords(a, b) {
  for (let index = 4; index >= 0; index--) {
    const result = (a[index] ?? 0) - (b[index] ?? 0);
    if (result !== 0) return result;
  }
  return 0;
}

function compareLists(a, b) {
  const [left, right] = [a.elements ?? a, b.elements ?? b];
  const count = Math.min(left.length, right.length);
  const result = compareAll(left, right, count);
  if (result !== 0) return result;
  const rest = (list, elements) => (elements.length > count ? [0] : list instanceof ImproperList ? list.tail : []);
  const [leftRest, rightRest] = [rest(a, left), rest(b, right)];
  return left.length === right.length ? compare(leftRest, rightRest) : rank(leftRest) - rank(rightRest);
}

/** Compares by scalar values, where JavaScript compares halves of surrogate pairs. */
function compareText(a, b) {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left === right) continue;
    const [isLeft, isRight] = [left, right].map((unit) => unit >= 0xd800 && unit < 0xe000);
    return isLeft !== isRight && left >= 0xd800 && right >= 0xd800 ? (isLeft ? 1 : -1) : left - right;
  }
  return a.length - b.length;
}

function compareBits(a, b) {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  // A text that is longer than the other by more than a character need not be looked at to its end.
  const limit = 8 + Math.min(...[a, b].map((bits) => (typeof bits === "string" ? bits.length * 3 : length(bits))));
  const [left, right] = [a, b].map((bits) => (typeof bits === "string" ? prefix(bits, limit) : bits.bytes ?? bits));
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    if (left[index] !== right[index]) {
      const shared = 8 * index + Math.clz32(left[index] ^ right[index]) - 24;
      const [isOver, isRightOver] = [shared >= size(a, left), shared >= size(b, right)];
      return isOver || isRightOver ? size(a, left) - size(b, right) : left[index] - right[index];
    }
  }
  return size(a, left) - size(b, right);
}

const length = (bits) => (bits.bytes ?? bits).length;
const size = (bits, bytes) => bits.size ?? bytes.length * 8;

function prefix(text, limit) {
  const buffer = new Uint8Array(Math.min(limit, text.length * 3));
  return buffer.subarray(0, encoder.encodeInto(text, buffer).written);
}

// Reading

const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What `bytes` say in UTF-8, `undefined` when they are none. */
export function text(bytes) {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The limits of recording.md §9, in bytes but for `entries` and `depth`. */
export const LIMITS = Object.freeze({
  frame: 64 * 2 ** 20, member: 128 * 2 ** 20, recording: 2 ** 40, entries: 4_000_000, compressed: 64 * 2 ** 20,
  depth: 1024,
});

const MAXIMUM_INTEGER = 4_194_296;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The term that all of `bytes` are; throws a `ReelError` of terms.md §8. */
export function decode(bytes, limits = LIMITS) {
  const { term, used } = decodePrefix(bytes, limits);
  if (used < bytes.length) throw new ReelError("trailingBytes", used, "there are bytes after the term");
  return term;
}

/**
 * The term that `bytes` start with, how many bytes it takes, and how many bytes of its compressed stream come after it.
 */
export function decodePrefix(input, limits = LIMITS) {
  const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (bytes.length > 0 && bytes[0] !== 131) throw new ReelError("notExternalTerm", 0, "a term starts with 131");
  if (bytes.length < 2) throw new ReelError("truncated", bytes.length, "the bytes end before the term");
  if (bytes[1] === 121) return { term: new Local(bytes.slice(2)), used: bytes.length, unread: 0 };
  if (bytes[1] !== 80) {
    const decoder = new Decoder(bytes, 1, limits);
    return { term: decoder.term(), used: decoder.position, unread: 0 };
  }
  const { content, end, error } = decompress(bytes, limits.compressed);
  if (error) throw error;
  try {
    const decoder = new Decoder(content, 0, limits);
    return { term: decoder.term(), used: end, unread: content.length - decoder.position };
  } catch (error) {
    if (error instanceof ReelError) error.offset = 1;
    throw error;
  }
}

/**
 * What a compressed term inflates to, up to the error when there is one, and where its stream ends. When it is lenient, the
 * length that the term declares counts for nothing.
 */
export function decompress(bytes, limit, isLenient = false) {
  const fail = (kind, offset, what) => ({ content: concatenate(chunks), error: new ReelError(kind, offset, what) });
  const chunks = [];
  if (bytes.length < 6) return fail("truncated", 2, "the length of a compressed term is cut");
  const declared = view(bytes).getUint32(2);
  if (declared > limit && !isLenient) return fail("limitExceeded", 2, `a compressed term of ${declared} bytes`);
  if (bytes.length < 8) return fail("truncated", bytes.length, "a compressed term is cut");
  if ((bytes[6] & 15) !== 8 || bytes[6] >> 4 > 7 || bytes[7] & 32 || ((bytes[6] << 8) | bytes[7]) % 31 !== 0) {
    return fail("malformedCompression", 6, "no zlib stream");
  }
  const inflater = new Inflater(bytes, 8, bytes.length, isLenient ? undefined : declared);
  let [length, sum] = [0, 1];
  try {
    for (let chunk; (chunk = inflater.read()) !== null;) {
      length += chunk.length;
      sum = adler32(chunk, sum);
      if (isLenient && length > limit) return fail("limitExceeded", 2, "a compressed term inflates to too much");
      if (!isLenient && length > declared) {
        return fail("malformedCompression", 2, "a compressed term is longer than it declares");
      }
      chunks.push(chunk);
    }
  } catch (error) {
    return error.kind === "truncated" ? fail("truncated", bytes.length, "a compressed term is cut")
      : fail("malformedCompression", 6, "a compressed term does not inflate");
  }
  const end = inflater.position + 4;
  if (bytes.length < end) return fail("truncated", bytes.length, "a compressed term is cut");
  if (view(bytes).getUint32(end - 4) !== sum) return fail("malformedCompression", 6, "a wrong checksum");
  if (length < declared && !isLenient) return fail("malformedCompression", 2, "a compressed term is shorter than it declares");
  return { content: concatenate(chunks), end };
}

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Reads terms without their 131, one after the other. */
export class Decoder {
  #bytes; #view; #limits; #isSorting; #atoms = new Map();

  /** `isSorting` says whether the pairs of maps come in the order of their keys. */
  constructor(bytes, position = 0, limits = LIMITS, isSorting = false) {
    this.#isSorting = isSorting;
    this.#bytes = bytes;
    this.#view = view(bytes);
    this.#limits = limits;
    this.position = position;
  }

  /** The next term, which `depth` terms enclose. */
  term(depth = 0) {
    const at = this.position;
    const tag = this.#u8();
    if (depth > this.#limits.depth) this.#fail("limitExceeded", at, `terms nest deeper than ${this.#limits.depth}`);
    switch (tag) {
      case 67: return this.#record(at, depth);
      case 70: return this.#float(this.#view.getFloat64(this.#skip(8)), at);
      case 77: return this.#bits(at);
      case 97: return this.#u8();
      case 98: return this.#view.getInt32(this.#skip(4));
      case 99: return this.#floatText(at);
      case 100: case 115: case 118: case 119: return this.#atom(tag, at);
      case 104: return new Tuple(this.#terms(this.#count(this.#u8()), depth));
      case 105: return new Tuple(this.#terms(this.#count(this.#u32()), depth));
      case 106: return [];
      case 107: case 108: return this.#list(tag, depth);
      case 109: {
        const bytes = this.#take(this.#u32());
        return text(bytes) ?? bytes.slice();
      }
      case 110: return this.#integer(this.#u8());
      case 111: return this.#integer(this.#u32(), at);
      case 116: return this.#map(at, depth);
      case 88: case 103: return this.#pid(tag);
      case 89: case 102: case 120: return this.#port(tag);
      case 90: case 101: case 114: return this.#reference(tag, at);
      case 112: return this.#closure(depth);
      case 113: return new External(this.#identifierAtom(), this.#identifierAtom(), this.#identifierInteger(true));
      case 68: case 69: case 82: return this.#fail("distributionTag", at, `tag ${tag} means nothing in a file`);
      default: return this.#fail("unknownTag", at, `tag ${tag} is none of a term`);
    }
  }

  #fail(kind, offset, what) {
    throw new ReelError(kind, offset, what);
  }

  /** Goes past a field of `count` bytes, and returns where it starts. */
  #skip(count) {
    const start = this.position;
    if (count > this.#bytes.length - start) this.#fail("truncated", start, "the bytes end inside the term");
    this.position += count;
    return start;
  }

  #u8() { return this.#bytes[this.#skip(1)]; }
  #u16() { return this.#view.getUint16(this.#skip(2)); }
  #u32() { return this.#view.getUint32(this.#skip(4)); }

  #take(count) {
    const start = this.#skip(count);
    return this.#bytes.subarray(start, this.position);
  }

  /** Checks that `count` fields of a byte or more can be there. */
  #count(count, least = 1) {
    this.position = this.#skip(count * least);
    return count;
  }

  #terms(count, depth) {
    const terms = [];
    for (let index = 0; index < count; index++) terms.push(this.term(depth + 1));
    return terms;
  }

  #float(value, at) {
    if (!Number.isFinite(value)) this.#fail("malformedFloat", at, "a float that is no finite number");
    return new Float(value);
  }

  #floatText(at) {
    const field = String.fromCharCode(...this.#take(31));
    const match = /^([+-]?[0-9]+)[.,]([0-9]+([eE][+-]?[0-9]+)?)\0/.exec(field);
    if (match === null) this.#fail("malformedFloat", at, "a float that is no number");
    return this.#float(Number(`${match[1]}.${match[2]}`), at);
  }

  #bits(at) {
    const length = this.#u32();
    const last = this.#u8();
    const isRight = last <= 8 && (last === 0) === (length === 0);
    if (!isRight) this.#fail("malformedBitstring", at, `${last} bits in the last byte`);
    const bytes = this.#take(length);
    if (length === 0 || last === 8) return text(bytes) ?? bytes.slice();
    const copy = bytes.slice();
    copy[length - 1] &= 0xff << (8 - last);
    return new Bits(copy, 8 * (length - 1) + last);
  }

  #atom(tag, at) {
    const isLatin1 = tag === 100 || tag === 115;
    const length = tag === 100 || tag === 118 ? this.#u16() : this.#u8();
    if (length > (isLatin1 ? 255 : 1020)) this.#fail("malformedAtom", at, "an atom that is too long");
    const bytes = this.#take(length);
    const name = isLatin1 ? String.fromCharCode(...bytes) : text(bytes);
    if (name === undefined) this.#fail("malformedAtom", at, "an atom that is not UTF-8");
    if (length > 255 && [...name].length > 255) this.#fail("malformedAtom", at, "an atom that is too long");
    if (!this.#atoms.has(name)) this.#atoms.set(name, atom(name));
    return this.#atoms.get(name);
  }

  /** A list in one piece or in many: the tail of one piece is the next. */
  #list(tag, depth) {
    const elements = [];
    for (;;) {
      if (tag === 107) {
        for (const byte of this.#take(this.#u16())) elements.push(byte);
        return elements;
      }
      const count = this.#count(this.#u32());
      for (let index = 0; index < count; index++) elements.push(this.term(depth + 1));
      tag = this.#bytes[this.position];
      if (tag !== 107 && tag !== 108) break;
      this.position += 1;
    }
    if (tag === 106) {
      this.position += 1;
      return elements;
    }
    const tail = this.term(elements.length === 0 ? depth : depth + 1);
    return elements.length === 0 ? tail : new ImproperList(elements, tail);
  }

  #integer(length, at) {
    const isNegative = this.#u8() !== 0;
    const bytes = this.#take(length);
    if (length > MAXIMUM_INTEGER) this.#fail("limitExceeded", at, `an integer of ${length} bytes`);
    const hex = Array.from(bytes, (byte) => HEX[byte]).reverse().join("");
    try {
      const value = BigInt(`0x0${hex}`);
      return integer(isNegative ? -value : value);
    } catch {
      // Engines have limits of their own, some below that of the format.
      return this.#fail("limitExceeded", at ?? 0, `an integer of ${length} bytes`);
    }
  }

  #map(at, depth) {
    const count = this.#count(this.#u32(), 2);
    const pairs = [];
    for (let index = 0; index < count; index++) pairs.push([this.term(depth + 1), this.term(depth + 1)]);
    const map = TermMap.unique(pairs) ?? this.#fail("duplicateKey", at, "a map names a key twice");
    return this.#isSorting ? new TermMap(map.sorted()) : map;
  }

  // What stands inside of identifiers

  #part(tags, what) {
    const at = this.position;
    const tag = this.#u8();
    if (!tags.includes(tag)) this.#fail("malformedIdentifier", at, `${what} has the tag ${tag}`);
    return [tag, at];
  }

  #identifierAtom() { return this.#atom(...this.#part([100, 115, 118, 119], "an atom of an identifier")); }

  /** An integer of 60 bits, of which the lowest 32 count, as a signed number unless it is a natural one. */
  #identifierInteger(isNatural) {
    const [, at] = this.#part([97, 98, 110, 111], "an integer of an identifier");
    this.position = at;
    const value = BigInt(this.term());
    if (BigInt.asIntN(60, value) !== value || (isNatural && value < 0n)) {
      this.#fail("malformedIdentifier", at, "an integer of an identifier is out of range");
    }
    return Number(isNatural ? BigInt.asUintN(32, value) : BigInt.asIntN(32, value));
  }

  #creation(isOld) {
    const at = this.position;
    const creation = isOld ? this.#u8() : this.#u32();
    if (isOld && creation > 3) this.#fail("malformedIdentifier", at, `creation ${creation} is above 3`);
    return creation;
  }

  #pid(tag) {
    return new Pid(this.#identifierAtom(), this.#u32(), this.#u32(), this.#creation(tag === 103));
  }

  #port(tag) {
    const node = this.#identifierAtom();
    const number = tag === 120 ? integer(this.#view.getBigUint64(this.#skip(8))) : this.#u32();
    return new Port(node, number, this.#creation(tag === 102));
  }

  #reference(tag, at) {
    const isOld = tag !== 90;
    const count = tag === 101 ? 1 : this.#u16();
    if (count < 1 || count > 5) this.#fail("malformedIdentifier", at, `a reference of ${count} words`);
    const node = this.#identifierAtom();
    const creation = tag === 101 ? undefined : this.#creation(isOld);
    const start = this.#skip(4 * count);
    const words = Array.from({ length: count }, (_, index) => this.#view.getUint32(start + 4 * index));
    if (isOld && words[0] >= 1 << 18) this.#fail("malformedIdentifier", start, "the first word is above 18 bits");
    return new Reference(node, creation ?? this.#creation(true), words);
  }

  #record(at, depth) {
    const count = this.#u32();
    const isExported = (this.#u8() & 1) === 1;
    const [module, name] = [this.#identifierAtom(), this.#identifierAtom()];
    this.#count(count, 3);
    const names = Array.from({ length: count }, () => this.#identifierAtom());
    if (new Set(names).size < count) this.#fail("duplicateKey", at, "a record names a field twice");
    const values = this.#terms(count, depth);
    return new NativeRecord(module, name, isExported, names.map((field, index) => [field, values[index]]));
  }

  #closure(depth) {
    this.#u32();
    const arity = this.#u8();
    const uniq = this.#take(16).slice();
    const index = this.#u32();
    const at = this.position;
    const count = this.#u32();
    if (count > 255) this.#fail("malformedIdentifier", at, `a function of ${count} free variables`);
    const module = this.#identifierAtom();
    const oldIndex = this.#identifierInteger(false);
    const oldUniq = this.#identifierInteger(false);
    const creator = this.#pid(this.#part([88, 103], "the creator of a function")[0]);
    const free = this.#terms(this.#count(count), depth);
    return new Closure({ module, arity, index, uniq, oldIndex, oldUniq, creator, free });
  }
}

/** The value that stands for an atom of this name. */
export function atom(name) {
  return name === "nil" ? null : name === "true" || name === "false" ? name === "true" : new Atom(name);
}

/** JSON text back to terms (json.md §5), strictly. */
import {
  Atom, Bits, Closure, External, Float, ImproperList, LIMITS, Local, NativeRecord, Pid, Port, ReelError, Reference,
  TermMap, Tuple, atom, integer, isInteger, text,
} from "./terms.js";

const MAXIMUM_LENGTH = 2 ** 30;
const MAXIMUM_DEPTH = 4096;
const MAXIMUM_DIGITS = 78_914;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** The term that `bytes`, UTF-8, say in JSON, with or without tags. Errors are those of json.md §5.4. */
export function fromJSON(bytes, isTagged) {
  if (bytes.length > MAXIMUM_LENGTH) throw new ReelError("limitExceeded", 0, "more than 1 GiB of text");
  const parser = new Parser(bytes, isTagged);
  const value = parser.value();
  if (value instanceof Tail) parser.fail("meaningless", value.offset, "a tail outside of a list");
  parser.space();
  if (parser.position < bytes.length) parser.fail("trailingBytes", parser.position, "there is more after the value");
  return value;
}

class Tail {
  constructor(value, offset) { Object.assign(this, { value, offset }); }
}

const isDigit = (byte) => byte >= 48 && byte <= 57;

export class Parser {
  constructor(bytes, isTagged) {
    Object.assign(this, { bytes, isTagged, position: 0 });
  }

  fail(kind, offset, what) {
    throw new ReelError(kind, offset, what);
  }

  space() {
    while ([32, 9, 10, 13].includes(this.bytes[this.position])) this.position += 1;
  }

  /** Past one of `characters`, and which it was. */
  expect(characters) {
    this.space();
    if (this.position === this.bytes.length) this.fail("truncated", this.position, "the text ends inside a value");
    const character = String.fromCharCode(this.bytes[this.position]);
    if (!characters.includes(character)) this.fail("malformed", this.position, `not one of ${characters}`);
    this.position += 1;
    return character;
  }

  /** A value in which arrays and objects nest `nesting` deep, without recursion: an engine's stack is not as deep. */
  value(nesting = MAXIMUM_DEPTH) {
    const open = [];
    this.space();
    this.first = this.position;
    for (;;) {
      let value = this.start(open, nesting);
      while (value !== undefined) {
        const inside = open[open.length - 1];
        if (inside === undefined) return value;
        const isLast = inside.add(value, this);
        value = isLast ? open.pop().end(this) : undefined;
        if (!isLast && inside instanceof JSONObject) inside.key(this);
      }
    }
  }

  /** A value without others inside, or `undefined` and one more in `open`. */
  start(open, nesting) {
    this.space();
    const at = this.position;
    const byte = this.bytes[at];
    const place = open[open.length - 1]?.inner ?? { depth: 0, wraps: 0 };
    if (byte === undefined) this.fail("truncated", at, "the text ends before a value");
    const isTooDeep = place.wraps === 0 && place.depth > LIMITS.depth;
    if (isTooDeep) this.fail("limitExceeded", at, "terms nest too deep");
    if (byte === 91 || byte === 123) {
      if (open.length >= nesting) this.fail("limitExceeded", at, "arrays and objects nest too deep");
      const value = byte === 91 ? new JSONArray(at, place) : new JSONObject(at, place, this.isTagged);
      this.position += 1;
      this.space();
      if (this.bytes[this.position] === byte + 2) {
        this.position += 1;
        return value.end(this);
      }
      if (byte === 123) value.key(this);
      open.push(value);
      return undefined;
    }
    return this.simple(byte, at);
  }

  simple(byte, at) {
    if (byte === 34) return this.string();
    if (byte === 45 || isDigit(byte)) return this.number(at);
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
      const there = String.fromCharCode(...this.bytes.subarray(at, at + word.length));
      if (there === word) {
        this.position += word.length;
        return value;
      }
      if (at + there.length === this.bytes.length && word.startsWith(there)) {
        this.fail("truncated", this.bytes.length, "the text ends inside a word");
      }
    }
    return this.fail("malformed", at, "no value");
  }

  string() {
    const start = this.position++;
    let [result, isText] = ["", true];
    for (let from = this.position; ; this.position += 1) {
      const byte = this.bytes[this.position];
      if (byte !== undefined && byte >= 32 && byte !== 34 && byte !== 92) continue;
      const piece = text(this.bytes.subarray(from, this.position));
      isText &&= piece !== undefined;
      result += piece;
      if (byte === undefined) this.fail("truncated", this.position, "the text ends inside a string");
      if (byte < 32) this.fail("malformed", this.position, "a control character in a string");
      if (byte === 34) break;
      result += this.escape();
      from = this.position + 1;
    }
    this.position += 1;
    // Known when the string is whole: what is cut or malformed counts before.
    return isText ? result : this.fail("malformedText", start, "a string that is not UTF-8");
  }

  /** The character of an escape; leaves the position at its last byte. */
  escape() {
    const at = this.position;
    const letter = this.bytes[++this.position];
    if (letter === undefined) this.fail("truncated", this.position, "the text ends inside an escape");
    if (letter !== 117) return ESCAPES[String.fromCharCode(letter)] ?? this.fail("malformed", at, "no escape");
    const high = this.unit(at);
    if (high < 0xd800 || high > 0xdfff) return String.fromCharCode(high);
    const half = () => this.fail("malformedText", at, "an escape of half a surrogate pair");
    if (high > 0xdbff) half();
    for (const expected of [92, 117]) {
      const byte = this.bytes[this.position + 1];
      if (byte === undefined) this.fail("truncated", this.bytes.length, "the text ends inside an escape");
      if (byte !== expected) half();
      this.position += 1;
    }
    const low = this.unit(this.position - 1);
    return low >= 0xdc00 && low <= 0xdfff ? String.fromCharCode(high, low) : half();
  }

  unit(at) {
    let value = 0;
    for (let index = 0; index < 4; index++) {
      const byte = this.bytes[++this.position];
      if (byte === undefined) this.fail("truncated", this.position, "the text ends inside an escape");
      const digit = "0123456789abcdef".indexOf(String.fromCharCode(byte).toLowerCase());
      if (digit < 0) this.fail("malformed", at, "no escape");
      value = value * 16 + digit;
    }
    return value;
  }

  number(at) {
    const digits = () => {
      const start = this.position;
      while (isDigit(this.bytes[this.position])) this.position += 1;
      if (this.position > start) return;
      const isEnd = this.position === this.bytes.length;
      this.fail(isEnd ? "truncated" : "malformed", isEnd ? this.position : at, "no number");
    };
    const next = (...bytes) => bytes.includes(this.bytes[this.position]) && ++this.position > 0;
    next(45);
    if (!next(48)) digits();
    else if (isDigit(this.bytes[this.position])) this.fail("malformed", at, "a number that starts with 0");
    const isFraction = next(46);
    if (isFraction) digits();
    const isPower = next(69, 101);
    if (isPower) {
      next(43, 45);
      digits();
    }
    const written = new TextDecoder().decode(this.bytes.subarray(at, this.position));
    const count = written.length - (written[0] === "-" ? 1 : 0);
    if (count > MAXIMUM_DIGITS) this.fail("limitExceeded", at, `a number of ${count} characters`);
    if (!isFraction && !isPower) return integer(BigInt(written));
    const value = Number(written);
    return Number.isFinite(value) ? new Float(value) : this.fail("limitExceeded", at, "a number that no float holds");
  }
}

// What stands in an array or object, `inner`, are terms that `depth` others enclose, or `wraps` arrays around them.

class JSONArray {
  constructor(at, { depth, wraps }) {
    Object.assign(this, { at, elements: [], tails: [] });
    this.inner = wraps > 0 ? { depth, wraps: wraps - 1 } : { depth: depth + 1, wraps };
  }

  /** Whether this value is the last one. */
  add(value, parser) {
    if (value instanceof Tail) this.tails.push([this.elements.length, value.offset]);
    this.elements.push(value);
    return parser.expect(",]") === "]";
  }

  end(parser) {
    const misplaced = this.tails.find(([place]) => place === 0 || place + 1 < this.elements.length);
    if (misplaced) parser.fail("meaningless", misplaced[1], "a tail that does not end a list");
    const last = this.elements[this.elements.length - 1];
    if (!(last instanceof Tail)) return this.elements;
    const [elements, tail] = [this.elements.slice(0, -1), last.value];
    if (Array.isArray(tail)) return [...elements, ...tail];
    if (tail instanceof ImproperList) return new ImproperList([...elements, ...tail.elements], tail.tail);
    return new ImproperList(elements, tail);
  }
}

export class JSONObject {
  constructor(at, place, isTagged) {
    Object.assign(this, { at, place, isTagged, inner: place, pairs: [], keys: new Set(), name: null });
  }

  key(parser) {
    parser.space();
    const start = parser.position;
    if (parser.bytes[start] !== 34) parser.expect('"');
    this.name = parser.string();
    if (this.keys.has(this.name)) parser.fail("duplicateKey", start, "an object that names a key twice");
    this.keys.add(this.name);
    const { depth, wraps } = this.place;
    if (!this.isTagged) {
      this.inner = { depth: depth + 1, wraps: 0 };
    } else if (wraps === 0) {
      const isTerms = ["$tuple", "$map", "$closure", "$record"].includes(this.name) || !this.name.startsWith("$");
      const more = { $map: 2, $record: 2, $tail: 0 }[this.name] ?? (this.name.startsWith("$") ? 1 : 0);
      this.inner = { depth: isTerms ? depth + 1 : depth, wraps: more };
    }
    parser.expect(":");
  }

  add(value, parser) {
    if (value instanceof Tail) parser.fail("meaningless", value.offset, "a tail outside of a list");
    this.pairs.push([this.name, value]);
    return parser.expect(",}") === "}";
  }

  end(parser) {
    const isLocal = this.keys.has("$local") && this.at !== parser.first;
    if (isLocal && parser.isTagged) parser.fail("meaningless", this.at, "LOCAL_EXT inside a term");
    const isTerm = parser.isTagged && [...this.keys].some((key) => key.startsWith("$"));
    if (!isTerm) return new TermMap(this.pairs);
    return tagged(this.pairs, this.at) ?? parser.fail("meaningless", this.at, "an object that stands for no term");
  }
}

// The tags

const isText = (term) => typeof term === "string";
const isName = (term) => isText(term) && (term.length < 256 || [...term].length < 256);
const isU32 = (term) => typeof term === "number" && term >= 0 && term < 2 ** 32;

/** The term that an object with these pairs stands for, `undefined` when there is none. */
function tagged(pairs, offset) {
  const [[tag, content]] = pairs;
  if (tag === "$bits") return pairs.length === 2 && pairs[1][0] === "size" ? bitsOf(content, pairs[1][1]) : undefined;
  return pairs.length === 1 ? TAGS[tag]?.(content, offset) : undefined;
}

const TAGS = {
  $atom: (name) => (isName(name) && atom(name) instanceof Atom ? atom(name) : undefined),
  $integer: (digits) => {
    const match = isText(digits) ? /^(-?)(0x[0-9a-fA-F]+)$/.exec(digits) : null;
    if (match === null || match[2].length > 2 * 4_194_296 + 2) return undefined;
    return integer(match[1] === "" ? BigInt(match[2]) : -BigInt(match[2]));
  },
  $binary: (content) => {
    const bytes = bytesOf(content);
    return bytes && (text(bytes) ?? bytes);
  },
  $tail: (value, offset) => new Tail(value, offset),
  $tuple: (elements) => (Array.isArray(elements) ? new Tuple(elements) : undefined),
  $map: (pairs) => {
    const isRight = Array.isArray(pairs) && pairs.every((pair) => Array.isArray(pair) && pair.length === 2);
    return isRight ? TermMap.unique(pairs) ?? undefined : undefined;
  },
  $pid: pidOf,
  $port: (fields) => {
    const [node, number, creation] = fieldsOf(fields, "node", "number", "creation");
    const isNumber = isInteger(number) && number >= 0 && number < 2n ** 64n;
    return isName(node) && isNumber && isU32(creation) ? new Port(atom(node), number, creation) : undefined;
  },
  $ref: (fields) => {
    const [node, creation, words] = fieldsOf(fields, "node", "creation", "words");
    const areWords = Array.isArray(words) && words.length > 0 && words.length < 6 && words.every(isU32);
    return isName(node) && isU32(creation) && areWords ? new Reference(atom(node), creation, words) : undefined;
  },
  $fun: (fields) => {
    const [module, name, arity] = fieldsOf(fields, "module", "function", "arity");
    return isName(module) && isName(name) && isU32(arity) ? new External(atom(module), atom(name), arity) : undefined;
  },
  $closure: (fields) => {
    const names = ["module", "arity", "index", "uniq", "old_index", "old_uniq", "creator", "free"];
    const [module, arity, index, uniq64, oldIndex, oldUniq, creator64, free] = fieldsOf(fields, ...names);
    const [uniq, creator] = [bytesOf(uniq64), pidOf(creator64)];
    const isI32 = (term) => typeof term === "number" && (term | 0) === term;
    const areNumbers = isU32(arity) && arity < 256 && isU32(index) && isI32(oldIndex) && isI32(oldUniq);
    const isRight = isName(module) && areNumbers && uniq?.length === 16 && creator !== undefined
      && Array.isArray(free) && free.length < 256;
    if (!isRight) return undefined;
    return new Closure({ module: atom(module), arity, index, uniq, oldIndex, oldUniq, creator, free });
  },
  $record: (content) => {
    const [module, name, isExported, fields] = fieldsOf(content, "module", "name", "exported", "fields");
    const isRight = isName(module) && isName(name) && typeof isExported === "boolean" && Array.isArray(fields)
      && fields.every((field) => Array.isArray(field) && field.length === 2 && isName(field[0]))
      && new Set(fields.map(([field]) => field)).size === fields.length;
    if (!isRight) return undefined;
    return new NativeRecord(atom(module), atom(name), isExported, fields.map(([field, value]) => [atom(field), value]));
  },
  $local: (content) => {
    const bytes = bytesOf(content);
    return bytes && new Local(bytes);
  },
};

function fieldsOf(map, ...names) {
  const isRight = map instanceof TermMap && map.size === names.length && names.every((name) => map.has(name));
  return isRight ? names.map((name) => map.get(name)) : [];
}

function pidOf(fields) {
  const [node, number, serial, creation] = fieldsOf(fields, "node", "number", "serial", "creation");
  const isRight = isName(node) && [number, serial, creation].every(isU32);
  return isRight ? new Pid(atom(node), number, serial, creation) : undefined;
}

function bytesOf(content) {
  const base64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
  if (!isText(content) || !base64.test(content)) return undefined;
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  return btoa(atob(content)) === content ? bytes : undefined;
}

function bitsOf(content, size) {
  const bytes = bytesOf(content);
  const isSize = typeof size === "number" && size > 0 && size % 8 !== 0;
  const isRight = bytes !== undefined && isSize && Math.ceil(size / 8) === bytes.length;
  const rest = isRight ? bytes[bytes.length - 1] & (0xff >> size % 8) : 1;
  return rest === 0 ? new Bits(bytes, size) : undefined;
}

#!/usr/bin/env node
/**
 * A small reader of recordings: what is valid it reads, and what is not it refuses, without saying where.
 *
 *     const { header, events } = recording(readFileSync("session.reel"));
 *     node reader.mjs session.reel    # the document in the tagged mapping
 *     reel vectors check --level reader --reader 'node Spec/readers/small/reader.mjs'
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inflateRawSync, inflateSync } from "node:zlib";

const [FRAME, MEMBER, ENTRIES, TERM, DEPTH] = [2 ** 26, 2 ** 27, 4_000_000, 2 ** 26, 1024]; // recording.md §9

/** The input is not valid. */
export class Refused extends Error {
  message = "this is no valid recording";
}

function need(condition) {
  if (!condition) throw new Refused();
}

// Terms (terms.md §3): integers are bigints, floats numbers, binaries buffers, lists arrays

/** Any other term: its kind, and its parts in the order of terms.md §2. */
export class Term {
  constructor(kind, ...parts) {
    Object.assign(this, { kind, parts });
  }
}

const TAGS = {
  70: (r) => r.finite(r.take(8).readDoubleBE()),
  77: (r) => r.bits(),
  88: (r) => new Term("pid", r.atom(), r.number(4), r.number(4), r.number(4)),
  89: (r) => new Term("port", r.atom(), BigInt(r.number(4)), r.number(4)),
  90: (r) => r.reference(r.number(2), 4),
  97: (r) => BigInt(r.number(1)),
  98: (r) => BigInt(r.take(4).readInt32BE()),
  99: (r) => r.floatText(),
  100: (r) => r.name(2, "latin1"),
  101: (r) => r.oldReference(),
  102: (r) => new Term("port", r.atom(), BigInt(r.number(4)), r.creation()),
  103: (r) => new Term("pid", r.atom(), r.number(4), r.number(4), r.creation()),
  104: (r, depth) => new Term("tuple", r.terms(r.number(1), depth)),
  105: (r, depth) => new Term("tuple", r.terms(r.number(4), depth)),
  106: () => [],
  107: (r) => Array.from(r.take(r.number(2)), BigInt),
  108: (r, depth) => r.list(depth),
  109: (r) => r.take(r.number(4)),
  110: (r) => r.big(1),
  111: (r) => r.big(4),
  67: (r, depth) => r.record(depth),
  112: (r, depth) => r.closure(depth),
  113: (r) => new Term("fun", r.atom(), r.atom(), BigInt.asUintN(32, r.part([97, 98, 110, 111], 0n))),
  114: (r) => r.reference(r.number(2), 1),
  115: (r) => r.name(1, "latin1"),
  116: (r, depth) => r.map(depth),
  118: (r) => r.name(2, "utf8"),
  119: (r) => r.name(1, "utf8"),
  120: (r) => new Term("port", r.atom(), r.take(8).readBigUInt64BE(), r.number(4)),
};

class Reader {
  constructor(data) {
    Object.assign(this, { data, at: 0 });
  }

  take(count) {
    need(count <= this.data.length - this.at);
    this.at += count;
    return this.data.subarray(this.at - count, this.at);
  }

  number(size) {
    return this.take(size).readUIntBE(0, size);
  }

  term(depth) {
    need(depth <= DEPTH);
    const read = TAGS[this.number(1)];
    need(read);
    return read(this, depth);
  }

  terms(count, depth, into = []) {
    need(count <= this.data.length - this.at);
    for (let index = 0; index < count; index++) into.push(this.term(depth + 1));
    return into;
  }

  /** An atom, a pid or an integer where nothing else may stand. */
  part(tags, lowest = -(2n ** 59n)) {
    need(tags.includes(this.data[this.at]));
    const value = this.term(0);
    need(typeof value !== "bigint" || (value >= lowest && value < 2n ** 59n));
    return value;
  }

  atom() {
    return this.part([100, 115, 118, 119]);
  }

  name(size, encoding) {
    const raw = this.take(this.number(size));
    const name = encoding === "utf8" ? textOf(raw) : raw.toString(encoding);
    need(name !== undefined && [...name].length <= 255);
    return new Term("atom", name);
  }

  creation() {
    const value = this.number(1);
    need(value <= 3);
    return value;
  }

  big(size) {
    const [length, sign] = [this.number(size), this.number(1)];
    need(length <= 4_194_296);
    const value = BigInt(`0x0${Buffer.from(this.take(length)).reverse().toString("hex")}`);
    return sign === 0 ? value : -value;
  }

  finite(value) {
    need(Number.isFinite(value));
    return value;
  }

  floatText() {
    const match = /^([+-]?[0-9]+)[.,]([0-9]+([eE][+-]?[0-9]+)?)\0/.exec(this.take(31).toString("latin1"));
    need(match);
    return this.finite(Number(`${match[1]}.${match[2]}`));
  }

  bits() {
    const [length, last] = [this.number(4), this.number(1)];
    need(length === 0 ? last === 0 : last >= 1 && last <= 8);
    const data = this.take(length);
    if (last % 8 === 0) return data;
    const bytes = Buffer.from(data);
    bytes[length - 1] &= 0xff << (8 - last);
    return new Term("bits", bytes, 8 * length - 8 + last);
  }

  list(depth) {
    const elements = [];
    do this.terms(this.number(4), depth, elements); // a tail that is a list goes on with it
    while (this.data[this.at] === 108 && ++this.at);
    if (elements.length === 0) return this.term(depth); // a list of no elements is its tail
    const tail = this.term(depth + 1);
    return Array.isArray(tail) ? elements.concat(tail) : new Term("improper", elements, tail);
  }

  map(depth) {
    const count = this.number(4);
    const parts = this.terms(2 * count, depth);
    const pairs = Array.from({ length: count }, (_, index) => parts.slice(2 * index, 2 * index + 2));
    need(new Set(pairs.map(([key]) => identity(key))).size === count);
    return new Term("map", pairs);
  }

  reference(count, creationSize) {
    need(count >= 1 && count <= 5);
    const [node, creation] = [this.atom(), creationSize === 4 ? this.number(4) : this.creation()];
    const words = Array.from({ length: count }, () => this.number(4));
    need(creationSize === 4 || words[0] < 2 ** 18);
    return new Term("ref", node, creation, words);
  }

  oldReference() {
    const [node, word, creation] = [this.atom(), this.number(4), this.creation()];
    need(word < 2 ** 18);
    return new Term("ref", node, creation, [word]);
  }

  record(depth) {
    const [count, flags, module, name] = [this.number(4), this.number(1), this.atom(), this.atom()];
    need(3 * count <= this.data.length - this.at);
    const names = Array.from({ length: count }, () => this.atom());
    need(new Set(names.map(identity)).size === count);
    const values = this.terms(count, depth);
    return new Term("record", module, name, flags % 2 === 1, names.map((field, index) => [field, values[index]]));
  }

  closure(depth) {
    this.number(4);
    const [arity, uniq, index, count] = [this.number(1), this.take(16), this.number(4), this.number(4)];
    need(count <= 255);
    const module = this.atom();
    const olds = [1, 2].map(() => BigInt.asIntN(32, this.part([97, 98, 110, 111])));
    return new Term("closure", module, arity, index, uniq, ...olds, this.part([88, 103]), this.terms(count, depth));
  }
}

/** A text that terms have in common when they are the same key of a map (terms.md §5). */
function identity(term) {
  if (typeof term === "bigint") return `i${term.toString(16)}`;
  if (typeof term === "number") return `f${term}`; // 0.0 and -0.0 are one
  if (typeof term === "string") return JSON.stringify(term);
  if (Buffer.isBuffer(term)) return `b${term.toString("hex")}`;
  if (Array.isArray(term)) return `[${term.map(identity)}]`;
  const { kind, parts } = term;
  if (kind === "map") return `map{${parts[0].map(identity).sort()}}`;
  if (kind === "ref") return `ref(${identity(parts[0])},${parts[1]},${[...parts[2], 0, 0, 0, 0].slice(0, 5)})`;
  if (kind === "record") {
    const [module, name, isExported, fields] = parts;
    return `record(${[module, name].map(identity)},${isExported},${fields.map(identity).sort()})`;
  }
  if (kind === "closure") return `closure(${[parts[0], parts[2], parts[5], parts[7]].map(identity)})`;
  return `${kind}(${parts.map(identity)})`;
}

/** The term of a file, all of it, or of a frame. */
export function decode(data, isFrame = false) {
  need(data[0] === 131 && (data[1] !== 121 || !isFrame));
  if (data[1] === 121) return new Term("local", data.subarray(2));
  const isCompressed = data[1] === 80;
  need(!isCompressed || (data.length > 6 && data.readUInt32BE(2) <= TERM));
  const content = isCompressed ? inflate(inflateSync, data.subarray(6), data.readUInt32BE(2)) : data.subarray(1);
  const reader = new Reader(content);
  const term = reader.term(0);
  need(reader.at === content.length || (isCompressed && !isFrame));
  return term;
}

/** What a stream inflates to, which has to be of this length, and to end where the bytes do. */
function inflate(how, data, length) {
  const { buffer, engine } = inflated(how, data, { maxOutputLength: length + 1 });
  need(engine.bytesWritten === data.length && buffer.length === length);
  return buffer;
}

function inflated(how, data, options) {
  try {
    return how(data, { ...options, info: true });
  } catch {
    throw new Refused();
  }
}

// The tagged mapping (json.md §4)

const FIELDS = {
  pid: ["node", "number", "serial", "creation"],
  port: ["node", "number", "creation"],
  ref: ["node", "creation", "words"],
  fun: ["module", "function", "arity"],
  closure: ["module", "arity", "index", "uniq", "old_index", "old_uniq", "creator", "free"],
};

const LITERALS = { true: "true", false: "false", nil: "null" };

export function tagged(term) {
  if (typeof term === "bigint") return integerText(term);
  if (typeof term === "number") return Object.is(term, -0) ? "-0.0" : `${term}`.replace(/^-?\d+$/, "$&.0");
  if (Buffer.isBuffer(term)) {
    const text = textOf(term);
    return text === undefined ? `{"$binary":${base64(term)}}` : JSON.stringify(text);
  }
  if (Array.isArray(term)) return `[${term.map(tagged)}]`;
  const { kind, parts } = term;
  if (kind === "atom") return LITERALS[parts[0]] ?? `{"$atom":${JSON.stringify(parts[0])}}`;
  if (kind === "tuple") return `{"$tuple":${tagged(parts[0])}}`;
  if (kind === "improper") return `[${parts[0].map(tagged)},{"$tail":${tagged(parts[1])}}]`;
  if (kind === "bits") return `{"$bits":${base64(parts[0])},"size":${parts[1]}}`;
  if (kind === "local") return `{"$local":${base64(parts[0])}}`;
  if (kind === "record") return recordText(...parts);
  if (kind !== "map") return `{"$${kind}":${fieldsText(kind, parts)}}`;
  const isObject = parts[0].every(([key]) => textOf(key)?.startsWith("$") === false);
  const pairs = parts[0].map(([key, value]) => [tagged(key), tagged(value)]);
  if (isObject) return `{${pairs.map(([key, value]) => `${key}:${value}`)}}`;
  return `{"$map":[${pairs.map(([key, value]) => `[${key},${value}]`)}]}`;
}

function recordText(module, name, isExported, fields) {
  const [moduleText, nameText] = [module, name].map(({ parts }) => JSON.stringify(parts[0]));
  const pairs = fields.map(([field, value]) => `[${JSON.stringify(field.parts[0])},${tagged(value)}]`);
  return `{"$record":{"module":${moduleText},"name":${nameText},"exported":${isExported},"fields":[${pairs}]}}`;
}

function integerText(value) {
  const digits = (value < 0n ? -value : value).toString(16);
  const isShort = 4 * digits.length - Math.clz32(parseInt(digits[0], 16)) + 28 <= 262_144;
  return isShort ? `${value}` : `{"$integer":"${value < 0n ? "-" : ""}0x${digits}"}`;
}

function fieldsText(kind, parts) {
  const texts = FIELDS[kind].map((field, index) => {
    const value = parts[index];
    if (field === "creator") return `"creator":${fieldsText("pid", value.parts)}`;
    if (value instanceof Term) return `"${field}":${JSON.stringify(value.parts[0])}`;
    if (Buffer.isBuffer(value)) return `"${field}":${base64(value)}`;
    return `"${field}":${field === "free" ? tagged(value) : field === "words" ? `[${value}]` : value}`;
  });
  return `{${texts}}`;
}

function base64(bytes) {
  return `"${bytes.toString("base64")}"`;
}

/** The text of a binary, `undefined` when it is no UTF-8, or no binary. */
function textOf(term) {
  try {
    return Buffer.isBuffer(term) ? new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(term) : undefined;
  } catch {
    return undefined;
  }
}

// Gzip members (recording.md §5)

const CRCS = Int32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) crc = CRCS[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The payload of RL in the member there, or `null`; where its deflate data starts; and whether it has FHCRC. */
function member(data, at) {
  const reader = new Reader(data.subarray(at));
  const head = reader.take(10);
  const flags = head[3];
  need(head[0] === 0x1f && head[1] === 0x8b && head[2] === 8 && (flags & 0xe0) === 0);
  const extra = flags & 4 ? reader.take(reader.take(2).readUInt16LE()) : Buffer.alloc(0);
  for (const bit of [8, 16]) {
    const end = reader.data.indexOf(0, reader.at);
    need(!(flags & bit) || end >= 0);
    if (flags & bit) reader.at = end + 1;
  }
  const isChecked = (flags & 2) !== 0;
  const crc = crc32(reader.data.subarray(0, reader.at)) & 0xffff;
  need(!isChecked || reader.take(2).readUInt16LE() === crc);
  let payload = null;
  for (const subfields = new Reader(extra); subfields.at < extra.length;) {
    const name = subfields.take(2).toString("latin1");
    const content = subfields.take(subfields.take(2).readUInt16LE());
    if (name === "RL") payload ??= content;
  }
  return { payload, start: at + reader.at, isChecked };
}

/** What the RL member there declares, its content and its end: §5.3, steps 1 to 9. */
function rlMember(data, at) {
  const { payload, start, isChecked } = member(data, at);
  need(payload !== null && payload.length >= 8 && payload[0] === 1 && isChecked);
  const [kind, flags, end] = [payload[2], payload[3], at + payload.readUInt32LE(4)];
  need([1, 2, 3].includes(kind) && start + 8 < end && end <= data.length);
  const fields = new Reader(payload.subarray(8));
  const numbers = Array.from({ length: [0, 5, 1, 0][kind] }, () => varint(fields));
  need(kind !== 3 || (payload.length >= 16 && end - at === 44));
  if (kind === 3) numbers.push(0n, payload.readBigUInt64LE(8));
  need(kind !== 1 || (numbers[1] + numbers[2] < 2n ** 63n && numbers[3] + numbers[4] < 2n ** 63n));
  need(numbers[0] <= MEMBER && Number(numbers[0] / 1032n) <= end - 8 - start);
  const content = inflate(inflateRawSync, data.subarray(start, end - 8), Number(numbers[0]));
  need(isTrailer(data.subarray(end - 8, end), content));
  return { kind, flags, numbers, content, end };
}

function varint(reader) {
  let [value, byte] = [0n, 128];
  for (let place = 0n; byte >= 128; place += 1n) {
    byte = reader.number(1);
    need(place < 9n && (byte !== 0 || place === 0n) && (place < 8n || byte < 128));
    value |= BigInt(byte & 127) << (7n * place);
  }
  return value;
}

function isTrailer(bytes, content) {
  return bytes.length === 8 && bytes.readUInt32LE() === crc32(content) && bytes.readUInt32LE(4) === content.length;
}

/** The content of all members of a plain recording. */
function gunzip(data) {
  const pieces = [];
  for (let at = 0; at < data.length;) {
    const { payload, start } = member(data, at);
    need(payload === null);
    const { buffer, engine } = inflated(inflateRawSync, data.subarray(start));
    const end = start + engine.bytesWritten;
    need(isTrailer(data.subarray(end, end + 8), buffer));
    pieces.push(buffer);
    at = end + 8;
  }
  return Buffer.concat(pieces);
}

// Frames (recording.md §6)

const isNumber = (term) => typeof term === "bigint" && term >= 0n && term < 2n ** 63n;
const isMap = (term) => term?.kind === "map";
const isAtom = (term) => term?.kind === "atom";
const atomName = (term) => (isAtom(term) ? term.parts[0] : undefined);
const elementsOf = (term) => (term?.kind === "tuple" ? term.parts[0] : []);
const get = (map, name) => map.parts[0].find(([key]) => atomName(key) === name)?.[1];

/** What has been read of a recording: its header, its events, and whether it has its finish frame and an index. */
class Recording {
  header = null;
  events = [];
  isFinished = false;
  hasIndex = false;

  /** Takes the frames of a content, and gives what each is: its name, and the entries of an index. */
  frames(content) {
    const [reader, found] = [new Reader(content), []];
    while (reader.at < content.length) {
      const length = reader.number(4);
      need(length >= 2 && length <= FRAME);
      found.push(this.frame(decode(reader.take(length), true)));
    }
    return found;
  }

  frame(term) {
    const parts = elementsOf(term);
    const name = atomName(parts[0]);
    need((this.header === null) === (name === "recording"));
    if (name === "recording") {
      const version = elementsOf(parts[1]);
      need(version.length === 2 && version.every((number) => isNumber(number) && number < 256n) && version[0] === 1n);
      need(isMap(parts[2]) && parts[2].parts[0].every(([key]) => isAtom(key)));
      this.header = parts[2];
    } else if (name === "keyframe") {
      need(parts[1] === BigInt(this.events.length) && !this.isFinished && isMap(parts[2]));
      const components = get(parts[2], "components") ?? new Term("map", []);
      need(isMap(get(parts[2], "assigns")) && isMap(components));
      need(components.parts[0].every(([key, value]) => elementsOf(key).length === 2 && isMap(value)));
    } else if (name === "finish") {
      need(isMap(parts[1]) && !this.isFinished && isNumber(get(parts[1], "duration")));
      need(get(parts[1], "events") === BigInt(this.events.length));
      for (const [key, isKey] of [["kinds", isAtom], ["names", (each) => textOf(each) !== undefined]]) {
        const counts = get(parts[1], key);
        need(!isMap(counts) || counts.parts[0].every(([each, count]) => isKey(each) && isNumber(count)));
      }
      this.isFinished = true;
    } else if (name === "index") {
      need(!this.hasIndex && Array.isArray(parts[1]) && parts[1].length <= ENTRIES);
      this.hasIndex = true;
      return { name, entries: parts[1].map(entryOf) };
    } else if (name === undefined) {
      need(!this.isFinished);
      for (const event of Array.isArray(term) && term.length > 0 ? term : [term]) {
        const elements = elementsOf(event);
        need(elements.length > 2 && isNumber(elements[0]) && isAtom(elements[1]));
        this.events.push(elements);
      }
    }
    return { name };
  }
}

function entryOf(term) {
  const elements = elementsOf(term);
  need(elements.length > 7 && elements.slice(0, 7).every(isNumber));
  need(["true", "false"].includes(atomName(elements[7])));
  return [...elements.slice(0, 7), atomName(elements[7]) === "true"];
}

/** The header and the events of a recording, of which all is checked (recording.md §4). */
export function recording(data) {
  const read = new Recording();
  const isGzip = data[0] === 0x1f && data[1] === 0x8b;
  if (isGzip && member(data, 0).payload !== null) members(data, read);
  else read.frames(isGzip ? gunzip(data) : data);
  need(read.header !== null);
  return { header: read.header, events: read.events };
}

function members(data, read) {
  let [entries, index, isEnded] = [[], null, false];
  for (let at = 0; at < data.length;) {
    const { kind, flags, numbers, content, end } = rlMember(data, at);
    need(!isEnded && (at > 0 || kind === 1));
    if (kind === 1) {
      need(!read.isFinished && index === null && (content.length > 0 || at > 0));
      const first = read.events.length;
      const found = read.frames(content).map(({ name }) => name);
      const offsets = read.events.slice(first).map(([offset]) => offset);
      const low = offsets.reduce((least, offset) => (offset < least ? offset : least), offsets[0] ?? 0n);
      const high = offsets.reduce((most, offset) => (offset > most ? offset : most), low);
      const isKeyframe = found[0] === "keyframe";
      need(!found.includes("index"));
      need((flags & 7) === isKeyframe + 2 * found.includes("recording") + 4 * found.includes("finish"));
      need(String(numbers) === String([content.length, first, offsets.length, low, high - low]));
      entries.push([at, end - at, content.length, first, offsets.length, low, high, isKeyframe]);
    } else if (kind === 2) {
      need(read.isFinished && index === null);
      const found = read.frames(content);
      need(found.length === 1 && found[0].name === "index" && String(found[0].entries) === String(entries));
      index = at;
    } else {
      need(read.isFinished && numbers[1] === BigInt(index ?? 0) && (index !== null || entries.length === 1));
      isEnded = true;
    }
    at = end;
  }
  need(index === null || isEnded);
}

/** The document of json.md §2.1, in the tagged mapping. A field whose key is there already makes way. */
export function document({ header, events }) {
  const used = new Set(["events"]);
  const pairs = header.parts[0].map(([key, value]) => {
    const text = atomName(key) === "nil" ? "" : atomName(key);
    let name = text;
    for (let count = 2; used.has(name); count++) name = `${text}#${count}`;
    used.add(name);
    return `${JSON.stringify(name)}:${tagged(value)}`;
  });
  const objects = events.map(([offset, kind, payload, ...extra]) => {
    const more = extra.length > 0 ? `,"extra":${tagged(extra)}` : "";
    return `{"offset":${offset},"type":${JSON.stringify(atomName(kind))},"payload":${tagged(payload)}${more}}`;
  });
  return `{${[...pairs, `"events":[${objects}]`]}}`;
}

/** An answer to a question of vectors.md §5. */
function answer(input, output, path) {
  if (!["term", "recording"].includes(input) || output !== "tagged") return "skip";
  const data = readFileSync(path);
  try {
    return `ok\t${input === "term" ? tagged(decode(data)) : document(recording(data))}`;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return "error\tmalformed";
  }
}

async function main([path]) {
  if (path === undefined) {
    for await (const line of createInterface({ input: process.stdin })) console.log(answer(...line.split("\t")));
    return;
  }
  try {
    console.log(document(recording(readFileSync(path))));
  } catch (error) {
    if (!(error instanceof Refused) && error.code === undefined) throw error;
    console.error(`${path}: ${error.message}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));

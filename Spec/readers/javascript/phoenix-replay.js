/** Files of PhoenixReplay as the recordings that they become (phoenix-replay.md). A torn file gives what is whole. */
import { concatenate, crc32 } from "./inflate.js";
import { gzipChunks } from "./members.js";
import { Decoder, ReelError, TermMap, Tuple, atom, atomName, decompress, isInteger } from "./terms.js";

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The `fields` of the header and the `events` of a map, recording or part file. */
export function readPhoenixReplay(bytes, limits) {
  const isPart = String.fromCharCode(...bytes.subarray(0, 4)) === "PRF1";
  const { fields, events } = isPart ? readPart(bytes, limits) : readWhole(bytes, limits);
  return { fields: new TermMap(fields), events: events.map(eventOf) };
}

const MOST_NAMES = 1024;
const ERRORS = ["error", "critical", "alert", "emergency"];

/** What the finish frame of a recording with these events says, which has been imported (recording.md §6.5). */
export function summaryOf(events) {
  const [kinds, names] = [new Map(), new Map()];
  let [duration, errors] = [0, 0];
  for (const { offset, kind, payload } of events) {
    const keyOf = (name) => (payload.has(atom(name)) ? atom(name) : name);
    const field = (name) => (payload instanceof TermMap ? payload.get(keyOf(name)) : undefined);
    const text = (name) => (typeof field(name) === "string" ? field(name) : atomName(field(name)));
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (offset > duration) duration = offset;
    const name = kind === "event" ? text("name") : undefined;
    if (name !== undefined && (names.has(name) || names.size < MOST_NAMES)) names.set(name, (names.get(name) ?? 0) + 1);
    const isError = kind === "exit" || (kind === "log" && ERRORS.includes(text("level")));
    if (isError || (kind === "telemetry" && (field("error") ?? null) !== null)) errors += 1;
  }
  return { events: events.length, duration, kinds, names: new TermMap(names), errors, reason: "imported" };
}

function fail(kind, offset, what) {
  throw new ReelError(kind, offset, what);
}

/** An error in a term as one of a recording: what is wrong in these files is at 0. */
function wrapped(error) {
  if (!(error instanceof ReelError)) throw error;
  const kept = ["limitExceeded", "malformedFrame", "notARecording", "truncated", "checksum", "malformedMember", "trailingData"];
  const isKept = kept.includes(error.kind);
  fail(isKept ? error.kind : "malformedTerm", 0, error.message);
}

function eventOf(term, index) {
  const at = 0;
  let elements = term instanceof Tuple ? term.elements : [];
  if (term instanceof TermMap) {
    const names = ["at", "type", "data"];
    if (!names.every((name) => term.has(atom(name)))) fail("malformedFrame", at, "an event without at, type or data");
    const more = [...term].filter(([key]) => ![...names, "__struct__"].includes(atomName(key)));
    elements = [...names.map((name) => term.get(atom(name))), ...(more.length > 0 ? [new TermMap(more)] : [])];
  }
  const [offset, kind, payload, ...extra] = elements;
  const isOffset = isInteger(offset) && offset >= 0 && offset < 2n ** 63n;
  const isEvent = payload !== undefined && isOffset && atomName(kind) !== undefined;
  if (!isEvent) fail("malformedFrame", at, "what stands in the list is no event");
  return { index, offset, kind: atomName(kind), payload, extra };
}

/** Reads a term as far as it goes; `cause` is the error that ends it. */
class TornReader {
  cause = null;

  constructor(bytes, limits) {
    this.decoder = new Decoder(bytes, 0, limits, true);
    this.bytes = bytes;
  }

  get isCut() { return this.cause !== null; }

  /** What `read` gives, `undefined` when the term ends before. */
  attempt(read) {
    try {
      return this.isCut ? undefined : read();
    } catch (error) {
      this.cause = error;
      return undefined;
    }
  }

  term(depth) { return this.attempt(() => this.decoder.term(depth)); }

  /** The tag and the count in front of elements, where `sizes` has how many bytes the count of a tag takes. */
  open(sizes) {
    const { decoder: { position }, bytes } = this;
    const size = sizes[bytes[position]];
    if (size === undefined && position < bytes.length) return null;
    const isThere = position + 1 + size <= bytes.length;
    if (!isThere) return this.attempt(() => fail("truncated", position, "the term is cut"));
    this.decoder.position += 1 + size;
    return size === 0 ? 0 : size === 1 ? bytes[position + 1] : view(bytes).getUint32(position + 1);
  }

  /** The elements of a list that are whole, `null` when there is another term; `isProper` says that its tail is a list. */
  list(depth, isProper = true) {
    const elements = [];
    for (;;) {
      // A list of no elements is its tail.
      const isEnd = this.bytes[this.decoder.position] === 106;
      const count = this.open({ 106: 0, 108: 4 });
      if (count === null) return isProper ? null : elements;
      for (let index = 0; index < count && !this.isCut; index++) {
        const term = this.term(depth + 1);
        if (!this.isCut) elements.push(term);
      }
      if (this.isCut || isEnd) return elements;
    }
  }
}

function readWhole(bytes, limits) {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isCompressed = bytes[0] === 131 && bytes[1] === 80;
  let [content, damage] = [bytes, undefined];
  if (isGzip) ({ content, damage } = inflateFile(bytes, limits));
  if (isCompressed) ({ content, damage } = inflateTerm(bytes, limits.recording));
  const start = isCompressed ? [116] : [131, 116];
  const isCut = content.length < start.length;
  if (start.some((byte, index) => index < content.length && content[index] !== byte)) none();
  if (isCut && damage === undefined && !(isGzip && content.length > 0)) none();
  content = content.subarray(isCompressed ? 0 : 1);
  const reader = new TornReader(content, limits);
  let found = null;
  try {
    const count = reader.open({ 116: 4 });
    const fields = [];
    const names = new Set();
    const once = (name) => {
      if (names.has(name)) fail("malformedTerm", 0, "a map names a key twice");
      names.add(name);
    };
    let events = null;
    for (let index = 0; index < count && !reader.isCut; index++) {
      const key = reader.term(2);
      if (reader.isCut) break;
      const isEvents = atomName(key) === "events";
      if (isEvents) once("events");
      if (isEvents) events = reader.list(2) ?? fail("notARecording", 0, "events that are no list");
      const value = isEvents ? undefined : reader.term(2);
      if (isEvents || reader.isCut) continue;
      // A key is judged when its value is whole.
      if (atomName(key) === undefined) fail("notARecording", 0, "a key that is no atom");
      once(atomName(key));
      fields.push([key, value]);
    }
    found = { fields, events };
  } catch (error) {
    wrapped(error);
  }
  const { fields, events } = found;
  const isNothing = fields.length === 0 && !(events?.length > 0);
  // What is wrong comes before where the bytes end.
  if (reader.isCut && isNothing) wrapped(reader.cause.kind === "truncated" ? damage ?? reader.cause : reader.cause);
  if (!reader.isCut && events === null) fail("notARecording", 0, "the map has no events");
  // A checksum that does not match says that what has been read is not what was written.
  if (!reader.isCut && ["checksum", "malformedMember", "malformedTerm"].includes(damage?.kind)) wrapped(damage);
  return { fields, events: events ?? [] };
}

function inflateFile(bytes, limits) {
  const chunks = [];
  let length = 0;
  try {
    for (const chunk of gzipChunks(bytes)) {
      length += chunk.bytes.length;
      if (length > limits.recording) fail("limitExceeded", 0, "the file inflates to more than the limit");
      chunks.push(chunk.bytes);
    }
  } catch (damage) {
    return { content: concatenate(chunks), damage };
  }
  return { content: concatenate(chunks) };
}

/** What a compressed term inflates to, and what is wrong with its stream. The length that it declares counts for nothing. */
function inflateTerm(bytes, limit) {
  const { content, error } = decompress(bytes, limit, true);
  const isDamaged = error?.kind === "malformedCompression";
  return { content, damage: isDamaged ? new ReelError("malformedTerm", 0, error.message) : error };
}

function none() {
  fail("notARecording", 0, "no file of PhoenixReplay");
}

function readPart(bytes, limits) {
  let fields = null;
  const numbered = [];
  for (let offset = 0; String.fromCharCode(...bytes.subarray(offset, offset + 4)) === "PRF1";) {
    const [isHeadWhole, at] = [offset + 12 <= bytes.length, offset];
    const length = isHeadWhole ? view(bytes).getUint32(offset + 4) : 0;
    const payload = bytes.subarray(offset + 12, offset + 12 + length);
    const isTorn = !isHeadWhole || payload.length < length;
    offset += 12 + length;
    if (!isTorn && crc32(payload) !== view(bytes).getUint32(at + 8)) continue;
    const found = readFrame(payload, limits);
    fields = found.fields ?? fields;
    for (const { elements: [number, term] } of found.events) numbered.push({ number, term });
    if (isTorn) break;
  }
  if (fields === null) fail("truncated", 0, "no frame has a header");
  if (fields.some(([key]) => atomName(key) === undefined)) fail("notARecording", 0, "a key that is no atom");
  numbered.sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0));
  return { fields, events: numbered.map(({ term }) => term) };
}

/** What can be read of a frame, torn or not. */
function readFrame(payload, limits) {
  const nothing = { fields: null, events: [] };
  if (payload.length < 2) return nothing;
  let content = payload.subarray(1);
  if (payload[1] === 80) {
    const { content: inner, damage } = inflateTerm(payload, limits.compressed);
    if (damage?.kind === "limitExceeded") return nothing;
    content = inner;
  }
  const reader = new TornReader(content, limits);
  if (reader.open({ 104: 1 }) !== 2) return nothing;
  const recording = reader.term(1);
  if (reader.isCut || !(recording instanceof TermMap)) return nothing;
  const events = reader.list(1, false);
  const isPair = (term) => term instanceof Tuple && term.elements.length === 2 && isInteger(term.elements[0]);
  if (!events.every(isPair)) fail("malformedFrame", 0, "an event without a number");
  return { fields: [...recording].filter(([key]) => atomName(key) !== "events"), events };
}

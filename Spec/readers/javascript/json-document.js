/** JSON documents as the recordings that they become (json.md §5.3). A torn one gives what is whole. */
import { concatenate } from "./inflate.js";
import { JSONObject, Parser } from "./json-in.js";
import { gzipChunks, gzipHeader, memberFields, startsMember } from "./members.js";
import { LIMITS, Recording, ReelError, TermMap, atom, atomName, isInteger } from "./reel.js";

/** How far into a text its first byte that is no white space may stand. */
const MOST_SPACE = 1 << 16;
/** How deep arrays and objects nest, in a field and in an event with its own object. */
const [FIELD_DEPTH, EVENT_DEPTH] = [1021, 1022];
const KINDS = {
  malformed: "malformedTerm", malformedText: "malformedTerm", duplicateKey: "malformedTerm", trailingBytes: "trailingData",
};

/** Whether a file, of which `head` is the beginning, starts like a JSON object, bare or in gzip. */
export function isDocument(head) {
  const content = startsMember(head) ? unzipped(head, MOST_SPACE).content : head.subarray(0, MOST_SPACE);
  return content.subarray(0, MOST_SPACE).find((byte) => ![32, 9, 10, 13].includes(byte)) === 0x7b;
}

/** The recording that a document becomes. */
export function openDocument(bytes, { limits = {} } = {}) {
  return Recording.imported("json", readDocument(bytes, { ...LIMITS, ...limits }));
}

function readDocument(bytes, limits) {
  const { content, error: torn } = startsMember(bytes) ? unzipped(bytes, limits.recording) : { content: bytes };
  const reader = new DocumentReader(content, limits);
  try {
    reader.read();
    if (torn) throw torn;
    if (!reader.hasEvents) reader.fail("notARecording", 0, "an object without events");
  } catch (error) {
    if (!(error instanceof ReelError)) throw error;
    const isRefused = ["notARecording", "malformedFrame"].includes(error.kind);
    const reason = torn && error.offset === content.length ? torn : error;
    if (isRefused || reader.events.length === 0) {
      throw new ReelError(KINDS[reason.kind] ?? reason.kind, reason.offset, reason.message);
    }
  }
  return { fields: new TermMap(new TermMap(reader.fields).sorted()), events: reader.events };
}

/** What gzip holds up to a limit, and the error that ends it. */
function unzipped(bytes, limit) {
  const chunks = [];
  let [count, error] = [0, undefined];
  try {
    const refuseFields = (header) => {
      if (memberFields(header) !== null) throw new ReelError("notARecording", 0, "a recording");
    };
    for (const chunk of gzipChunks(bytes, refuseFields)) {
      chunks.push(chunk.bytes);
      count += chunk.bytes.length;
      if (count > limit) throw new ReelError("limitExceeded", 0, "the file inflates to more than the limit");
    }
  } catch (reason) {
    if (!(reason instanceof ReelError)) throw reason;
    error = reason;
  }
  return { content: concatenate(chunks), error };
}

class DocumentReader extends Parser {
  fields = [];
  events = [];
  hasEvents = false;

  constructor(bytes, limits) {
    super(bytes, false);
    this.limits = limits;
  }

  read() {
    if (this.next() === undefined) this.fail("truncated", this.position, "the text ends before the document");
    if (this.next() !== 0x7b) this.fail("notARecording", 0, "no object");
    const object = new JSONObject(this.position, { depth: 0, wraps: 0 }, false);
    for (let more = this.opens(0x7d); more; more = this.expect(",}") === ",") {
      object.key(this);
      if ([...object.name].length > 255) this.fail("notARecording", 0, "a name that is too long for an atom");
      if (object.name === "events") this.readEvents();
      else this.fields.push([atom(object.name), fieldOf(object.name, this.bounded(FIELD_DEPTH))]);
    }
    if (this.next() !== undefined) this.fail("trailingBytes", this.position, "something after the document");
    this.hasEvents = object.keys.has("events");
  }

  readEvents() {
    const first = this.next();
    if (first === undefined) this.fail("truncated", this.position, "the text ends before the events");
    if (first !== 0x5b) this.fail("notARecording", 0, "events that are no array");
    for (let more = this.opens(0x5d); more; more = this.expect(",]") === ",") {
      this.space();
      const start = this.position;
      const event = eventOf(this.bounded(EVENT_DEPTH), this.events.length);
      if (event === undefined) this.fail("malformedFrame", start, "an event without offset, type or payload");
      this.events.push(event);
    }
  }

  /** The next byte that is no white space, `undefined` at the end. */
  next() {
    this.space();
    return this.bytes[this.position];
  }

  /** Past the start of an array or object, and past its end when nothing is in it; whether something is. */
  opens(end) {
    this.position += 1;
    if (this.next() !== end) return true;
    this.position += 1;
    return false;
  }

  /** A value whose text is no longer than a frame may be. */
  bounded(depth) {
    this.space();
    const start = this.position;
    const value = this.value(depth);
    if (this.position - start > this.limits.frame) this.fail("limitExceeded", start, "a value of too many bytes");
    return value;
  }
}

function fieldOf(name, value) {
  const isModule = ["view", "__struct__"].includes(name) && typeof value === "string"
    && /^[A-Z][A-Za-z0-9_]*(\.[A-Z][A-Za-z0-9_]*)*$/.test(value) && value.length <= 248;
  return isModule ? atom(`Elixir.${value}`) : value;
}

function eventOf(object, index) {
  if (!(object instanceof TermMap)) return undefined;
  const [offset, type, extra] = ["offset", "type", "extra"].map((name) => object.get(name));
  const isOffset = isInteger(offset) && offset >= 0 && offset < 2n ** 63n;
  const isType = typeof type === "string" && (type.length < 256 || [...type].length < 256);
  if (!isOffset || !isType || !object.has("payload")) return undefined;
  const kind = atomName(atom(type));
  return { index, offset, kind, payload: object.get("payload"), extra: Array.isArray(extra) ? extra : [] };
}

/**
 * Reads recordings (recording.md) and files of PhoenixReplay, in browsers and in Node 18 or later:
 *
 *     const recording = await Recording.open(file); // a Blob, an ArrayBuffer or a URL
 *     for await (const { index, offset, kind, payload } of recording.events({ from: 100 })) ...
 *     const { assigns, components, url } = await recording.stateAt(100);
 *
 * Every error is a `ReelError` with `kind` and `offset` (recording.md §10).
 */
import { Content, memberSteps, plainSteps, readIndex } from "./content.js";
import { documentText, eventText } from "./json.js";
import {
  DATA, END, END_LENGTH, INDEX, STARTS_WITH_KEYFRAME, checkLength, gzipChunks, gzipHeader, memberContent, memberFields,
  startsMember,
} from "./members.js";
import { readPhoenixReplay, summaryOf } from "./phoenix-replay.js";
import { sourceOf } from "./source.js";
import { LIMITS, ReelError, atom } from "./terms.js";
import { Timeline } from "./timeline.js";

export { State } from "./content.js";
export { toJSON, safeInHTML } from "./json.js";
export { inspect } from "./elixir-text.js";
export { Timeline } from "./timeline.js";
export * from "./terms.js";

/** How much is read to find a member's header, and how much is read at once without looking at it first. */
const HEAD = 1024;
const AT_ONCE = 1 << 24;

/** A recording that is read as far as it is asked for. */
export class Recording {
  #source; #limits; #cached = null; #plain = null; #imports = true; #imported = null; #index = null;

  /** `"members"`, `"gzip"`, `"bare"`, `"phoenix-replay"` or `"json"`. */
  form = "members";
  /** Whether the end is there; of a plain recording it is known when it has been read to its end. */
  isFinished = false;
  /** What is wrong with the end of the file, if anything: reading to the end throws it, or what is wrong before. */
  problem = null;
  /** The data members, with the names of recording.md §6.6; empty when the form has none. */
  entries = [];
  /** `version`, two numbers, and `fields`, a map. */
  header = null;

  /**
   * Opens a `Blob`, an `ArrayBuffer`, a URL, or an object with `size` and `read(start, end)`. A file of PhoenixReplay is no
   * recording when `imports` is false.
   */
  static async open(input, { limits = {}, imports = true } = {}) {
    const recording = new Recording(await sourceOf(input), { ...LIMITS, ...limits });
    recording.#imports = imports;
    await recording.#open();
    return recording;
  }

  /** The recording that a file of another form becomes, by the `fields` and `events` that were read from it. */
  static imported(form, read) {
    const recording = new Recording(null, LIMITS);
    recording.#take(form, read);
    return recording;
  }

  constructor(source, limits) {
    this.#source = source;
    this.#limits = limits;
  }

  /** How many events there are; `undefined` for a plain recording, which has to be read to know. */
  get eventCount() {
    if (this.#imported !== null) return this.#imported.events.length;
    if (this.form !== "members") return undefined;
    return this.entries.reduce((_, { firstEvent, eventCount }) => firstEvent + eventCount, 0);
  }

  /** A field of the header by its name. */
  field(name) {
    return this.header.fields.get(atom(name));
  }

  /** The events from one index to before another. Reading all of them finds everything that is wrong with the file. */
  async *events({ from = 0, to = Infinity } = {}) {
    const start = from <= 0 ? 0 : this.#entryOf(from);
    if (start === undefined) return;
    for await (const { event } of this.#steps(start)) {
      if (event === undefined || event.index < from) continue;
      if (event.index < to) yield event;
      if (event.index + 1 >= to) return;
    }
  }

  /** All events: `for await (const event of recording)`. */
  [Symbol.asyncIterator]() { return this.events(); }

  /** The state after an event, a copy of one's own. */
  async stateAt(number) {
    return (await new Timeline(this).at(number)).after;
  }

  /** The first event that has to be read to know the state after event `number`; throws when there is no such event. */
  startOf(number) {
    return this.#startOf(number) > 0 ? this.entries[this.#startOf(number)].firstEvent : 0;
  }

  /** The steps from event `startOf(number)` on: `{ event }`, or `{ keyframe }`, a state. */
  async *steps(number) {
    const start = this.#startOf(number);
    let isFirst = start > 0;
    for await (const step of this.#steps(start)) {
      if (isFirst && step.keyframe === undefined) {
        fail("malformedMember", this.entries[start].offset, "no keyframe comes first");
      }
      isFirst = false;
      yield step;
    }
  }

  /** Finds what has been added to a recording that is being written; the source's `size` says how much there is. */
  async grow() {
    const last = this.entries[this.entries.length - 1];
    if (this.form !== "members" || this.isFinished) return;
    this.problem = null;
    if (!(await this.#findEnd())) await this.#hop(last === undefined ? 0 : last.offset + last.length);
  }

  #startOf(number) {
    let start = Number.isInteger(number) && number >= 0 ? this.#entryOf(number) : undefined;
    while (start > 0 && !this.entries[start].keyframe) start -= 1;
    return start ?? this.#noSuchEvent(number);
  }

  /** The finish frame's `events`, `duration`, `kinds`, `names`, `errors` and `reason`; `null` when there is none. */
  async summary() {
    if (this.#imported !== null) return summaryOf(this.#imported.events);
    let content = null;
    const start = Math.max(0, this.entries.length - 1);
    const steps = this.#steps(start, (read) => {
      content = read;
    });
    while (!(await steps.next()).done);
    return content?.finish ?? null;
  }

  /** The whole recording as a JSON document (json.md §2.1). */
  async document(mapping = "plain") {
    const events = [];
    for await (const event of this.events()) events.push(eventText(event, mapping));
    return documentText(this.header.fields, events, mapping);
  }

  #noSuchEvent(number) {
    throw new ReelError("noSuchEvent", undefined, `there is no event ${number}`);
  }

  /** The data member that holds an event, 0 when there are none to choose from. */
  #entryOf(number) {
    if (this.form !== "members") return 0;
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle].firstEvent + this.entries[middle].eventCount <= number) low = middle + 1;
      else high = middle;
    }
    return low < this.entries.length ? low : undefined;
  }

  // Opening

  async #open() {
    const { size } = this.#source;
    const none = () => {
      throw new ReelError("notARecording", 0, "the file is no recording");
    };
    if (size === 0) none();
    if (!(await this.#findEnd())) {
      const head = await this.#source.read(0, Math.min(size, HEAD));
      if (startsMember(head)) {
        const header = await this.#headerAt(0);
        if (memberFields(header) === null) await this.#openPlain("gzip");
        else await this.#hop();
      } else if (head[0] === 0x1f && size === 1) {
        throw new ReelError("truncated", 0, "the file ends inside a member");
      } else if (isBare(head, this.#limits.frame)) {
        await this.#openPlain("bare");
      } else if (isPhoenixReplay(head)) {
        await this.#import();
      } else {
        none();
      }
    }
    if (this.#imported === null) for await (const _ of this.#steps(0)) break;
    if (this.header === null) none();
  }

  async #openPlain(form) {
    this.form = form;
    this.#plain = await this.#source.read(0, this.#source.size);
    if (form === "gzip") {
      const { value } = gzipChunks(this.#plain).next();
      if (value?.bytes[0] === 131 && value.bytes[1] === 116) await this.#import();
    }
  }

  async #import() {
    if (!this.#imports) throw new ReelError("notARecording", 0, "a file of PhoenixReplay");
    this.#take("phoenix-replay", readPhoenixReplay(await this.#source.read(0, this.#source.size), this.#limits));
  }

  #take(form, read) {
    this.form = form;
    this.#imported = read;
    this.header = { version: [1, 0], fields: read.fields };
    this.isFinished = true;
  }

  /** Finds the members by the end of the file; `false` when there is no end member or the index is wrong. */
  async #findEnd() {
    const { size } = this.#source;
    const start = size - END_LENGTH;
    if (start <= 0) return false;
    try {
      const bytes = await this.#source.read(start, size);
      const header = gzipHeader(bytes, start);
      const fields = memberFields(header);
      if (fields?.kind !== END || fields.length !== END_LENGTH) return false;
      await memberContent(bytes, header, fields);
      this.entries = await this.#entriesBefore(start, fields.indexOffset);
    } catch (error) {
      if (!(error instanceof ReelError) || error.kind === "inputOutput") throw error;
      return false;
    }
    this.isFinished = true;
    return true;
  }

  async #entriesBefore(end, offset) {
    const fail = (what) => {
      throw new ReelError("malformedIndex", offset, what);
    };
    if (offset >= end) fail("the end member names no member before it");
    const member = await this.#member(offset, end - offset);
    if (member.fields.length !== end - offset) fail("the end member names no last member");
    if (member.fields.kind === DATA && offset === 0) return [entry(member)];
    if (member.fields.kind !== INDEX) fail("the end member names no index");
    const entries = readIndex(member, this.#limits);
    let [position, event] = [0, 0];
    for (const entry of entries) {
      const follows = entry.offset === position && entry.firstEvent === event && entry.lastOffset >= entry.firstOffset;
      if (!follows) fail("entries that do not follow one another");
      position += entry.length;
      event += entry.eventCount;
    }
    if (position !== offset || entries.length === 0) fail("the data members do not end where the index starts");
    this.#index = member.offset;
    return entries;
  }

  /** Finds the members from the start on, by the lengths that they declare. */
  async #hop(offset = 0) {
    try {
      while (offset < this.#source.size) {
        const header = await this.#headerAt(offset);
        const fields = memberFields(header);
        if (fields?.kind !== DATA || offset + fields.length > this.#source.size) {
          const what = fields === null ? "malformedMember" : fields.kind === DATA ? "truncated" : "malformedIndex";
          throw new ReelError(what, offset, "what stands here is no whole data member");
        }
        this.entries.push(entry({ offset, fields }));
        offset += fields.length;
      }
    } catch (error) {
      if (!(error instanceof ReelError) || error.kind === "inputOutput") throw error;
      this.problem = error;
    }
  }

  /** The gzip header at an offset, with what has been read of the member. */
  async #headerAt(offset, length = HEAD) {
    for (let count = length; ; count *= 8) {
      const end = Math.min(offset + count, this.#source.size);
      const bytes = await this.#source.read(offset, end);
      const isPart = bytes.length === 1 && bytes[0] === 0x1f;
      if (!startsMember(bytes) && !isPart) {
        throw new ReelError(offset === 0 ? "notARecording" : "trailingData", offset, "bytes that start no member");
      }
      try {
        return { ...gzipHeader(bytes, offset), bytes };
      } catch (error) {
        if (error.kind !== "truncated" || end === this.#source.size) throw error;
      }
    }
  }

  /**
   * The RL member at an offset, checked by steps 1 to 9. `length` is how long it is thought to be; `allow` refuses fields
   * of a member that may not stand there, before anything is made of what they declare.
   */
  async #member(offset, length = HEAD, allow = () => {}) {
    if (this.#cached?.offset === offset) {
      allow(this.#cached.fields);
      return this.#cached;
    }
    const header = await this.#headerAt(offset, length > AT_ONCE ? HEAD : length);
    const fields = memberFields(header);
    if (fields === null) throw new ReelError("malformedMember", offset, "a member without RL among those with it");
    allow(fields);
    checkLength(header, fields, this.#limits.member);
    const end = offset + fields.length;
    if (end > this.#source.size) throw new ReelError("truncated", offset, "the file ends inside a member");
    const isWhole = header.bytes.length >= fields.length;
    const bytes = isWhole ? header.bytes.subarray(0, fields.length) : await this.#source.read(offset, end);
    const content = await memberContent(bytes, header, fields);
    this.#cached = { offset, fields, content };
    return this.#cached;
  }

  // Reading forward

  /** `{ event }` and `{ keyframe }` from an entry on, with all checks. */
  async *#steps(start, onContent = () => {}) {
    if (this.#imported !== null) {
      yield* this.#imported.events.map((event) => ({ event }));
      return;
    }
    const isPlain = this.form !== "members";
    const firstEvent = start > 0 ? this.entries[start].firstEvent : 0;
    const content = new Content(this.#limits, { firstEvent, expectsHeader: start === 0, isPlain });
    onContent(content);
    if (isPlain) yield* this.#plainSteps(content);
    else yield* this.#memberSteps(content, start);
  }

  async *#plainSteps(content) {
    for (const step of plainSteps(this.#plain, content, this.#limits, this.form === "bare")) {
      this.header ??= content.header;
      yield step;
    }
    this.header ??= content.header;
    this.isFinished = content.finish !== null;
  }

  async *#memberSteps(content, start) {
    const seen = this.entries.slice(0, start);
    const { size } = this.#source;
    let offset = start > 0 ? this.entries[start].offset : 0;
    let [index, end] = [null, null];
    const fail = (kind, what, at = offset) => {
      throw new ReelError(kind, at, what);
    };
    // Nothing but an index member and the end follows the finish frame's member, nothing but the end the index.
    const allow = ({ kind }) => {
      if (offset === 0 && kind !== DATA) fail("notARecording", "the first member holds no data");
      if (kind !== DATA || (content.finish === null && index === null)) return;
      fail("malformedMember", "a data member after the finish frame or the index");
    };
    for (let length; offset < size; offset += length) {
      if (end !== null) fail("trailingData", "bytes after the end member");
      const known = this.entries[seen.length];
      const member = await this.#member(offset, known?.offset === offset ? known.length : HEAD, allow);
      const { fields } = member;
      length = fields.length;
      if (index !== null && fields.kind === INDEX) fail("malformedFrame", "a second index");
      if (fields.kind === DATA) {
        const found = entry(member);
        const isOther = start > 0 && this.#index !== null && known !== undefined && !isSame(found, known);
        if (isOther) fail("malformedIndex", "a member that is not what the index says", this.#index);
        for (const step of memberSteps(member, content, this.#limits)) {
          this.header ??= content.header;
          yield step;
        }
        this.header ??= content.header;
        seen.push(found);
      } else if (fields.kind === INDEX) {
        const entries = readIndex(member, this.#limits);
        const isRight = entries.length === seen.length && entries.every((entry, number) => isSame(entry, seen[number]));
        if (!isRight || content.finish === null) fail("malformedIndex", "the index does not agree with the members");
        index = offset;
      } else {
        const isNamed = fields.indexOffset === (index ?? 0) && (index !== null || seen.length === 1);
        const isRight = isNamed && content.finish !== null;
        if (!isRight) fail("malformedIndex", "the end member does not agree with the members");
        end = offset;
      }
    }
    if (index !== null && end === null) fail("malformedIndex", "an index without an end member", index);
  }
}

function fail(kind, offset, what) {
  throw new ReelError(kind, offset, what);
}

const isBare = (head, limit) =>
  head.length > 4 && head[4] === 131 && new DataView(head.buffer, head.byteOffset).getUint32(0) <= limit;

const isPhoenixReplay = (head) =>
  (head[0] === 131 && (head[1] === 80 || head[1] === 116)) || String.fromCharCode(...head.subarray(0, 4)) === "PRF1";

/** What an index says of a data member. */
function entry({ offset, fields }) {
  const { length, contentLength, firstEvent, eventCount, firstOffset, lastOffset, flags } = fields;
  const keyframe = (flags & STARTS_WITH_KEYFRAME) !== 0;
  return { offset, length, contentLength, firstEvent, eventCount, firstOffset, lastOffset, keyframe };
}

const isSame = (one, other) => Object.keys(one).every((key) => one[key] === other[key]);

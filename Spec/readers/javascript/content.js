/** Frames, and what stands in them (recording.md §4.2, §6), and the state that they add up to (§7). */
import {
  HOLDS_FINISH, HOLDS_HEADER, STARTS_WITH_KEYFRAME, gzipChunks, memberFields,
} from "./members.js";
import {
  Local, ReelError, TermMap, Tuple, atom, atomName, decodePrefix, isInteger,
} from "./terms.js";

const MAXIMUM = (1n << 63n) - 1n;

const isCount = (term) => isInteger(term) && term >= 0 && term <= MAXIMUM;
const isText = (term) => typeof term === "string";
const isBinary = (term) => isText(term) || term instanceof Uint8Array;
const get = (map, name) => map.get(atom(name));

/**
 * The frames in `chunks`, objects with `bytes` and the `offset` that errors have: where it starts, the bytes of its
 * term, and how an error in it is reported. `isStart` says that the file starts here, `isBare` that the chunks are not
 * inflated, `isWhole` that the content is known to be sound.
 */
export function* frames(chunks, limit, { isStart = true, isBare = false, isWhole = false } = {}) {
  const iterator = chunks[Symbol.iterator]();
  let [chunk, position] = [{ bytes: new Uint8Array(0), offset: 0 }, 0];
  const next = () => {
    while (position === chunk.bytes.length) {
      const { done, value } = iterator.next();
      if (done) return false;
      [chunk, position] = [value, 0];
    }
    return true;
  };
  const take = (count) => {
    let taken = chunk.bytes.subarray(position, position + count);
    position += taken.length;
    if (taken.length === count) return taken;
    const parts = [taken];
    let length = taken.length;
    while (length < count && next()) {
      taken = chunk.bytes.subarray(position, position + count - length);
      position += taken.length;
      length += taken.length;
      parts.push(taken);
    }
    const all = new Uint8Array(length);
    parts.reduce((start, part) => (all.set(part, start), start + part.length), 0);
    return all;
  };
  for (let isFirst = isStart; next(); isFirst = false) {
    const offset = isBare ? chunk.offset + position : chunk.offset;
    const fail = failure(offset, isFirst);
    const cut = () => fail(isWhole ? "malformedFrame" : "truncated", "a frame is cut");
    const head = take(4);
    if (head.length < 4) cut();
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
    if (length < 2) fail("malformedFrame", `a frame of ${length} bytes`);
    if (length > limit) fail(isFirst ? "notARecording" : "limitExceeded", `a frame of ${length} bytes`);
    const isOther = isFirst && !isBare && !isWhole && next() && chunk.bytes[position] !== 131;
    if (isOther) fail("notARecording", "what follows a length is no term");
    const bytes = take(length);
    if (bytes.length < length) cut();
    yield { offset, bytes, fail };
  }
}

/** What is wrong with the first frame of a file makes it no recording, but for a few kinds. */
const failure = (offset, isFirst = false) => (kind, what) => {
  const isKept = !isFirst || ["truncated", "unsupportedVersion", "limitExceeded"].includes(kind);
  throw new ReelError(isKept ? kind : "notARecording", isFirst ? 0 : offset, what);
};

/** The rules that frames keep, one after the other. */
export class Content {
  header = null;
  finish = null;
  index = null;

  /** `expectsHeader` says whether the first frame is that of a recording. */
  constructor(limits, { firstEvent = 0, expectsHeader = true, isPlain = false } = {}) {
    Object.assign(this, { limits, events: firstEvent, expectsHeader, isPlain });
    this.resetMember();
  }

  /** What the member declares is counted from here on. */
  resetMember() {
    this.member = { frames: 0, events: 0, first: 0, last: 0, flags: 0 };
  }

  /** The steps in a frame: `{ event }` or `{ keyframe }`. */
  *read(frame) {
    const { fail } = frame;
    const term = frameTerm(frame, this.limits);
    const isFirst = this.member.frames++ === 0;
    if (this.expectsHeader) {
      this.header = header(term, fail);
      this.expectsHeader = false;
      this.member.flags |= HOLDS_HEADER;
      return;
    }
    if (Array.isArray(term)) {
      if (term.length === 0) fail("malformedFrame", "a batch without events");
      const before = this.events;
      let events;
      try {
        events = term.map((element) => this.#event(element, fail));
      } catch (error) {
        // Of a batch that is not sound none is given out.
        this.events = before;
        throw error;
      }
      for (const event of events) yield { event };
      return;
    }
    if (!(term instanceof Tuple)) fail("malformedFrame", "a term that is no frame");
    const name = atomName(term.elements[0]);
    switch (name) {
      case undefined: return void (yield { event: this.#event(term, fail) });
      case "recording":
        header(term, fail);
        return fail("malformedFrame", "a second header");
      case "keyframe": {
        const keyframe = this.#keyframe(term, fail);
        if (isFirst) this.member.flags |= STARTS_WITH_KEYFRAME;
        return void (yield { keyframe });
      }
      case "finish":
        if (this.finish !== null) fail("malformedFrame", "a second finish frame");
        this.finish = summary(term, this.events, fail);
        this.member.flags |= HOLDS_FINISH;
        return;
      case "index":
        if (!this.isPlain || this.index !== null) fail("malformedFrame", "an index among other frames");
        this.index = indexEntries(term, this.limits, fail);
    }
  }

  #event(term, fail) {
    const [offset, kind, payload, ...extra] = term instanceof Tuple ? term.elements : [];
    const isEvent = payload !== undefined && isCount(offset) && atomName(kind) !== undefined;
    if (!isEvent) fail("malformedFrame", "a batch or a tuple that is no event");
    if (this.finish !== null) fail("malformedFrame", "an event after the finish frame");
    const { member } = this;
    member.first = member.events === 0 || offset < member.first ? offset : member.first;
    member.last = member.events === 0 || offset > member.last ? offset : member.last;
    member.events += 1;
    return { index: this.events++, offset, kind: atomName(kind), payload, extra };
  }

  #keyframe(term, fail) {
    const [, index, map] = term.elements;
    const state = map instanceof TermMap ? State.of(map) : null;
    if (state === null || !isCount(index)) fail("malformedFrame", "a keyframe without a state");
    if (index !== this.events || this.finish !== null) fail("malformedFrame", "a keyframe in the wrong place");
    return state;
  }
}

function frameTerm({ bytes, fail }, limits) {
  let decoded;
  try {
    decoded = decodePrefix(bytes, limits);
  } catch (error) {
    if (!(error instanceof ReelError)) throw error;
    fail(error.kind === "limitExceeded" ? error.kind : "malformedTerm", error.message);
  }
  if (decoded.used < bytes.length || decoded.unread > 0) fail("malformedFrame", "bytes after the term of a frame");
  if (decoded.term instanceof Local) fail("malformedFrame", "a term that only its node understands");
  return decoded.term;
}

function header(term, fail) {
  const [name, version, fields] = term instanceof Tuple ? term.elements : [];
  const numbers = version instanceof Tuple ? version.elements : [];
  const isVersion = numbers.length === 2 && numbers.every((number) => isCount(number) && number < 256);
  if (atomName(name) !== "recording" || !isVersion) fail("malformedFrame", "the first frame is no header");
  if (numbers[0] !== 1) fail("unsupportedVersion", `version ${numbers.join(".")}, where this reader knows 1`);
  if (!(fields instanceof TermMap) || [...fields].some(([key]) => atomName(key) === undefined)) {
    fail("malformedFrame", "a header without its fields");
  }
  return { version: numbers, fields };
}

function summary(term, count, fail) {
  const map = term.elements[1];
  if (!(map instanceof TermMap)) fail("malformedFrame", "a finish frame without a map");
  const [events, duration, errors] = ["events", "duration", "errors"].map((name) => get(map, name));
  if (!isCount(events) || !isCount(duration)) fail("malformedFrame", "a finish frame without its counts");
  const counts = (name, isKey) => {
    const value = get(map, name);
    if (!(value instanceof TermMap)) return new TermMap();
    const isRight = [...value].every(([key, count]) => isKey(key) && isCount(count));
    return isRight ? value : fail("malformedFrame", `${name} of the finish frame are no counts`);
  };
  const kinds = counts("kinds", (key) => atomName(key) !== undefined);
  const names = counts("names", isText);
  if (events !== count) fail("malformedFrame", `the finish frame counts ${events} events, and there are ${count}`);
  const byName = new Map([...kinds].map(([kind, number]) => [atomName(kind), number]));
  const reason = atomName(get(map, "reason")) ?? "closed";
  return { events, duration, kinds: byName, names, errors: isCount(errors) ? errors : 0, reason };
}

const ENTRY = ["offset", "length", "contentLength", "firstEvent", "eventCount", "firstOffset", "lastOffset"];

/** The entries of the index in an index member. */
export function readIndex({ offset, content }, limits) {
  let entries = null;
  for (const frame of frames([{ bytes: content, offset }], limits.frame, { isStart: false, isWhole: true })) {
    if (entries !== null) frame.fail("malformedFrame", "two frames in an index member");
    entries = indexEntries(frameTerm(frame, limits), limits, frame.fail);
  }
  return entries ?? failure(offset)("malformedIndex", "an index member without an index");
}

function indexEntries(term, limits, fail) {
  const [name, entries] = term instanceof Tuple ? term.elements : [];
  if (atomName(name) !== "index" || !Array.isArray(entries)) fail("malformedFrame", "no index");
  if (entries.length > limits.entries) fail("limitExceeded", `an index of ${entries.length} entries`);
  return entries.map((entry) => {
    const elements = entry instanceof Tuple ? entry.elements : [];
    const isEntry = elements.slice(0, 7).every(isCount) && typeof elements[7] === "boolean";
    if (!isEntry) fail("malformedFrame", "no entry of an index");
    return { ...Object.fromEntries(ENTRY.map((key, index) => [key, elements[index]])), keyframe: elements[7] };
  });
}

/** The steps in a data member, and step 10. */
export function* memberSteps({ offset, fields, content: bytes }, content, limits, { checksFields = true } = {}) {
  const fail = failure(offset);
  const [isStart, wasFinished, first] = [content.expectsHeader, content.finish !== null, content.events];
  content.resetMember();
  for (const frame of frames([{ bytes, offset }], limits.frame, { isStart, isWhole: true })) yield* content.read(frame);
  const { frames: count, events, first: from, last, flags } = content.member;
  if (isStart && count === 0) fail("notARecording", "the first member holds no frame");
  const known = STARTS_WITH_KEYFRAME | HOLDS_HEADER | HOLDS_FINISH;
  const isRight = fields.firstEvent === first && fields.eventCount === events && fields.firstOffset === from
    && fields.lastOffset === last && (fields.flags & known) === flags;
  if ((checksFields && !isRight) || wasFinished) fail("malformedMember", "a member does not hold what it declares");
}

/** The steps in a plain recording; `onMember` may look at the header of each gzip member. */
export function* plainSteps(bytes, content, limits, isBare, onMember = refuseFields) {
  const chunks = isBare ? [{ bytes, offset: 0 }] : bounded(gzipChunks(bytes, onMember), limits.recording);
  for (const frame of frames(chunks, limits.frame, { isBare })) yield* content.read(frame);
  if (content.header === null) throw new ReelError("notARecording", 0, "the file holds no frame");
}

function refuseFields(header) {
  if (memberFields(header) !== null) failure(header.offset)("malformedMember", "a member with RL among those without");
}

function* bounded(chunks, limit) {
  let length = 0;
  for (const chunk of chunks) {
    length += chunk.bytes.length;
    if (length > limit) throw new ReelError("limitExceeded", chunk.offset, `more than ${limit} bytes`);
    yield chunk;
  }
}

/** The kinds that change the state (recording.md §7.1). */
const CHANGING = new Set(["mount", "assigns", "render", "component", "component_destroyed", "params", "handle_params"]);

/**
 * What the view held: `assigns`, `components` by `{module, id}`, `url`, a string or `null`, and `unsure`, the offset
 * since which events are missing that may have changed it, or `null`.
 */
export class State {
  assigns = new TermMap();
  components = new TermMap();
  url = null;
  unsure = null;
  /** In a keyframe's state: the term of the page that the keyframe holds (pages.md §10). */
  page = undefined;

  /** The state that a keyframe holds, `null` when it is none. */
  static of(map) {
    const state = new State();
    const [assigns, url] = [get(map, "assigns"), get(map, "url")];
    const components = map.has(atom("components")) ? get(map, "components") : new TermMap();
    const isComponent = ([key, value]) => key instanceof Tuple && key.elements.length === 2 && value instanceof TermMap;
    const isState = assigns instanceof TermMap && components instanceof TermMap && [...components].every(isComponent);
    if (!isState) return null;
    state.assigns = new TermMap(assigns);
    state.components = new TermMap([...components].map(([key, value]) => [key, new TermMap(value)]));
    state.url = isText(url) ? url : null;
    const unsure = get(map, "unsure");
    state.unsure = isCount(unsure) ? unsure : null;
    state.page = get(map, "page");
    return state;
  }

  /** A copy that goes on by itself; it shares the values. */
  copy() {
    const state = new State();
    state.assigns = new TermMap(this.assigns);
    state.components = new TermMap([...this.components].map(([key, value]) => [key, new TermMap(value)]));
    state.url = this.url;
    state.unsure = this.unsure;
    return state;
  }

  /** The state as the term that a keyframe has (recording.md §7.2). */
  get term() {
    const { assigns, components, unsure, url } = this;
    const pairs = Object.entries({ assigns, components, unsure, url });
    const isThere = ([, value]) => value !== null;
    return new TermMap(pairs.filter(isThere).map(([name, value]) => [atom(name), value]));
  }

  /** Goes on by one event. */
  apply({ kind, payload, offset }) {
    const isSure = surenessAfter({ kind, payload });
    if (isSure === true) this.unsure = null;
    if (isSure === false) this.unsure ??= offset;
    if (!(payload instanceof TermMap)) return;
    const has = (name) => payload.has(atom(name)) || payload.has(name);
    const value = (name) => (payload.has(atom(name)) ? get(payload, name) : payload.get(name));
    const map = (name) => (value(name) instanceof TermMap ? value(name) : null);
    const replaced = kind === "mount" ? map("assigns") : kind === "assigns" ? map("snapshot") : null;
    const merged = kind === "render" ? map("assigns") : kind === "assigns" ? map("delta") : null;
    if (replaced !== null) this.assigns = new TermMap(replaced);
    else if (merged !== null) merge(this.assigns, merged);
    if (kind.startsWith("component") && has("module") && has("id")) {
      const key = new Tuple([value("module"), value("id")]);
      if (kind === "component_destroyed") this.components.delete(key);
      if (kind === "component" && map("assigns") !== null) {
        if (!this.components.has(key)) this.components.set(key, new TermMap());
        merge(this.components.get(key), map("assigns"));
      }
    }
    if (kind === "params" || kind === "handle_params") {
      const url = value(has("uri") ? "uri" : "url");
      if (isText(url)) this.url = url;
    }
  }
}

/** Whether a state is sure after an event, or `null` when that is as it was before it (recording.md §7.1). */
export function surenessAfter({ kind, payload }) {
  if (kind !== "gap" && kind !== "assigns") return null;
  const field = (name) => (payload.has(atom(name)) ? get(payload, name) : payload.get(name));
  const value = payload instanceof TermMap ? field(kind === "gap" ? "dropped" : "snapshot") : undefined;
  if (kind === "assigns") return value instanceof TermMap ? true : null;
  if (!(value instanceof TermMap) || value.size === 0) return false;
  return [...value].some(([name]) => CHANGING.has(isText(name) ? name : atomName(name))) ? false : null;
}

function merge(target, pairs) {
  for (const [key, value] of pairs) target.set(key, value);
}

/** What is known of a recording's events: when, of which kind, and what they say. */
import { groupOf, isCause, isRender } from "./kinds.js";
import { PointerTrack } from "./pointer-track.js";

/** A stretch of time in which nothing happens is idle when it is longer than this, in milliseconds. */
const IDLE = 2_000;

export class Session {
  /** For each event its time, never earlier than that of the one before; `NaN` until it has been read. */
  times = [];
  kinds = [];
  labels = [];
  errors = [];
  viewports = [];
  /** After which events the state is sure or unsure, where that may be another than before. */
  sureness = [];
  /** What an event that marks a moment is called, by its index. */
  marks = new Map();
  /** How long before it arrived an event began that came in a batch, by its index. */
  spans = new Map();
  /** To which address an event has led. */
  addresses = [];
  /** Where pointers were, and how far pages were scrolled. */
  track = new PointerTrack();
  members = [];
  #inputs = []; #start = { viewport: null, address: null };
  #count = 0; #read = 0; #idle = null;

  /** How many of the events that have been read report an error. */
  errorCount = 0;

  isError = (index) => this.errors[index] === true;
  isMark = (index) => this.marks.has(index);
  /** Whether an event is what others come of: something that the user, the browser or another process did. */
  isCause = (index) => isCause(this.kinds[index] ?? "");

  /** The next event of a sort after another one, or before it when `step` is -1; `undefined` when there is none. */
  next(index, step, isWanted) {
    for (let at = index + step; at >= 0 && at < this.#count; at += step) if (isWanted(at)) return at;
    return undefined;
  }

  /** The event that another one came of, `null` of one that is a cause itself or came before any. */
  causeOf(index) {
    if (this.isCause(index)) return null;
    return this.next(index, -1, this.isCause) ?? null;
  }

  /** The events that came of one, up to the next cause. */
  causedBy(index) {
    if (!this.isCause(index)) return [];
    const end = this.next(index, 1, this.isCause) ?? this.#count;
    return Array.from({ length: end - index - 1 }, (_, step) => index + 1 + step).filter((each) => this.isKnown(each));
  }

  /** How long it took from an event to the first render that came of it, `null` when none has. */
  timeToRender(index) {
    if (!this.isCause(index)) return null;
    const render = this.next(index, 1, (each) => this.isCause(each) || isRender(this.kinds[each]));
    return render === undefined || this.isCause(render) ? null : this.timeOf(render) - this.timeOf(index);
  }

  /** How many events there are. */
  get count() { return this.#count; }

  get isRead() { return this.#read === this.#count; }

  /** The time of the last event, as far as it is known. */
  get duration() {
    const last = this.#count > 0 ? this.times[this.#count - 1] : 0;
    return Number.isNaN(last) ? this.members.reduce((most, { lastOffset }) => Math.max(most, lastOffset), 0) : last;
  }

  /** Takes over what the reader says of the whole recording. */
  setFacts({ eventCount, members, viewport, url }) {
    this.members = members;
    this.#start = { viewport: viewport ?? null, address: url };
    if (eventCount !== undefined) this.#grow(eventCount);
  }

  /** Starts anew: the recording has been replaced by another form of itself. */
  reset() {
    Object.assign(this, { times: [], kinds: [], labels: [], errors: [], viewports: [], sureness: [], marks: new Map(), spans: new Map(), addresses: [],
      track: new PointerTrack(), errorCount: 0 });
    this.#inputs = [];
    this.#idle = null;
    [this.#count, this.#read] = [0, 0];
  }

  #grow(count) {
    while (this.times.length < count) {
      this.times.push(NaN);
      this.kinds.push("");
      this.labels.push("");
      this.errors.push(false);
    }
    this.#count = Math.max(this.#count, count);
  }

  /** Takes events in. */
  add({ first, offsets, kinds, labels, errors, viewports, sureness, marks, spans, addresses, pointers, inputs }) {
    this.#grow(first + offsets.length);
    this.#idle = null;
    for (const [step, offset] of offsets.entries()) {
      const index = first + step;
      if (this.kinds[index] === "") this.#read += 1;
      const before = index > 0 ? this.times[index - 1] : 0;
      this.times[index] = Number.isNaN(before) ? offset : Math.max(before, offset);
      this.kinds[index] = kinds[step];
      this.labels[index] = labels[step];
      if (errors[step] && !this.errors[index]) this.errorCount += 1;
      this.errors[index] = errors[step];
    }
    for (const [index, name] of marks) this.marks.set(index, name);
    for (const [index, span] of spans) this.spans.set(index, span);
    // Members come in any order: those after this one may have started from what was not known.
    for (let index = first + offsets.length; index < this.#count; index++) {
      if (!(this.times[index] < this.times[index - 1])) break;
      this.times[index] = this.times[index - 1];
    }
    for (const [all, more] of [[this.viewports, viewports], [this.sureness, sureness], [this.addresses, addresses]]) {
      all.push(...more);
      all.sort((a, b) => a.event - b.event);
    }
    for (const pointer of pointers) this.track.add(pointer);
    this.#inputs.push(...inputs);
    this.#inputs.sort(([a], [b]) => a - b);
  }

  isKnown(index) { return index >= 0 && index < this.#count && this.kinds[index] !== ""; }

  group(index) { return groupOf(this.kinds[index], this.errors[index]); }

  /** The time of an event; of one that has not been read, about where its member has it. */
  timeOf(index) {
    if (index < 0) return 0;
    const time = this.times[index];
    if (!Number.isNaN(time) && time !== undefined) return time;
    const member = this.members.find(({ firstEvent, eventCount }) =>
      index >= firstEvent && index < firstEvent + eventCount);
    if (member === undefined) return 0;
    const share = (index - member.firstEvent) / Math.max(1, member.eventCount);
    return member.firstOffset + share * (member.lastOffset - member.firstOffset);
  }

  /** The last event up to a time, -1 when there is none. */
  indexAt(time) {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeOf(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The last event up to this one whose kind may have changed the page; -1 when none has. */
  pageOf(index, changes) {
    for (let at = Math.min(index, this.#count - 1); at >= 0; at--) {
      if (this.kinds[at] === "" || changes(this.kinds[at])) return at;
    }
    return -1;
  }

  /** The stretches of time in which nothing happens, from the start of each to its end. */
  get idleSpans() {
    if (this.#idle !== null) return this.#idle;
    const spans = [];
    let isKnown = true;
    let end = 0;
    for (let index = 0; index < this.#count; index++) {
      const time = this.times[index];
      if (!Number.isNaN(time)) {
        const start = time - (this.spans.get(index) ?? 0);
        if (isKnown && start - end > IDLE) spans.push([end, start]);
        end = Math.max(end, time);
      }
      isKnown = !Number.isNaN(time);
    }
    this.#idle = spans;
    return spans;
  }

  /** The end of the idle stretch that a time is in, `null` when it is in none. */
  idleUntil(time) {
    return this.idleSpans.find(([start, end]) => time >= start && time < end)?.[1] ?? null;
  }

  /** How long the session is without its idle stretches. */
  get activeTime() {
    return this.idleSpans.reduce((left, [start, end]) => left - (end - start), this.duration);
  }

  /** The spans of time in which the state is unsure, from the start of each to its end. */
  get unsureSpans() {
    const spans = [];
    let start = null;
    for (const { event, isSure } of this.sureness) {
      if (!isSure) start ??= this.timeOf(event);
      else if (start !== null) {
        spans.push([start, this.timeOf(event)]);
        start = null;
      }
    }
    if (start !== null) spans.push([start, this.duration]);
    return spans;
  }

  /** The size of the visitor's window after an event, `null` when it is not known. */
  viewportAt(index) {
    return lastUntil(this.viewports, index) ?? this.#start.viewport ?? this.viewports[0] ?? null;
  }

  /** The address of the page after an event, `null` when it is not known. */
  addressAt(index) {
    return lastUntil(this.addresses, index)?.address ?? this.#start.address;
  }

  /** The values of controls at a time, by selectors (see `page-inputs.js`). */
  inputsAt(time) {
    const values = {};
    for (const [at, changes] of this.#inputs) {
      if (at > time) break;
      Object.assign(values, changes);
    }
    return values;
  }
}

/** The last of what events tell, up to an event. */
const lastUntil = (all, index) => all.findLast(({ event }) => event <= index);

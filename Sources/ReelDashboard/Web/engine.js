/** Reads a recording for the player. It runs in a worker, so that reading never holds up the page. */
import { browserState, entriesOf, pointerOf } from "./browser-input.js";
import { RangedFile } from "./bytes.js";
import { surenessAfter } from "./content.js";
import { erlangText } from "./erlang-text.js";
import { elixirLines, elixirText } from "./known-structs.js";
import { addressOf, isError, label, markName, sizeOf, spanOf, viewport } from "./labels.js";
import { INPUTS } from "./page-inputs.js";
import { PageTimeline, changesPage } from "./pages.js";
import { Recording, State, Timeline, toJSON } from "./reel.js";
import { field, holdsText } from "./payload.js";
import { indented } from "./shown.js";
import { atomName, TermMap } from "./terms.js";
import { rows, termAt } from "./tree.js";
import { visitFacts } from "./visit.js";

/** How long a label is at most, and how many events of a member are told at a time. */
const LABEL = 240;
const BATCH = 2_000;

/** Answers the player's questions; `tell` takes what it has not asked for. */
export class Engine {
  #tell; #input = null; #file = null; #recording = null; #timeline = null; #wanted = 0; #scan = 0;
  #known = { number: null, value: null }; #turn = Promise.resolve(); #pages; #entries = []; #offsets = []; #search = 0; #pageTurn = Promise.resolve();

  constructor(tell) {
    this.#tell = tell;
  }

  /** Opens a URL, or bytes that the page holds, and begins to tell its events, those around `event` first. */
  async open({ url, bytes, event }) {
    this.#input = { url, bytes };
    this.#wanted = event ?? 0;
    return this.#reopen();
  }

  /** Reads the recording from its start again: it has been replaced. */
  async reopen() {
    return this.#reopen();
  }

  /** Looks for what has been added to a recording that is being written. */
  async grow() {
    const before = this.#recording.eventCount;
    if (this.#file === null || before === undefined) return this.#reopen();
    try {
      await this.#file.refresh();
      await this.#recording.grow();
    } catch {
      return this.#reopen();
    }
    this.#forget();
    const facts = this.#facts();
    if (facts.eventCount > before) this.#startScan(before);
    return facts;
  }

  /** Says that events around this one are wanted first. */
  want({ event }) {
    this.#wanted = event;
  }

  /** The time since which the state after an event is unsure, `null` when it is sure. */
  async unsure({ event }) {
    const { unsure } = (await this.#at(event)).after;
    return unsure === null ? null : Number(unsure);
  }

  /** The page after an event, as it was sent to the browser: `text`, `title` and `reason`, why it may be wrong. */
  async page({ event }) {
    if (event < 0) return { text: null, title: null, reason: null };
    const pages = this.#pages;
    const page = this.#pageTurn.then(() => pages.at(event));
    this.#pageTurn = page.catch(() => {});
    const { text, title, reason } = (await page).written();
    return { text, title, reason };
  }

  /** The events in which a text stands: in any text or name of theirs, in capitals or not. */
  async find({ query }) {
    this.#search += 1;
    const search = this.#search;
    const wanted = query.toLowerCase();
    const found = [];
    let number = 0;
    try {
      for await (const event of this.#recording.events()) {
        if (holdsText(event.payload, wanted)) found.push(event.index);
        number += 1;
        if (number % 500 === 0) await breath();
        // Something else is looked for in the meantime.
        if (search !== this.#search) return [];
      }
    } catch {
      // What cannot be read has been told; what can is found.
    }
    return found;
  }

  /** The rows of the state after an event, or of the event itself. */
  async tree({ source, event, options }) {
    return rows(await this.#roots(source, event), options);
  }

  /** A part of the state or of the event as text. */
  async text({ source, event, path, notation, charlists }) {
    const roots = await this.#roots(source, event);
    if (path === undefined && source === "state" && notation === "elixir") {
      const { after } = await this.#at(event);
      return elixirLines(after.term, (key) => (atomName(key) === "components" ? 2 : 1), charlists);
    }
    const term = path !== undefined ? termAt(roots, path)
      : source === "state" ? (await this.#at(event)).after.term : (await this.#at(event)).event.payload;
    if (term === undefined) return "";
    if (notation === "erlang") return erlangText(term, charlists);
    if (notation === "elixir") {
      return term instanceof TermMap ? elixirLines(term, () => 0, charlists) : elixirText(term, charlists);
    }
    return indented(toJSON(term, notation === "tagged" ? "tagged" : "plain"));
  }

  async #reopen() {
    this.#scan += 1;
    const { url, bytes } = this.#input;
    [this.#entries, this.#offsets] = [[], []];
    this.#file = url === undefined ? null : await RangedFile.open(url);
    this.#recording = await Recording.open(this.#file ?? bytes);
    this.#forget();
    const facts = { ...this.#facts(), hasPages: await this.#hasPages() };
    this.#startScan(0);
    return facts;
  }

  /** Whether the recording says that it holds pages, before its events have been read. */
  async #hasPages() {
    try {
      const summary = this.#recording.isFinished && this.#recording.form === "members" ? await this.#recording.summary() : null;
      return [...(summary?.kinds.keys() ?? [])].some((kind) => changesPage(kind) && kind !== "gap");
    } catch {
      // What is wrong is told when the events are read.
      return false;
    }
  }

  #forget() {
    this.#timeline = new Timeline(this.#recording);
    this.#pages = new PageTimeline(this.#recording);
    this.#known = { number: null, value: null };
  }

  #facts() {
    const { form, isFinished, problem, entries, eventCount, header: { version } } = this.#recording;
    const header = (name) => this.#recording.field(name);
    const view = header("view");
    const name = atomName(view)?.replace(/^Elixir\./, "") ?? (typeof view === "string" ? view : null);
    const [id, url, connectedAt] = [header("id"), header("url"), header("connected_at")];
    return {
      form, isFinished, eventCount, view: name, version,
      id: typeof id === "string" ? id : null, url: typeof url === "string" ? url : null,
      connectedAt: typeof connectedAt === "number" ? connectedAt : null,
      viewport: sizeOf(field(header("client"), "viewport")),
      visit: visitFacts(this.#recording),
      problem: isFinished ? null : problem?.message ?? null,
      members: entries.map(({ firstEvent, eventCount: count, firstOffset, lastOffset }) =>
        ({ firstEvent, eventCount: count, firstOffset, lastOffset })),
    };
  }

  // The state at an event

  #at(number) {
    if (this.#known.number !== number) {
      const timeline = this.#timeline;
      const value = this.#turn.then(() => (number < 0
        ? { event: null, before: new State(), after: new State() } : timeline.at(number)));
      this.#turn = value.catch(() => {});
      this.#known = { number, value };
      value.catch(() => {
        if (this.#known.value === value) this.#known = { number: null, value: null };
      });
    }
    return this.#known.value;
  }

  async #roots(source, number) {
    const { event, before, after } = await this.#at(number);
    if (source === "event") {
      if (event === null) return [];
      const extra = event.extra.length === 0 ? [] : [{ id: "extra", key: [["key", "extra: "]], term: event.extra }];
      return [{ id: "payload", key: [], term: event.payload }, ...extra];
    }
    const roots = [{ id: "assigns", key: [["key", "assigns: "]], term: after.assigns, before: before.assigns }];
    if (after.components.size > 0 || before.components.size > 0) {
      const [term, earlier] = [after.components, before.components];
      roots.push({ id: "components", key: [["key", "components: "]], term, before: earlier });
    }
    if (this.#entries.length > 0) {
      const at = (index) => browserState(this.#entries, this.#offsets[index] ?? -1);
      roots.push({ id: "browser", key: [["key", "browser: "]], term: at(number), before: at(number - 1) });
    }
    roots.push({ id: "url", key: [["key", "url: "]], term: after.url, before: before.url });
    return roots;
  }

  /** Keeps what the browser alone knows, and tells what of it are the values of controls. */
  #keepEntries(event, inputs) {
    this.#offsets[event.index] = Number(event.offset);
    const entries = entriesOf(event);
    if (entries.length === 0) return;
    this.#entries.push(...entries);
    this.#entries.sort((a, b) => a.time - b.time);
    for (const { time, key, changes } of entries) if (key === INPUTS) inputs.push([time, JSON.parse(toJSON(changes, "plain"))]);
  }

  // All events, one member after the other

  async #startScan(first) {
    this.#scan += 1;
    const scan = this.#scan;
    const recording = this.#recording;
    try {
      const { entries } = recording;
      if (entries.length === 0) {
        await this.#tellEvents(scan, recording.events());
      } else {
        const left = entries.filter(({ firstEvent, eventCount }) => firstEvent + eventCount > first && eventCount > 0);
        while (left.length > 0 && scan === this.#scan) {
          const isWanted = ({ firstEvent, eventCount }) =>
            this.#wanted >= firstEvent && this.#wanted < firstEvent + eventCount;
          const [{ firstEvent, eventCount }] = left.splice(Math.max(0, left.findIndex(isWanted)), 1);
          const range = { from: Math.max(first, firstEvent), to: firstEvent + eventCount };
          await this.#tellEvents(scan, recording.events(range));
          await breath();
        }
      }
      if (scan === this.#scan) this.#tell({ type: "read" });
    } catch (error) {
      if (scan === this.#scan) this.#tell({ type: "problem", message: error.message });
    }
  }

  async #tellEvents(scan, events) {
    let batch = null;
    const send = () => {
      if (batch !== null && scan === this.#scan) this.#tell({ type: "events", ...batch });
      batch = null;
    };
    try {
      for await (const event of events) {
        if (scan !== this.#scan) return;
        batch ??= { first: event.index, offsets: [], kinds: [], labels: [], errors: [], viewports: [], sureness: [], marks: [], spans: [],
          addresses: [], pointers: [], inputs: [] };
        const text = label(event);
        batch.offsets.push(Number(event.offset));
        batch.kinds.push(event.kind);
        batch.labels.push(text.length > LABEL ? `${text.slice(0, LABEL)}…` : text);
        batch.errors.push(isError(event));
        const size = viewport(event);
        if (size !== null) batch.viewports.push({ event: event.index, ...size });
        const [mark, span] = [markName(event), spanOf(event)];
        if (mark !== null) batch.marks.push([event.index, mark.slice(0, LABEL)]);
        if (span > 0) batch.spans.push([event.index, span]);
        const [address, pointer] = [addressOf(event), pointerOf(event)];
        if (address !== null) batch.addresses.push({ event: event.index, address });
        if (pointer !== null) batch.pointers.push(pointer);
        this.#keepEntries(event, batch.inputs);
        const isSure = surenessAfter(event);
        if (isSure !== null) batch.sureness.push({ event: event.index, isSure });
        if (batch.labels.length === BATCH) {
          send();
          await breath();
        }
      }
    } finally {
      send();
    }
  }
}

/** Lets what has been asked in the meantime be answered. */
const breath = () => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(null);
});

/**
 * The page as the visitor saw it (pages.md):
 *
 *     const page = new Page();
 *     for await (const event of recording.events()) page.apply(event);
 *     const { text, title, isUnsure } = page.written();
 */
import { LIMITS, PageFault, Region } from "./page-tree.js";
import { contentEnd, decoded, filled, tags } from "./page-text.js";
import { ReelError, Tuple, TermMap, atom, atomName } from "./terms.js";

export { PageFault } from "./page-tree.js";

const KINDS = new Set(["page", "page_join", "page_diff", "gap"]);
const BEFORE = '<!DOCTYPE html><html><head><meta charset="utf-8"><title></title></head><body>';
const AFTER = "</body></html>";
const BLANK = /^[ \t\n\f\r]*$/;

/** Whether events of a kind may change the page. */
export const changesPage = (kind) => KINDS.has(kind);

const value = (map, name) => (map.has(atom(name)) ? map.get(atom(name)) : map.get(name));
const has = (map, name) => map.has(atom(name)) || map.has(name);
const isText = (term) => typeof term === "string";

/** A page, as far as the events that have been applied make it. */
export class Page {
  /** The id of the root, `null` before there is one. */
  root = null;
  #document = null; #regions = new Map(); #unsure = new Map(); #waiting = []; #title = null; #wantsDefault = false; #lost = null;

  /** The page that a keyframe holds, `null` when the term is none. */
  static of(term) {
    if (!Array.isArray(term)) return null;
    const page = new Page();
    for (const event of term) {
      const [kind, payload] = event instanceof Tuple && event.elements.length === 2 ? event.elements : [];
      if (atomName(kind) === undefined) return null;
      page.apply({ kind: atomName(kind), payload });
    }
    return page;
  }

  /** A copy that goes on by itself; it shares what does not change. */
  copy() {
    const page = new Page();
    page.root = this.root;
    page.#document = this.#document;
    page.#regions = new Map(this.#regions);
    page.#unsure = new Map(this.#unsure);
    page.#waiting = [...this.#waiting];
    [page.#title, page.#wantsDefault, page.#lost] = [this.#title, this.#wantsDefault, this.#lost];
    return page;
  }

  /** Whether there is a page: whether the root has joined. */
  get isThere() { return this.#regions.has(this.root); }

  /** Goes on by one event. */
  apply({ kind, payload }) {
    if (kind === "gap") return this.#gap();
    if (!KINDS.has(kind)) return;
    const id = payload instanceof TermMap ? value(payload, "id") : undefined;
    if (!isText(id) || id === "") return void (this.#lost = "an event of the page has no id");
    if (kind === "page") this.#take(id, payload);
    if (kind === "page_join") this.#join(id, value(payload, "tree"));
    if (kind === "page_diff") this.#diff(id, payload);
  }

  #gap() {
    for (const id of this.#regions.keys()) this.#unsure.set(id, "events are missing");
    // What waits for a join may lack one before it.
    if (this.#waiting.length > 0) this.#lost = "events are missing";
  }

  #take(id, payload) {
    const [before, after] = [value(payload, "before"), value(payload, "after")];
    const element = has(payload, "element") ? value(payload, "element") : `<div id="${id}">`;
    if (![before, after, element].every(isText)) return void (this.#lost = "a page that is malformed");
    this.#document = { before, after, element };
    this.root = id;
  }

  #join(id, tree) {
    try {
      if (!this.#regions.has(id) && this.#regions.size === LIMITS.regions) throw new PageFault("too many regions");
      this.#set(id, Region.joined(tree));
    } catch (error) {
      if (!(error instanceof PageFault)) throw error;
      if (this.#regions.has(id)) this.#unsure.set(id, error.message);
      else this.#lost = error.message;
      return;
    }
    this.root ??= id;
    this.#unsure.delete(id);
    if (id === this.root) this.#lost = null;
    const title = tree instanceof TermMap ? value(tree, "t") : undefined;
    if (isText(title)) this.#setTitle(title);
    else if (id === this.root) this.#wantsDefault = true;
    const waiting = this.#waiting.filter(([region]) => region === id);
    this.#waiting = this.#waiting.filter(([region]) => region !== id);
    for (const [, payload] of waiting) this.#diff(id, payload);
  }

  #diff(id, payload) {
    const region = this.#regions.get(id);
    if (region === undefined) {
      if (this.#waiting.length < LIMITS.waiting) this.#waiting.push([id, payload]);
      else this.#lost = "too many diffs wait for their joins";
      return;
    }
    try {
      const diff = value(payload, "diff");
      this.#set(id, region.merged(diff));
      const title = value(diff, "t");
      if (isText(title)) this.#setTitle(title);
    } catch (error) {
      if (!(error instanceof PageFault)) throw error;
      this.#unsure.set(id, error.message);
    }
  }

  #set(id, region) {
    let size = region.size;
    for (const [other, { size: count }] of this.#regions) if (other !== id) size += count;
    if (size > LIMITS.size) throw new PageFault("a page that is too large");
    this.#regions.set(id, region);
  }

  #setTitle(title) {
    this.#wantsDefault = BLANK.test(title);
    if (!this.#wantsDefault) this.#title = title;
  }

  /**
   * The page: its `text` and its `title`, `null` when there is none, and whether it `isUnsure`, with the `reason`. Throws a `PageFault`
   * when it is beyond the limits.
   */
  written() {
    if (!this.isThere) return { text: null, title: null, isUnsure: this.#lost !== null, reason: this.#lost };
    let reason = this.#lost ?? this.#unsure.get(this.root) ?? null;
    const html = (id) => {
      const holes = new Set();
      const text = this.#regions.get(id).html(undefined, holes);
      return { text, reason: this.#unsure.get(id) ?? (holes.size > 0 ? `the component ${[...holes][0]} is missing` : null) };
    };
    const { before, after, element } = this.#document ?? { before: BEFORE, after: AFTER, element: `<div id="${this.root}">` };
    const title = this.#titled(before, after);
    const name = /^<([^\s/>]*)/.exec(element)?.[1] ?? "div";
    const root = html(this.root);
    reason ??= root.reason;
    let text = `${title.before}${element}${root.text}</${name}>${title.after}`;
    let read = 0;
    for (const id of this.#regions.keys()) {
      if (id === this.root) continue;
      if ((read += text.length) > LIMITS.read) throw new PageFault("too many regions");
      const region = html(id);
      const next = filled(text, id, region.text);
      if (next === null) continue;
      if (next.length > LIMITS.text) throw new PageFault("a page that is too large");
      text = next;
      reason ??= region.reason;
    }
    return { text, title: title.text, isUnsure: reason !== null, reason };
  }

  /** The HTML of one region alone, `null` when there is none. */
  html(id = this.root) {
    return this.#regions.get(id)?.html() ?? null;
  }

  #titled(before, after) {
    const parts = { before, after };
    for (const part of ["before", "after"]) {
      for (const tag of tags(parts[part])) {
        if (tag.isEnd || tag.name !== "title") continue;
        const text = parts[part];
        const end = contentEnd(text, tag);
        let content = text.slice(tag.end, end);
        const [prefix, suffix] = ["data-prefix", "data-suffix"].map((name) => tag.attributes.get(name) ?? "");
        const other = this.#wantsDefault && tag.attributes.has("data-default") ? tag.attributes.get("data-default")
          : this.#title?.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
        if (other !== undefined) content = prefix + other + suffix;
        parts[part] = text.slice(0, tag.end) + content + text.slice(end);
        return { ...parts, text: collapsed(decoded(content)) };
      }
    }
    return { ...parts, text: collapsed(decoded(this.#title ?? "")) };
  }
}

/** The files that a recording holds for its pages (pages.md §8.4): `type` and `content`, bytes, by their addresses. */
export async function assetsOf(recording) {
  const assets = new Map();
  let size = 0;
  for await (const { kind, payload } of recording.events()) {
    if (kind === "page_join") break;
    if (kind !== "page_asset" || !(payload instanceof TermMap)) continue;
    const [href, type, file] = ["href", "type", "content"].map((name) => value(payload, name));
    const content = isText(file) ? new TextEncoder().encode(file) : file;
    if (!isText(href) || href === "" || !isText(type) || !(content instanceof Uint8Array)) continue;
    size += content.length;
    if (size > LIMITS.assets) break;
    assets.set(href, { type, content });
  }
  return assets;
}

/** The pages of a recording in any order. It goes on where it is when that is nearer than a keyframe with a page. */
export class PageTimeline {
  #recording; #steps = null; #page = null; #next = 0;

  constructor(recording) {
    this.#recording = recording;
  }

  /** The page after the event with a number, a copy of one's own; throws when there is no such event. */
  async at(number) {
    const start = this.#recording.startOf(number);
    const isBehind = this.#steps === null || number < this.#next - 1;
    if (number === this.#next - 1 && this.#page !== null) return this.#page.copy();
    if (isBehind || start > this.#next) await this.#start(number, isBehind);
    try {
      while (this.#next <= number) {
        const { value, done } = await this.#steps.next();
        if (done) throw new ReelError("noSuchEvent", undefined, `there is no event ${number}`);
        const { keyframe, event } = value;
        if (keyframe !== undefined) this.#page = Page.of(keyframe.page) ?? this.#page;
        if (event === undefined) continue;
        this.#page.apply(event);
        this.#next = event.index + 1;
      }
    } catch (error) {
      this.#steps = null;
      throw error;
    }
    return this.#page.copy();
  }

  /** Starts from the nearest keyframe with a page, or from the start of the recording. */
  async #start(number, isNeeded) {
    for (let from = number; ;) {
      const start = this.#recording.startOf(from);
      if (!isNeeded && start <= this.#next) return;
      const steps = this.#recording.steps(from);
      const first = start > 0 ? await steps.next() : null;
      const page = first === null ? new Page() : Page.of(first.value?.keyframe?.page);
      if (page !== null) {
        await this.#steps?.return();
        [this.#steps, this.#page, this.#next] = [steps, page, start];
        return;
      }
      await steps.return();
      from = start - 1;
    }
  }
}

const collapsed = (text) => text.replace(/[ \t\n\f\r]+/g, " ").replace(/^ | $/g, "");

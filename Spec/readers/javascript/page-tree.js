/**
 * Trees of pages and how they change (pages.md §3 to §7). A value is a string, a number (a component), a `Part` or `Rows`. None is
 * ever changed, so trees share what they have in common, and "old" is what was there before.
 */
import { Atom, TermMap } from "./terms.js";
import { idOfFirstTag } from "./page-text.js";

export const LIMITS = {
  depth: 256, size: 64 << 20, text: 64 << 20, regions: 10_000, waiting: 1_000, moved: 200_000_000, read: 1 << 30, assets: 16 << 20,
};

/** Why an event of a page cannot be taken: its region is unsure from there on. */
export class PageFault extends Error {
  constructor(what) {
    super(what);
    this.name = "PageFault";
  }
}

const fault = (what) => {
  throw new PageFault(what);
};

const VALUE = 16;
const bytes = (text) => {
  let count = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) count += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return count;
};
const sizeOf = (value) => (typeof value === "string" ? VALUE + bytes(value) : typeof value === "number" ? VALUE : value.size);
const depthOf = (value) => (typeof value === "object" ? value.depth : 0);
const isOpen = (value) => typeof value === "object" && value.isOpen;
const hasStreams = (value) => typeof value === "object" && value.hasStreams;

/** What several values come to. */
function sum(values, start) {
  let [size, depth, isOpenBelow, hasStreamsBelow] = [start, 0, false, false];
  for (const value of values) {
    size += sizeOf(value);
    depth = Math.max(depth, depthOf(value));
    isOpenBelow ||= isOpen(value);
    hasStreamsBelow ||= hasStreams(value);
  }
  if (depth + 1 > LIMITS.depth) fault(`values nest deeper than ${LIMITS.depth}`);
  return { size, depth: depth + 1, isOpen: isOpenBelow, hasStreams: hasStreamsBelow };
}

/** The lists of statics that are known, with what they come to: they are shared, so each is counted once. */
const staticSizes = new WeakMap();
function staticSize(statics) {
  let size = staticSizes.get(statics);
  if (size === undefined) {
    size = statics.reduce((total, text) => total + VALUE + bytes(text), VALUE);
    staticSizes.set(statics, size);
  }
  return size;
}

export class Part {
  constructor(statics, values) {
    this.statics = statics;
    this.values = values;
    Object.assign(this, sum(values, staticSize(statics)));
  }
}

/** A comprehension. `ref` names its stream, if it has one; `change` is what the diff at hand says of that stream. */
export class Rows {
  constructor(statics, rows, ref = null, change = null) {
    Object.assign(this, { statics, rows, ref, change });
    const values = rows.flatMap((row) => (row instanceof Part ? [row] : row));
    Object.assign(this, sum(values, staticSize(statics) + rows.length * VALUE));
    if (change !== null) this.isOpen = true;
    if (ref !== null) this.hasStreams = true;
  }
}

// Maps

const NAMES = new Set(["s", "p", "r", "d", "k", "stream"]);
const TOP = new Set([...NAMES, "c", "t", "e"]);
const DIGITS = /^(0|[1-9][0-9]{0,14})$/;

/** A map's names and numbers. A key may be written in several ways: integers come before atoms, and these before binaries. */
export function fieldsOf(map, known) {
  const [names, numbers, ranks] = [new Map(), new Map(), new Map()];
  for (const [key, value] of map) {
    const text = key instanceof Atom ? key.name : key;
    const isNumber = Number.isSafeInteger(text) && text >= 0;
    const isDigits = typeof text === "string" && DIGITS.test(text);
    const [fields, field] = isNumber ? [numbers, text] : isDigits ? [numbers, Number(text)] : [names, text];
    if (fields === names && !known.has(text)) fault("a key that no version of LiveView has");
    const rank = isNumber ? 2 : key instanceof Atom ? 1 : 0;
    const id = `${fields === names}:${field}`;
    if ((ranks.get(id) ?? -1) > rank) continue;
    ranks.set(id, rank);
    fields.set(field, value);
  }
  return { names, numbers };
}

const isCid = (term) => Number.isSafeInteger(term) && term > 0;
const isTexts = (term) => Array.isArray(term) && term.every((text) => typeof text === "string");

function templatesOf(term) {
  if (!(term instanceof TermMap)) fault("templates that are no map");
  const { numbers } = fieldsOf(term, new Set());
  for (const statics of numbers.values()) if (!isTexts(statics)) fault("a template that is no list of texts");
  return numbers;
}

function staticsOf(term, templates) {
  const statics = Number.isSafeInteger(term) ? templates?.get(term) : term;
  if (!isTexts(statics)) fault("statics that are no list of texts");
  return statics;
}

// Merging (§5). `old` is undefined where there is nothing.

function merge(old, term, templates, depth) {
  if (typeof term === "string") return term;
  if (isCid(term)) return term;
  if (!(term instanceof TermMap)) fault("a value that is neither text, component nor map");
  return mergeMap(old, fieldsOf(term, NAMES), templates, depth);
}

function mergeMap(old, fields, templates, depth) {
  if (depth > LIMITS.depth) fault(`values nest deeper than ${LIMITS.depth}`);
  const { names } = fields;
  const isWhole = names.has("s");
  const hasRows = names.has("d") || names.has("k");
  if (!isWhole && !(old instanceof Part) && !(old instanceof Rows)) fault("a change of something that is not there");
  const isRows = isWhole ? hasRows : old instanceof Rows;
  const own = names.has("p") ? templatesOf(names.get("p")) : null;
  return isRows ? mergeRows(isWhole ? undefined : old, fields, templates, templates ?? own, depth)
    : mergePart(isWhole ? undefined : old, fields, own ?? templates, depth);
}

function mergePart(old, { names, numbers }, templates, depth) {
  for (const name of ["d", "k", "stream"]) if (names.has(name)) fault("rows for a part");
  const statics = old === undefined ? staticsOf(names.get("s"), templates) : old.statics;
  if (statics.length === 0) fault("a part without statics");
  if (old !== undefined && numbers.size === 0) return old;
  return new Part(statics, mergeValues(old?.values, numbers, statics.length - 1, templates, depth));
}

function mergeValues(old, numbers, count, templates, depth) {
  if (old === undefined && numbers.size < count) fault("a value is missing");
  const values = old === undefined ? new Array(count) : old.slice();
  for (const [number, term] of numbers) {
    if (number >= count) fault("a value that no static comes after");
    values[number] = merge(old?.[number], term, templates, depth + 1);
  }
  return values;
}

function mergeRows(old, { names, numbers }, outer, templates, depth) {
  if (numbers.size > 0 || (names.has("d") && names.has("k"))) fault("a comprehension with values of its own");
  const statics = old === undefined ? staticsOf(names.get("s"), outer) : old.statics;
  const change = names.has("stream") ? streamChange(names.get("stream")) : null;
  const count = statics.length - 1;
  let rows = old?.rows ?? [];
  if (names.has("d")) rows = listedRows(names.get("d"), count, templates, depth, change !== null);
  if (names.has("k")) rows = keyedRows(old?.rows ?? [], old === undefined, names.get("k"), count, templates, depth);
  return new Rows(statics, rows, change?.ref ?? old?.ref ?? null, change);
}

function listedRows(list, count, templates, depth, isStream) {
  if (!Array.isArray(list)) fault("rows that are no list");
  return list.map((row) => {
    if (isStream && row instanceof TermMap) {
      const part = mergeMap(undefined, fieldsOf(row, NAMES), templates, depth + 1);
      return part instanceof Part ? part : fault("a row that is no part");
    }
    if (!Array.isArray(row) || row.length !== count) fault("a row that does not fit the statics");
    return row.map((term) => merge(undefined, term, templates, depth + 1));
  });
}

const KEYED = new Set(["kc", "km"]);

function keyedRows(old, isWhole, term, width, templates, depth) {
  if (!(term instanceof TermMap)) fault("rows that are no map");
  const { names, numbers } = fieldsOf(term, KEYED);
  const count = names.get("kc");
  if (!Number.isSafeInteger(count) || count < 0) fault("rows without their number");
  if (count > 0 && width < 0) fault("a row that does not fit the statics");
  if (count > old.length + numbers.size) fault("a row that is not there");
  for (const number of numbers.keys()) if (number >= count) fault("a row that is one too many");
  const oldRow = (index) => (Number.isSafeInteger(index) && index >= 0 && index < old.length && !isWhole
    ? old[index] : fault("a row that is not there"));
  return Array.from({ length: count }, (_, index) => {
    if (!numbers.has(index)) return oldRow(index);
    const entry = numbers.get(index);
    if (typeof entry === "number") return oldRow(entry);
    const isMoved = Array.isArray(entry);
    if (isMoved && entry.length !== 2) fault("a row that is neither moved nor changed");
    const change = isMoved ? entry[1] : entry;
    if (!(change instanceof TermMap)) fault("a row that is no map");
    const before = isMoved ? oldRow(entry[0]) : old[index];
    return mergeValues(before, fieldsOf(change, new Set()).numbers, width, templates, depth);
  });
}

function streamChange(term) {
  const [ref, inserts, deleted, reset] = Array.isArray(term) ? term : [];
  const isForm = typeof ref === "string" && Array.isArray(inserts) && isTexts(deleted) && term.length <= 4
    && (term.length === 3 || typeof reset === "boolean");
  if (!isForm) fault("a stream that is not [Ref, Inserts, Deleted]");
  const places = new Map();
  for (const insert of inserts) {
    const [id, at, limit = null, updateOnly = null] = Array.isArray(insert) ? insert : [];
    const isInsert = typeof id === "string" && isIndex(at) && (limit === null || isIndex(limit));
    if (!isInsert) fault("an insert that is not [Id, At, Limit, UpdateOnly]");
    places.set(id, { at, limit: limit ?? 0, isUpdateOnly: updateOnly === true });
  }
  return { ref, places, deleted: new Set(deleted), isReset: reset === true };
}

const isIndex = (term) => Number.isSafeInteger(term);

// Regions

/** A region: its `tree`, its `components` by their numbers, and the items of its streams by their names. */
export class Region {
  constructor(tree = "", components = new Map(), streams = new Map()) {
    Object.assign(this, { tree, components, streams });
    let size = sizeOf(tree);
    for (const component of components.values()) size += sizeOf(component);
    for (const items of streams.values()) for (const { part } of items) size += part.size;
    this.size = size;
  }

  /** A region that begins with a tree. */
  static joined(term) {
    if (typeof term === "string") return new Region(term);
    if (!(term instanceof TermMap)) fault("a tree that is neither a text nor a map");
    return new Region().merged(term, true);
  }

  /** The region after a diff. */
  merged(term, isJoin = false) {
    if (!(term instanceof TermMap)) fault("a diff that is no map");
    const fields = fieldsOf(term, TOP);
    const { names, numbers } = fields;
    const changes = names.has("c") ? componentChanges(names.get("c")) : new Map();
    for (const name of ["c", "t", "e", "r"]) names.delete(name);
    const isWhole = names.has("s");
    if (isJoin && !isWhole) fault("a tree without statics");
    const tree = names.size + numbers.size === 0 ? this.tree : mergeMap(this.tree, fields, null, 1);
    if (isWhole && !(tree instanceof Part)) fault("a tree that is no part");
    const before = isWhole ? new Map() : this.components;
    const components = changes.size === 0 ? before : new Map([...before, ...new Merging(before, changes).all()]);
    return new Region(tree, components, this.streams).#settled();
  }

  /** Takes what the streams have brought out of the tree (§7). */
  #settled() {
    const streams = new Map(this.streams);
    const settle = (value) => {
      if (!isOpen(value)) return value;
      if (value instanceof Part) return new Part(value.statics, value.values.map(settle));
      if (value.change === null) return new Rows(value.statics, value.rows.map((row) => row.map(settle)), value.ref);
      const rows = value.rows.map((row) => {
        const part = row instanceof Part ? row : new Part(value.statics, row);
        return { id: idOfFirstTag(this.html(part)), part: settle(part) };
      });
      streams.set(value.ref, itemsAfter(streams.get(value.ref) ?? [], value.change, rows));
      return new Rows(value.statics, [], value.ref);
    };
    const tree = settle(this.tree);
    let components = this.components;
    const open = [...components].filter(([, component]) => isOpen(component));
    if (open.length > 0) {
      components = new Map(components);
      for (const [cid, component] of open.sort(([a], [b]) => a - b)) components.set(cid, settle(component));
    }
    if (streams.size > 0) forget(streams, tree, components);
    return new Region(tree, components, streams);
  }

  /** The HTML of a value. `holes`, a set, gets the numbers of components that are not there. */
  html(value = this.tree, holes = new Set()) {
    const writing = new Writing(this, holes);
    writing.write(value, 0);
    return writing.text;
  }
}

function componentChanges(term) {
  if (!(term instanceof TermMap)) fault("components that are no map");
  const { numbers } = fieldsOf(term, new Set());
  if (numbers.has(0)) fault("a component without a number");
  return numbers;
}

/** The components of a diff (§6). */
class Merging {
  #old; #changes; #done = new Map();

  constructor(old, changes) {
    this.#old = old;
    this.#changes = changes;
  }

  all() {
    for (const cid of this.#changes.keys()) this.#component(cid, 1);
    return this.#done;
  }

  #component(cid, depth) {
    const known = this.#done.get(cid);
    if (known === null || depth > LIMITS.depth) fault("components that are made of one another");
    if (known !== undefined) return known;
    const term = this.#changes.get(cid);
    if (!(term instanceof TermMap)) fault("a component that is no map");
    this.#done.set(cid, null);
    const fields = fieldsOf(term, NAMES);
    const from = fields.names.get("s");
    let base = this.#old.get(cid);
    if (Number.isSafeInteger(from)) {
      base = from > 0 ? this.#changes.has(from) && this.#component(from, depth + 1) : this.#old.get(-from);
      if (!base) fault("a component that is made of one that is not there");
      base = withoutStreams(base);
      fields.names.delete("s");
    }
    const component = mergeMap(base, fields, null, 1);
    this.#done.set(cid, component);
    return component;
  }
}

function withoutStreams(value) {
  if (!hasStreams(value)) return value;
  if (value instanceof Part) return new Part(value.statics, value.values.map(withoutStreams));
  if (value.ref !== null) return new Rows(value.statics, []);
  return new Rows(value.statics, value.rows.map((row) => row.map(withoutStreams)));
}

function itemsAfter(before, { places, deleted, isReset }, rows) {
  const isTaken = ({ id }) => isReset || deleted.has(id);
  const taken = new Set(before.filter(isTaken).map(({ id }) => id));
  let items = before.filter((item) => !isTaken(item));
  const kept = new Set(items.map(({ id }) => id));
  const present = new Set(kept);
  let moved = 0;
  for (const row of rows) {
    const isPresent = row.id !== null && present.has(row.id);
    const index = isPresent ? items.findIndex(({ id }) => id === row.id) : -1;
    if (index >= 0) {
      items[index] = row;
      moved += index;
      continue;
    }
    const place = row.id === null ? undefined : places.get(row.id);
    if (row.id !== null && kept.has(row.id)) continue;
    if (place?.isUpdateOnly && !taken.has(row.id)) continue;
    const { at = -1, limit = 0 } = place ?? {};
    const to = at < 0 ? items.length : Math.min(at, items.length);
    moved += items.length - to + (limit < 0 ? items.length : 0);
    if (moved > LIMITS.moved) fault("a stream that moves too many items");
    items.splice(to, 0, row);
    present.add(row.id);
    if (limit > 0 && items.length > limit) items.length = limit;
    if (limit < 0 && items.length > -limit) items.splice(0, items.length + limit);
  }
  return items;
}

/** Forgets the items of streams that nothing names any more. */
function forget(streams, tree, components) {
  const named = new Set();
  const left = [tree, ...components.values()];
  while (left.length > 0) {
    const value = left.pop();
    if (!hasStreams(value)) continue;
    if (value instanceof Part) left.push(...value.values);
    else for (const row of value.rows) left.push(...row);
    if (value instanceof Part || value.ref === null || named.has(value.ref)) continue;
    named.add(value.ref);
    for (const { part } of streams.get(value.ref) ?? []) left.push(part);
  }
  for (const ref of [...streams.keys()]) if (!named.has(ref)) streams.delete(ref);
}

// Writing

class Writing {
  #region; #holes; #parts = []; #length = 0; #known = new Map();

  constructor(region, holes) {
    this.#region = region;
    this.#holes = holes;
  }

  get text() { return this.#parts.join(""); }

  write(value, depth) {
    if (depth > LIMITS.depth) fault(`values nest deeper than ${LIMITS.depth}`);
    if (typeof value === "string") this.#put(value);
    else if (typeof value === "number") this.#component(value, depth);
    else if (value instanceof Part) this.#row(value.statics, value.values, depth);
    else if (value.ref !== null && value.change === null) this.#items(value, depth);
    else for (const row of value.rows) this.#row(value.statics, row instanceof Part ? row.values : row, depth, row);
  }

  #row(statics, values, depth, row = null) {
    const texts = row instanceof Part ? row.statics : statics;
    this.#put(texts[0]);
    for (const [index, value] of values.entries()) {
      this.write(value, depth + 1);
      this.#put(texts[index + 1]);
    }
  }

  #items({ ref }, depth) {
    for (const { part } of this.#region.streams.get(ref) ?? []) this.write(part, depth + 1);
  }

  /** A component that is referred to again is not written out again: references could double with each step. */
  #component(cid, depth) {
    const component = this.#region.components.get(cid);
    if (component === undefined) {
      this.#holes.add(cid);
      return;
    }
    const known = this.#known.get(cid);
    if (known === null) fault("components that hold one another");
    if (known !== undefined) return this.#put(known);
    this.#known.set(cid, null);
    const start = this.#parts.length;
    this.write(component, depth + 1);
    this.#known.set(cid, this.#parts.slice(start).join(""));
  }

  #put(text) {
    this.#length += text.length;
    if (this.#length > LIMITS.text) fault("a page that is too large");
    this.#parts.push(text);
  }
}

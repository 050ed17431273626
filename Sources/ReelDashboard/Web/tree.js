/** Terms as lines of a tree in Elixir's syntax: what is open, what has changed, what a search finds. */
import { CHARLISTS, inspect, isKeyword, isPair, keyName, structOf } from "./elixir-text.js";
import { elixirText, knownText } from "./known-structs.js";
import { Atom, Float, ImproperList, TermMap, Tuple, atom, atomName, compare, isInteger } from "./terms.js";

/** How many children of a term are shown before "more" is asked for. */
const CHILDREN = 100;
const MOST_ROWS = 4_000;
const MOST_HITS = 1_000;
const MOST_VISITED = 2_000_000;
/** The characters of a line, of an open text, and of what a search looks at. */
const LINE = 160;
const LONG_TEXT = 120;
const OPEN_TEXT = 50_000;

const FIELDS = { pairs: (map) => map.sorted() };

// What a term is made of

/** The members of a set, `null` for any other map. */
function setMembers(map) {
  const members = atomName(map.get(atom("__struct__"))) === "Elixir.MapSet" ? map.get(atom("map")) : null;
  return members instanceof TermMap && knownText(map) !== undefined ? members.sorted().map(([key]) => key) : null;
}

const keyword = (key) => [["key", `${keyName(key)}: `]];
const pairKey = (key) => [...tokens(key, LINE), ["", " => "]];

/**
 * What opens and closes a term, and its children, each with `id`, `key` (tokens) and `term`; `null` without any. A list that
 * is shown as text, which `charlists` says, has children as well.
 */
export function parts(term, charlists = "written") {
  if (Array.isArray(term)) {
    if (term.length === 0) return null;
    const isText = CHARLISTS[charlists](term);
    return { open: "[", close: "]", count: term.length, children: listChildren(term), isList: true, isText };
  }
  if (term instanceof Tuple) {
    if (term.elements.length === 0) return null;
    return { open: "{", close: "}", count: term.elements.length, children: plainChildren(term.elements) };
  }
  if (term instanceof ImproperList) {
    const all = [...term.elements, term.tail];
    return { open: "[", close: "]", count: all.length, children: (from, to) => plainChildren(all)(from, to)
      .map((child) => (child.id === String(all.length - 1) ? { ...child, key: [["", "| "]], isTail: true } : child)) };
  }
  if (term instanceof TermMap) return term.size === 0 ? null : mapParts(term);
  return null;
}

const plainChildren = (terms) => (from, to) =>
  terms.slice(from, to).map((term, index) => ({ id: String(from + index), key: [], term }));

function listChildren(terms) {
  if (!terms.every(isPair)) return plainChildren(terms);
  return (from, to) => terms.slice(from, to).map(({ elements: [key, term] }, index) =>
    ({ id: String(from + index), key: keyword(key), term }));
}

function mapParts(map) {
  const members = setMembers(map);
  if (members !== null) {
    if (members.length === 0) return null;
    return { open: "MapSet.new([", close: "])", count: members.length, children: plainChildren(members), isSet: true };
  }
  if (knownText(map) !== undefined) return null;
  const struct = structOf(map, FIELDS);
  const pairs = struct === null ? map.sorted() : struct.fields;
  const areKeywords = struct !== null || pairs.every(([key]) => isKeyword(key));
  const children = (from, to) => pairs.slice(from, to).map(([key, term]) =>
    ({ id: inspect(key), key: areKeywords ? keyword(key) : pairKey(key), term, mapKey: key }));
  const name = struct === null ? "" : inspect(struct.module);
  return { open: `%${name}{`, close: "}", count: pairs.length, children, isEmpty: pairs.length === 0 };
}

// A line of a term

/** A term as pieces of text, each with what it is; no more than about `budget` characters. */
export function tokens(term, budget, charlists = "written") {
  const out = [];
  let left = budget;
  const put = (kind, text) => {
    if (left <= 0) return;
    const shown = text.length > left ? `${cut(text, left)}…` : text;
    out.push([kind, shown]);
    left -= shown.length;
  };
  const write = (value, depth) => {
    if (left <= 0) return;
    if (typeof value === "string" && value.length > left) {
      const start = inspect(cut(value, left));
      return put("string", start.startsWith('"') ? `${start.slice(0, -1)}…"` : `${start.slice(0, -2)}, …>>`);
    }
    const all = depth > 32 ? null : parts(value, charlists);
    if (all === null || all.isText) return put(sort(value), shortText(value, left, charlists));
    put(all.open.startsWith("%") && all.open.length > 2 ? "module" : "", all.open);
    const children = all.children(0, Math.ceil(left / 3) + 1);
    for (const [index, child] of children.entries()) {
      if (left <= 0) break;
      if (index > 0) put("", child.isTail ? " " : ", ");
      for (const [kind, text] of child.key) put(kind, text);
      write(child.term, depth + 1);
    }
    if (left > 0 && children.length < all.count) put("", ", …");
    if (left > 0) put("", all.close);
    else out.push(["", `…${all.close}`]);
  };
  write(term, 0);
  return out;
}

/** No half of a surrogate pair is left at the end. */
function cut(text, length) {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/** The text of a term without children, as much of it as a line has room for. */
function shortText(term, most, charlists) {
  if (term instanceof Uint8Array && term.length > most) return `${inspect(term.subarray(0, most)).slice(0, -2)}, …>>`;
  if (Array.isArray(term) && term.length > most) {
    const start = elixirText(term.slice(0, most), charlists);
    return start.startsWith("[") ? `${start.slice(0, -1)}, …]` : `${start.slice(0, -1)}…"`;
  }
  if (typeof term === "bigint" && term.toString(16).length > 5_000) return "an integer of many digits";
  return elixirText(term, charlists);
}

function sort(term) {
  if (typeof term === "string") return "string";
  if (isInteger(term) || term instanceof Float) return "number";
  if (term === null || typeof term === "boolean") return "constant";
  if (term instanceof Atom) return term.name.startsWith("Elixir.") ? "module" : "atom";
  return Array.isArray(term) && term.length > 0 ? "string" : term instanceof TermMap && term.size > 0 ? "special"
    : term instanceof Uint8Array ? "string" : "";
}

// What has changed

const isEqual = (a, b) =>
  a === b || (a !== undefined && b !== undefined && sort(a) === sort(b) && compare(a, b) === 0);

/** Finds what a term's children were before. */
function childrenBefore(all, term, before) {
  if (before === undefined) return () => undefined;
  if (term instanceof TermMap && before instanceof TermMap) {
    if (!all.isSet) return (child) => before.get(child.mapKey);
    const members = setMembers(before) === null ? null : before.get(atom("map"));
    return (child) => (members?.has(child.term) ? child.term : undefined);
  }
  const list = (value) => (Array.isArray(value) ? value : value instanceof Tuple ? value.elements : null);
  const [now, then] = [list(term), list(before)];
  if (now === null || then === null) return () => undefined;
  // What stands before and after the elements that came or went is what it was.
  let start = 0;
  while (start < now.length && start < then.length && isEqual(now[start], then[start])) start += 1;
  let end = 0;
  const most = Math.min(now.length, then.length) - start;
  while (end < most && isEqual(now[now.length - 1 - end], then[then.length - 1 - end])) end += 1;
  const isSameLength = now.length === then.length;
  const shift = isSameLength && start === 0 && end === 0 ? shiftOf(now, then) : 0;
  if (shift !== 0) return ({ id }) => then[Number(id) - shift];
  return ({ id }) => {
    const index = Number(id);
    if (index < start || isSameLength) return then[index];
    return index >= now.length - end ? then[then.length - now.length + index] : undefined;
  };
}

/** How far a list that keeps its length has moved on: a few came at one end, as many left at the other. */
function shiftOf(now, then) {
  for (let shift = 1; shift <= Math.min(8, now.length - 1); shift++) {
    if (isEqual(now[shift], then[0])) return shift;
    if (isEqual(now[0], then[shift])) return -shift;
  }
  return 0;
}

/** `"new"`, `"changed"`, `"inside"` when parts of it are, or `""`. */
function markOf(term, before, all, comparesTo) {
  if (!comparesTo || isEqual(term, before)) return "";
  if (before === undefined) return "new";
  const then = all === null ? null : parts(before);
  return then !== null && then.open === all.open ? "inside" : "changed";
}

// Rows

const childPath = (path, id) => `${path}\u0000${id}`;

/**
 * The rows of a tree. `roots` have `id`, `key`, `term`, and `before` where changes are to be seen; `toggles` says of
 * paths whether they are open, `limits` how many children they show; `isRevealing` opens what has changed; `charlists` says
 * which lists of integers are text.
 */
export function rows(
  roots, { toggles = {}, limits = {}, query = "", isRevealing = false, charlists = "written" } = {},
) {
  const out = [];
  const hits = query === "" ? null : search(roots, query, charlists);
  const add = (node, path, depth, comma) => {
    const { key, term, before, compares } = node;
    if (hits !== null && !hits.shown.has(path) && !node.isBelowHit) return;
    if (out.length >= MOST_ROWS) return;
    const all = parts(term, charlists);
    const mark = node.isAdded ? "new" : markOf(term, before, all?.isText ? null : all, compares);
    const isLong = all === null && typeof term === "string" && term.length > LONG_TEXT;
    const isContainer = (all !== null && !all.isEmpty) || isLong;
    const isFound = hits !== null && hits.shown.get(path) === "inside";
    const isOpen = isContainer && (toggles[path] ?? (depth === 0 || isFound
      || (isRevealing && mark === "inside" && !all.isText && all.count <= 60 && depth < 6)));
    const row = { path, depth, key, mark, isContainer, isOpen, isHit: hits?.shown.get(path) === "hit" };
    if (!isOpen || all === null) {
      const count = all?.isText ? undefined : all?.count;
      out.push({ ...row, value: [...tokens(term, LINE, charlists), ["", comma]], count });
      if (isOpen && isLong) {
        const more = term.length - OPEN_TEXT;
        out.push({ path: `${path}\u0001text`, depth: depth + 1, text: cut(term, OPEN_TEXT), more: Math.max(0, more) });
      }
      return;
    }
    out.push({ ...row, value: [[all.open.length > 2 && all.open[0] === "%" ? "module" : "", all.open]] });
    const limit = hits !== null && isFound ? all.count : limits[path] ?? CHILDREN;
    const earlier = compares && mark === "inside" ? childrenBefore(all, term, before) : null;
    const children = all.children(0, limit);
    for (const [index, child] of children.entries()) {
      const then = earlier?.(child);
      const isLast = index === all.count - 1 || children[index + 1]?.isTail === true;
      add({ ...child, before: then, compares: earlier !== null, isAdded: earlier !== null && then === undefined,
        isBelowHit: hits !== null && (node.isBelowHit || hits.shown.get(path) === "hit") },
      childPath(path, child.id), depth + 1, isLast ? "" : ",");
    }
    if (all.count > limit) out.push({ path, depth: depth + 1, rest: all.count - limit, limit });
    out.push({ path: `${path}\u0001close`, depth, isClose: true, value: [["", all.close + comma]] });
  };
  for (const root of roots) add({ ...root, compares: "before" in root }, root.id, 0, "");
  return { rows: out, isCut: out.length >= MOST_ROWS, hits: hits?.count, hasMoreHits: hits?.count === MOST_HITS };
}

/** The paths that are found, and those above them. */
function search(roots, query, charlists) {
  const wanted = query.toLowerCase();
  const shown = new Map();
  let [count, visited] = [0, 0];
  const has = (text) => text.toLowerCase().includes(wanted);
  const look = ({ key, term }, path, depth) => {
    if (count >= MOST_HITS || visited++ > MOST_VISITED || depth > 100) return false;
    const whole = parts(term, charlists);
    const all = whole?.isText ? null : whole;
    const own = all !== null ? all.open.slice(1) : typeof term === "string" ? term : shortText(term, LINE, charlists);
    const isHit = has(key.map(([, text]) => text).join("")) || has(own);
    if (isHit) count += 1;
    let isInside = false;
    if (all !== null) {
      for (const child of all.children(0, all.count)) {
        if (look(child, childPath(path, child.id), depth + 1)) isInside = true;
      }
    }
    if (isInside) shown.set(path, "inside");
    else if (isHit) shown.set(path, "hit");
    return isHit || isInside;
  };
  for (const root of roots) look(root, root.id, 0);
  return { shown, count };
}

/** The term at a path, `undefined` when it is not there any more. */
export function termAt(roots, path) {
  const [first, ...ids] = path.split("\u0000");
  let term = roots.find(({ id }) => id === first)?.term;
  for (const id of ids) {
    const all = term === undefined ? null : parts(term);
    if (all === null) return undefined;
    term = all.children(0, all.count).find((child) => child.id === id)?.term;
  }
  return term;
}

/** What the browser sent in batches, spread over the time in which it happened (registry.md §2): pointers, scrolling, its own state. */
import { spanOf } from "./labels.js";
import { field } from "./payload.js";
import { Float, TermMap, Tuple, isInteger } from "./terms.js";

/** How far from the window's corner a place may be, in CSS pixels. */
const FARTHEST = 100_000;

const number = (term) => {
  const value = isInteger(term) ? Number(term) : term instanceof Float ? Math.round(term.value) : NaN;
  return Number.isFinite(value) ? Math.min(FARTHEST, Math.max(-FARTHEST, value)) : null;
};
const elements = (term) => (Array.isArray(term) ? term : term instanceof Tuple ? term.elements : []);

/**
 * Groups of a time, X and Y, and what else `size` has room for, 0 where it is missing. They stand one after the other, or each in a list
 * of its own. What is none is left out.
 */
function groups(term, size) {
  const all = elements(term);
  const lists = all.length > 0 && elements(all[0]).length > 0 ? all.map(elements)
    : Array.from({ length: Math.floor(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
  return lists.filter((list) => list.length >= 3).map((list) => Array.from({ length: size }, (_, index) => number(list[index] ?? 0)))
    .filter((list) => !list.includes(null));
}

/** When the first entry of a batch happened. */
const startOf = (event) => Math.max(0, Number(event.offset)) - spanOf(event);

/** A batch of pointers: `moves`, `presses` and `scrolls`, each a list that starts with its time; `null` for other events. */
export function pointerOf(event) {
  if (event.kind !== "pointer") return null;
  const start = startOf(event);
  const at = ([time, ...rest]) => [start + time, ...rest];
  const presses = elements(field(event.payload, "presses")).map(elements).flatMap((press) => {
    const [time, kind, x, y, slot, type] = press.slice(0, 6).map(number);
    if ([time, kind, x, y].some((value) => value === null || value === undefined)) return [];
    const target = typeof press[6] === "string" ? press[6] : null;
    return [{ time: start + time, isDown: kind === 0, x, y, slot: slot ?? 0, type: type ?? 0, target,
      shares: [number(press[7]) ?? 0, number(press[8]) ?? 0] }];
  });
  const [moves, scrolls] = [groups(field(event.payload, "moves"), 4), groups(field(event.payload, "scrolls"), 3)];
  return { moves: moves.map(at), presses, scrolls: scrolls.map(at) };
}

/** The entries of a batch of state that only the browser knows: `time`, `key`, and `changes`, a map. */
export function entriesOf(event) {
  if (event.kind !== "state") return [];
  const start = startOf(event);
  return elements(field(event.payload, "entries")).map(elements).flatMap(([time, key, changes]) => {
    const after = number(time);
    return after === null || typeof key !== "string" || !(changes instanceof TermMap) ? [] : [{ time: start + after, key, changes }];
  });
}

/** What the browser knows at a time, of entries in the order of their times: for each key the changes so far, merged. */
export function browserState(entries, until) {
  const merged = new Map();
  for (const { time, key, changes } of entries) {
    if (time > until) break;
    const earlier = [...merged.get(key) ?? []].filter(([name]) => !changes.has(name));
    merged.set(key, new TermMap([...earlier, ...changes]));
  }
  return new TermMap(merged);
}

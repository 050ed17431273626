/** Where pointers and fingers were, what they pressed, and how far the page was scrolled, at any time. */

/** Between two moves that are not farther apart than this, in milliseconds, a pointer is between their places. */
const JOINED = 300;
/** How long a trail and a ripple are seen, in milliseconds. */
const TRAIL = 400;
export const RIPPLE = 700;

const TOUCH = 1;
const byTime = ([a], [b]) => a - b;

export class PointerTrack {
  #moves = new Map(); #presses = []; #scrolls = []; #isSorted = true;

  get isEmpty() { return this.#moves.size === 0 && this.#scrolls.length === 0; }

  /** Takes a batch in, as `browser-input.js` makes it; batches come in any order. */
  add({ moves, presses, scrolls }) {
    for (const [time, x, y, slot] of moves) this.#move(slot, [time, x, y]);
    for (const press of presses) {
      this.#move(press.slot, [press.time, press.x, press.y]);
      this.#presses.push(press);
    }
    this.#scrolls.push(...scrolls);
    this.#isSorted = false;
  }

  #move(slot, move) {
    if (!this.#moves.has(slot)) this.#moves.set(slot, []);
    this.#moves.get(slot).push(move);
  }

  #sort() {
    if (this.#isSorted) return;
    for (const moves of this.#moves.values()) moves.sort(byTime);
    this.#presses.sort((a, b) => a.time - b.time);
    this.#scrolls.sort(byTime);
    this.#isSorted = true;
  }

  /**
   * What there is to see at a time: `pointers`, each with its place, its `trail` and whether it is a finger; `ripples`, the presses of
   * just now with their `age`; and `scroll`, how far the page was scrolled, or `null`.
   */
  at(time) {
    this.#sort();
    const pointers = [...this.#moves].flatMap(([slot, moves]) => {
      const last = lastUntil(moves, time, ([at]) => at);
      if (last < 0) return [];
      const press = this.#lastPress(slot, time);
      const isFinger = press !== null ? press.type === TOUCH : slot > 0;
      // Fingers are seen while they touch.
      if (isFinger && press?.isDown !== true) return [];
      const [x, y] = between(moves[last], moves[last + 1], time);
      const trail = [[x, y]];
      for (let index = last; index >= 0 && moves[index][0] >= time - TRAIL; index--) {
        const [, before, above] = moves[index];
        if (before !== trail[0][0] || above !== trail[0][1]) trail.unshift([before, above]);
      }
      return [{ slot, x, y, isFinger, isPressed: press?.isDown === true, trail }];
    });
    const ripples = [];
    for (let index = lastUntil(this.#presses, time, (press) => press.time); index >= 0; index--) {
      const press = this.#presses[index];
      if (time - press.time >= RIPPLE) break;
      if (press.isDown) ripples.push({ ...press, age: (time - press.time) / RIPPLE });
    }
    const scroll = this.#scrolls[lastUntil(this.#scrolls, time, ([at]) => at)];
    return { pointers, ripples, scroll: scroll === undefined ? null : scroll.slice(1) };
  }

  #lastPress(slot, time) {
    for (let index = lastUntil(this.#presses, time, (press) => press.time); index >= 0; index--) {
      if (this.#presses[index].slot === slot) return this.#presses[index];
    }
    return null;
  }
}

/** The index of the last element up to a time, -1 when there is none. */
function lastUntil(all, time, timeOf) {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(all[middle]) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function between([start, x, y], next, time) {
  if (next === undefined || next[0] - start > JOINED || next[0] === start) return [x, y];
  const share = (time - start) / (next[0] - start);
  return [x + (next[1] - x) * share, y + (next[2] - y) * share];
}

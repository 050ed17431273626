/**
 * How long it takes to come to a page in the middle of a long recording, as the player does it, and what that costs in size:
 *
 *     node seek.mjs REEL
 *
 * A page of 200 rows changes 10,000 times. The recording as REEL writes it is read beside the same events without a keyframe
 * among them, a plain gzip of frames. Both are opened by the reader in JavaScript; each place is the best of some rounds.
 */
import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { encode } from "../../Spec/readers/javascript/canonical.js";
import { PageTimeline } from "../../Spec/readers/javascript/pages.js";
import { Recording, TermMap, atom } from "../../Spec/readers/javascript/reel.js";
import { Tuple } from "../../Spec/readers/javascript/terms.js";

const [EVENTS, ROWS, PLACES, ROUNDS] = [10_000, 200, 12, 3];
const GOAL = 100;

const map = (pairs) => {
  const made = new TermMap();
  for (const [key, value] of pairs) made.set(typeof key === "string" ? atom(key) : key, value);
  return made;
};
const named = (object) => map(Object.entries(object));

function* events() {
  const rows = Array.from({ length: ROWS }, (_, row) => [`row ${row} `]);
  const list = named({ s: ["<li>", "</li>"], d: rows });
  yield new Tuple([0, atom("page_join"), named({ id: "v", tree: map([["s", ["<ul>", "</ul>"]], [0, list]]) })]);
  for (let index = 1; index < EVENTS; index++) {
    const row = index % ROWS;
    const k = map([[row, map([[0, `row ${row} is ${index} `]])], ["kc", ROWS]]);
    yield new Tuple([16 * index, atom("page_diff"), named({ id: "v", diff: map([[0, named({ k })]]) })]);
  }
}

function framed(terms) {
  const pieces = [];
  for (const term of terms) {
    const bytes = encode(term);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(bytes.length);
    pieces.push(head, bytes);
  }
  return Buffer.concat(pieces);
}

async function times(bytes, places) {
  const best = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const place of places) {
      // Nothing is known but what opening tells.
      const recording = await Recording.open(new Uint8Array(bytes));
      const start = performance.now();
      (await new PageTimeline(recording).at(place)).written();
      const time = performance.now() - start;
      best.set(place, Math.min(best.get(place) ?? Infinity, time));
    }
  }
  return [...best.values()].sort((a, b) => a - b);
}

const reel = process.argv[2];
const header = new Tuple([atom("recording"), new Tuple([1, 0]), named({ id: "seek", view: "Page.Live" })]);
const bare = framed([header, ...events()]);
const { status, stdout, stderr } = spawnSync(reel, ["compact", "-", "-o", "-"], { input: bare, maxBuffer: 1 << 28 });
if (stdout.length === 0) throw new Error(`${reel} compact: ${status}: ${stderr}`);
const plain = gzipSync(bare, { level: 9 });

const places = Array.from({ length: PLACES }, (_, place) => Math.floor(((place + 0.5) * EVENTS) / PLACES));
const [ours, others] = [await times(stdout, places), await times(plain, places)];
const middle = (sorted) => sorted[sorted.length >> 1];
const ms = (time) => `${time.toFixed(1)} ms`;
const line = (...cells) => console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(44) : cell.padStart(14))).join(""));
line(`a page of ${EVENTS.toLocaleString("en-US")} changes`, "keyframes", "without", "ratio");
line("to come to it, the worst place", ms(ours.at(-1)), ms(others.at(-1)), `${(ours.at(-1) / others.at(-1)).toFixed(3)} ×`);
line("to come to it, the median place", ms(middle(ours)), ms(middle(others)), `${(middle(ours) / middle(others)).toFixed(3)} ×`);
line("the file, in bytes", `${stdout.length}`, `${plain.length}`, `${(stdout.length / plain.length).toFixed(3)} ×`);
console.log(`goal: the worst place under ${GOAL} ms: ${ours.at(-1) < GOAL ? "met" : "missed"}`);

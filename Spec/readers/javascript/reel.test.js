/** Checks the reader: `node --test`. Input is what the specification shows, what is written here, and Samples/. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import zlib from "node:zlib";
import { encode } from "./canonical.js";
import { crc32 } from "./inflate.js";
import { fromJSON } from "./json-in.js";
import {
  Recording, ReelError, State, TermMap, Tuple, atom, decode, decodePrefix, inspect, toJSON,
} from "./reel.js";
import { salvage } from "./salvage.js";

const page = (name) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const sample = (name) => new Uint8Array(readFileSync(new URL(`../../../Samples/${name}`, import.meta.url)));
const fromHex = (text) => new Uint8Array(Buffer.from(text, "hex"));

/** The 804 bytes of recording.md §12. */
function workedExample() {
  const line = /^[0-9a-f]{3} {2}((?:[0-9a-f]{2} )*[0-9a-f]{2})(?: {2,}|$)/gm;
  const lines = [...page("recording.md").split("\n## 12")[1].matchAll(line)];
  return fromHex(lines.map((match) => match[1]).join("").replaceAll(" ", "")).subarray(0, 804);
}

async function collect(iterable) {
  const all = [];
  for await (const one of iterable) all.push(one);
  return all;
}

/** What is read before the error, and the error. */
async function readUp(recording) {
  const events = [];
  try {
    for await (const event of recording.events()) events.push(event);
  } catch (error) {
    return { events, error };
  }
  return { events, error: null };
}

// A writer, as small as can be: terms from JavaScript values, where text is a binary and `:text` an atom.

const u16 = (value) => Buffer.from([value & 255, value >> 8]);
const u32 = (value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value].map((byte) => byte & 255));
const little = (value) => Buffer.from(u32(value)).reverse();

const join = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

function term(value) {
  if (typeof value === "number") return join([98], u32(value));
  if (typeof value === "boolean") return term(`:${value}`);
  if (typeof value === "string" && value.startsWith(":")) return join([119, value.length - 1], value.slice(1));
  if (typeof value === "string") return join([109], u32(value.length), value);
  if (value.tuple) return join([104, value.tuple.length], ...value.tuple.map(term));
  if (Array.isArray(value)) return join([108], u32(value.length), ...value.map(term), [106]);
  const pairs = Object.entries(value);
  return join([116], u32(pairs.length), ...pairs.flatMap(([key, one]) => [term(`:${key}`), term(one)]));
}

const tuple = (...elements) => ({ tuple: elements });

function frame(value) {
  const bytes = join([131], term(value));
  return join(u32(bytes.length), bytes);
}

function varint(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function member(kind, flags, numbers, content) {
  const data = zlib.deflateRawSync(content, { level: 1 });
  const payload = Buffer.from([1, 0, kind, flags, 0, 0, 0, 0, ...numbers]);
  const length = 10 + 2 + 4 + payload.length + 2 + data.length + 8;
  payload.set(little(length), 4);
  const fixed = [0x1f, 0x8b, 8, 6, 0, 0, 0, 0, 0, 0xff];
  const head = join(fixed, u16(payload.length + 4), "RL", u16(payload.length), payload);
  return join(head, u16(crc32(head) & 0xffff), data, little(crc32(content)), little(content.length));
}

/** Bytes that do not compress, the same in each run. */
function noise(length, seed) {
  let text = "";
  for (let value = seed; text.length < length;) {
    value = (Math.imul(value, 1103515245) + 12345) >>> 0;
    text += (value >>> 8).toString(36);
  }
  return text.slice(0, length);
}

const PER_MEMBER = 4;

/**
 * A recording of as many members as asked for, each from the second on with a keyframe, whose count is 1,000 more than
 * the events say: so it shows where a state came from.
 */
function indexedRecording(count, size = 20_000) {
  const parts = [];
  const entries = [];
  const number = count * PER_MEMBER;
  for (let index = 0, offset = 0; index < count; index++) {
    const first = index * PER_MEMBER;
    const events = Array.from({ length: PER_MEMBER }, (_, step) =>
      tuple((first + step) * 10, ":render", { assigns: { last: first + step, noise: noise(size, first + step + 1) } }));
    const keyframe = tuple(":keyframe", first, { assigns: { base: 1000 + first }, components: {} });
    const finish = tuple(":finish", { events: number, duration: (number - 1) * 10, kinds: { render: number } });
    const content = Buffer.concat([
      frame(index === 0 ? tuple(":recording", tuple(1, 0), { id: "test", view: ":Elixir.Test.View" }) : keyframe),
      frame(events), ...(index === count - 1 ? [frame(finish)] : []),
    ]);
    const flags = (index === 0 ? 2 : 1) | (index === count - 1 ? 4 : 0);
    const [from, span] = [first * 10, (PER_MEMBER - 1) * 10];
    const numbers = [content.length, first, PER_MEMBER, from, span].flatMap(varint);
    const bytes = member(1, flags, numbers, content);
    parts.push(bytes);
    entries.push(tuple(offset, bytes.length, content.length, first, PER_MEMBER, from, from + span, index > 0));
    offset += bytes.length;
  }
  const indexOffset = parts.reduce((length, part) => length + part.length, 0);
  const content = frame(tuple(":index", entries));
  parts.push(member(2, 0, varint(content.length), content));
  parts.push(member(3, 0, [...little(indexOffset), 0, 0, 0, 0], Buffer.alloc(0)));
  return { bytes: new Uint8Array(Buffer.concat(parts)), offsets: entries.map((entry) => entry.tuple[0]), indexOffset };
}

const number = (state, name) => state.assigns.get(atom(name));

describe("terms", () => {
  const values = page("terms.md").split("### 6.2")[1].split("FLOAT (99): the text")[0];
  const rows = [...values.matchAll(/^\| ([0-9a-f]+) \| *(\d*) *\| (refused|[0-9a-f]+) \| (.*) \|$/gm)];

  test("are read, or refused, as the specification shows", () => {
    assert.ok(rows.length > 60);
    for (const [, bytes, used, canonical, what] of rows) {
      if (what.startsWith("LOCAL_EXT (OTP 25)")) continue; // A reader may carry it (terms.md §3.1).
      const read = () => decodePrefix(fromHex(bytes));
      if (canonical === "refused") {
        assert.throws(read, ReelError, what);
      } else {
        assert.equal(read().used, Number(used), what);
        assert.equal(Buffer.from(encode(read().term)).toString("hex"), canonical, what);
      }
    }
  });

  test("keep every digit, and what a float is", () => {
    const big = fromHex("836e0800ffffffffffffffff");
    assert.equal(decode(big), 2n ** 64n - 1n);
    assert.equal(toJSON(decode(big)), "18446744073709551615");
    const floats = { "3ff0000000000000": "1.0", "8000000000000000": "-0.0", "4341c37937e08000": "1e+16" };
    for (const [bytes, text] of Object.entries(floats)) assert.equal(toJSON(decode(fromHex(`8346${bytes}`))), text);
  });

  test("name the first error and where it is", () => {
    const errors = {
      "": "truncated 0",
      83: "truncated 1",
      "836d000000056162": "truncated 6",
      8368026101: "truncated 5",
      "8367770964656d6f40686f73740000005b0000000004": "malformedIdentifier 21",
      8368018345: "unknownTag 3",
      8352: "distributionTag 1",
      "837400000002610161006e0100016100": "duplicateKey 1",
      "8361ffaa": "trailingBytes 3",
      "8350ffffffff": "limitExceeded 2",
    };
    for (const [bytes, expected] of Object.entries(errors)) {
      assert.throws(() => decode(fromHex(bytes)), (error) => `${error.kind} ${error.offset}` === expected, bytes);
    }
  });

  test("that nest too deep are refused, and a list in ten thousand pieces is one", () => {
    const nested = (depth) => fromHex(`83${"6801".repeat(depth)}6a`);
    assert.equal(inspect(decode(nested(1024))).length, 2 * 1024 + 2);
    assert.throws(() => decode(nested(1025)), { kind: "limitExceeded", offset: 1 + 2 * 1025 });
    assert.equal(decode(fromHex(`83${"6c000000016101".repeat(10_000)}6a`)).length, 10_000);
  });

  test("that collide as keys of JSON keep all their values", () => {
    const map = new TermMap([[atom("a"), 1], ["a", 2], ["a#2", 3], [null, 4], [new Tuple([atom("a"), 1]), 5]]);
    assert.equal(toJSON(map), '{"a":1,"a#2":2,"a#2#2":3,"":4,"{:a, 1}":5}');
  });

  test("come back from tagged JSON, and errors of JSON say where they are", () => {
    const read = (text) => fromJSON(Buffer.from(text), true);
    const map = '{"$map":[[{"$atom":"a"},1.5],[2,{"$tuple":["x",{"$binary":"/w=="}]}]]}';
    const text = `[${map},{"$tail":{"$bits":"/+A=","size":11}}]`;
    assert.equal(toJSON(read(text), "tagged"), text);
    const errors = {
      "[1,": "truncated 3",
      "[01]": "malformed 1",
      '{"a":1,"a":2}': "duplicateKey 7",
      '["\\ud800"]': "malformedText 2",
      "1 2": "trailingBytes 2",
      '[{"$x":1}]': "meaningless 1",
      "1e999": "limitExceeded 0",
    };
    for (const [wrong, expected] of Object.entries(errors)) {
      assert.throws(() => read(wrong), (error) => `${error.kind} ${error.offset}` === expected, wrong);
    }
  });

  test("are written as Elixir writes them", () => {
    const list = [atom("a b"), "x\n\"#{", new Uint8Array([255])];
    const map = new TermMap([[atom("__struct__"), atom("Elixir.Shop.Cart")], [atom("id"), list]]);
    assert.equal(inspect(map), '%Shop.Cart{id: [:"a b", "x\\n\\"\\#{", <<255>>]}');
    assert.equal(inspect([new Tuple([atom("a"), [104, 105]]), new Tuple([null, []])]), '[a: ~c"hi", nil: []]');
  });
});

describe("the worked example", () => {
  test("is 804 bytes that read as the text says", async () => {
    const recording = await Recording.open(workedExample());
    assert.equal(recording.isFinished, true);
    assert.equal(recording.field("id"), "demo-1");
    const entries = recording.entries.map(({ offset, length, keyframe }) => [offset, length, keyframe]);
    assert.deepEqual(entries, [[0, 301, false], [301, 333, true]]);
    const events = await collect(recording.events());
    assert.deepEqual(events.map(({ index, offset, kind }) => [index, offset, kind]),
      [[0, 0, "mount"], [1, 1200, "event"], [2, 1203, "render"], [3, 2500, "event"], [4, 2502, "render"]]);
    const { events: count, duration, kinds, names, reason } = await recording.summary();
    assert.deepEqual([count, duration, kinds.get("event"), names.get("inc"), reason], [5, 2502, 2, 2, "closed"]);
    const states = await Promise.all([0, 1, 2, 3, 4].map((index) => recording.stateAt(index)));
    assert.deepEqual(states.map((state) => number(state, "count")), [0, 0, 1, 1, 2]);
    await assert.rejects(recording.stateAt(5), { kind: "noSuchEvent" });
    const document = JSON.parse(await recording.document());
    assert.equal(document.view, "Demo.CounterLive");
    assert.deepEqual(document.events[4], { offset: 2502, type: "render", payload: { assigns: { count: 2 } } });
  });

  test("reads the same when it is unpacked, and when it is packed again in pieces", async () => {
    const expected = await (await Recording.open(workedExample())).document("tagged");
    const bare = zlib.gunzipSync(workedExample());
    const packed = join(...[[0, 50], [50, 333], [333]].map((range) => zlib.gzipSync(bare.subarray(...range))));
    for (const [form, bytes] of [["bare", bare], ["gzip", packed], ["gzip", zlib.gzipSync(bare)]]) {
      const recording = await Recording.open(new Uint8Array(bytes));
      assert.equal(recording.form, form);
      assert.equal(await recording.document("tagged"), expected);
      assert.equal((await recording.stateAt(4)).assigns.get(atom("count")), 2);
      assert.equal((await recording.summary()).events, 5);
    }
  });

  test("gives only errors of its own when it is cut or a byte of it is wrong", async () => {
    const whole = workedExample();
    const damaged = [...whole.keys()].flatMap((position) => {
      const changed = whole.slice();
      changed[position] ^= 1 << position % 8;
      return [whole.subarray(0, position), changed];
    });
    let failures = 0;
    for (const bytes of [...damaged, ...damaged.map((one) => new Uint8Array(zlib.gzipSync(one)))]) {
      for (const read of [async () => (await Recording.open(bytes)).document(), () => salvage(bytes)]) {
        await read().catch((error) => {
          failures += 1;
          assert.ok(error instanceof ReelError, error.stack);
        });
      }
    }
    assert.ok(failures > 804);
  });
});

describe("a recording over HTTP", () => {
  const { bytes, offsets, indexOffset } = indexedRecording(8);
  let requests = [];
  let takesRanges = true;
  const server = createServer((request, response) => {
    const range = takesRanges && request.headers.range;
    if (!range) {
      requests.push([0, bytes.length]);
      return response.writeHead(200, { "Content-Length": bytes.length }).end(bytes);
    }
    const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range);
    const start = from === "" ? bytes.length - Number(to) : Number(from);
    const end = from === "" || to === "" ? bytes.length : Number(to) + 1;
    requests.push([start, end]);
    const header = { "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}` };
    return response.writeHead(206, header).end(bytes.subarray(start, end));
  });
  let url;
  before(async () => {
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${server.address().port}/test.reel`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test("is opened by its end, its index and its first member", async () => {
    [requests, takesRanges] = [[], true];
    const recording = await Recording.open(url);
    assert.deepEqual(requests, [[bytes.length - 44, bytes.length], [indexOffset, bytes.length - 44], [0, offsets[1]]]);
    assert.deepEqual([recording.eventCount, recording.field("id")], [8 * PER_MEMBER, "test"]);
  });

  test("gives one event for one more member, and a state too", async () => {
    takesRanges = true;
    const recording = await Recording.open(new URL(url));
    requests = [];
    const [event] = await collect(recording.events({ from: 18, to: 19 }));
    assert.deepEqual([event.index, event.offset], [18, 180]);
    assert.deepEqual(requests, [[offsets[4], offsets[5]]]);
    const state = await recording.stateAt(22);
    assert.deepEqual([number(state, "last"), number(state, "base")], [22, 1020]);
    assert.deepEqual(requests.slice(1), [[offsets[5], offsets[6]]]);
    assert.ok(requests.reduce((sum, [start, end]) => sum + end - start, 0) < bytes.length / 2);
  });

  test("is read whole from a server without ranges, once", async () => {
    [requests, takesRanges] = [[], false];
    const recording = await Recording.open(url);
    assert.equal((await collect(recording.events())).length, 32);
    assert.equal(requests.length, 1);
  });

  test("that is not there is inputOutput", async () => {
    await assert.rejects(Recording.open("http://127.0.0.1:1/none"), { kind: "inputOutput" });
  });
});

describe("a recording in a Blob", () => {
  const { bytes, offsets, indexOffset } = indexedRecording(3, 60_000);

  test("gives all its events, and those from one on", async () => {
    const recording = await Recording.open(new Blob([bytes]));
    assert.deepEqual((await collect(recording.events())).map((event) => event.index), [...Array(12).keys()]);
    assert.deepEqual((await collect(recording.events({ from: 7 }))).map((event) => event.index), [7, 8, 9, 10, 11]);
    assert.deepEqual(await collect(recording.events({ from: 12 })), []);
  });

  test("has the state that the nearest keyframe and the events after it add up to", async () => {
    const recording = await Recording.open(new Blob([bytes]));
    const bases = [];
    for (let index = 0; index < 12; index++) {
      const state = await recording.stateAt(index);
      assert.equal(number(state, "last"), index);
      bases.push(number(state, "base"));
    }
    assert.deepEqual(bases, [...Array(4).fill(undefined), ...Array(4).fill(1004), ...Array(4).fill(1008)]);
  });

  test("that is unfinished is read by hopping, up to its last whole member", async () => {
    const unfinished = await Recording.open(new Blob([bytes.subarray(0, offsets[2])]));
    assert.deepEqual([unfinished.isFinished, unfinished.problem, unfinished.eventCount], [false, null, 8]);
    assert.deepEqual((await readUp(unfinished)).error, null);
    assert.equal(await unfinished.summary(), null);
    const cut = await Recording.open(new Blob([bytes.subarray(0, indexOffset - 1)]));
    assert.deepEqual([cut.problem.kind, cut.eventCount, number(await cut.stateAt(6), "base")], ["truncated", 8, 1004]);
    const { events, error } = await readUp(cut);
    assert.deepEqual([events.length, error.kind, error.offset], [8, "truncated", offsets[2]]);
    const endless = await Recording.open(new Blob([bytes.subarray(0, bytes.length - 44)]));
    const all = await readUp(endless);
    assert.deepEqual([endless.problem.kind, endless.eventCount, all.events.length], ["malformedIndex", 12, 12]);
  });

  test("that has a damaged member loses that one", async () => {
    const damaged = bytes.slice();
    damaged[offsets[1] + 500] ^= 255;
    const recording = await Recording.open(new Blob([damaged]));
    const { events, error } = await readUp(recording);
    assert.deepEqual([events.length, error.offset], [4, offsets[1]]);
    assert.deepEqual((await collect(recording.events({ from: 8 }))).map((event) => event.index), [8, 9, 10, 11]);
    const found = await salvage(new Blob([damaged]));
    assert.deepEqual([found.lost, found.events.length, found.events[4].offset], [[[offsets[1], offsets[2]]], 8, 80]);
  });
});

describe("files of PhoenixReplay", () => {
  const names = ["phoenix-replay-0.1", "phoenix-replay-0.6"].flatMap((folder) =>
    readdirSync(new URL(`../../../Samples/${folder}/`, import.meta.url)).map((name) => `${folder}/${name}`));

  test("are equal to the JSON that PhoenixReplay made of them", async () => {
    const made = names.filter((name) => name.endsWith(".json.gz"));
    assert.equal(made.length, 3);
    for (const name of made) {
      const recording = await Recording.open(sample(name.replace(".json.", ".etf.")));
      assert.deepEqual(JSON.parse(await recording.document()), JSON.parse(zlib.gunzipSync(sample(name))), name);
    }
  });

  test("have a state at each event, and those that are torn give what is whole", async () => {
    const counts = {};
    for (const name of names.filter((one) => !one.endsWith(".json.gz"))) {
      const recording = await Recording.open(new Blob([sample(name)]));
      counts[name.split("/")[1]] = recording.eventCount;
      const state = new State();
      for await (const event of recording.events()) state.apply(event);
      assert.equal(inspect((await recording.stateAt(recording.eventCount - 1)).assigns), inspect(state.assigns));
    }
    assert.deepEqual([counts["counter.etf.gz"], counts["counter.recording"], counts["counter.part"]], [27, 34, 32]);
    const long = ["etf.gz", "recording", "part"].map((extension) => counts[`long-chat.${extension}`]);
    assert.deepEqual(long, [10_001, 10_008, 10_007]);
    const torn = await Recording.open(sample("phoenix-replay-0.1/chat.etf.gz").subarray(0, 9000));
    assert.ok(torn.eventCount > 300 && torn.eventCount < 732);
  });
});

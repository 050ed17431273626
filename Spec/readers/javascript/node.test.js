/** The package's entry point for Node, and its command. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { ReelError, open } from "reel-recordings";
import { openDocument } from "reel-recordings/json-document.js";

const vectors = new URL("../../../Vectors/", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, vectors));
const cli = fileURLToPath(new URL("cli.js", import.meta.url));

test("events come in their order", async () => {
  const recording = await open(path("recordings/forms/example.reel"));
  const found = [];
  for await (const { index, offset, kind } of recording) found.push([index, offset, kind]);
  assert.deepEqual(found.slice(0, 2), [[0, 0, "mount"], [1, 1200, "event"]]);
  assert.equal(recording.field("id"), "demo-1");
});

test("a JSON document is read like a recording", async () => {
  for (const name of ["bare.json", "gzip.json.gz", "space.json"]) {
    const recording = await open(path(`json/documents/${name}`));
    const found = [];
    for await (const { offset, kind } of recording) found.push([offset, kind]);
    assert.deepEqual(found, [[0, "mount"], [7, "event"]], name);
    assert.deepEqual([recording.form, (await recording.summary()).reason], ["json", "imported"], name);
    assert.equal((await recording.stateAt(1)).assigns.get("count"), 0, name);
  }
});

test("a document nests as deep as its recording", () => {
  const nested = (depth) => (depth === 0 ? "1" : "[".repeat(depth) + "]".repeat(depth));
  const open = (field, payload) => openDocument(new TextEncoder().encode(
    `{"deep":${nested(field)},"events":[{"offset":0,"type":"x","payload":${nested(payload)}}]}`));
  assert.equal(open(1021, 1021).eventCount, 1);
  for (const [field, payload] of [[1022, 0], [0, 1022]]) {
    assert.throws(() => open(field, payload), (error) => error.kind === "limitExceeded");
  }
});

test("a document in gzip whose checksum is wrong is read up to there", () => {
  for (const [event, count] of [['{"offset":0,"type":"x","payload":1}', 1], ["", null]]) {
    const data = gzipSync(`{"events":[${event}]}`);
    data[data.length - 8] ^= 1;
    if (count !== null) assert.equal(openDocument(data).eventCount, count);
    else assert.throws(() => openDocument(data), (error) => error.kind === "checksum");
  }
});

test("the limit on a document in gzip is kept", () => {
  const data = gzipSync('{"events":[]}');
  assert.throws(() => openDocument(data, { limits: { recording: 12 } }), (error) => error.kind === "limitExceeded");
});

test("what is wrong with a file is an error of the specification", async () => {
  await assert.rejects(open(path("recordings/nothing/text.reel")), (error) =>
    error instanceof ReelError && error.kind === "notARecording");
  await assert.rejects(open(path("recordings/nothing/none-here.reel")), (error) => error.kind === "inputOutput");
});

test("a file of another form has the summary that it gets as a recording", async () => {
  const { kinds, names, ...numbers } = await (await open(path("phoenix-replay/recording/0.6.recording"))).summary();
  assert.equal([...kinds.values()].reduce((sum, count) => sum + count), numbers.events);
  assert.deepEqual([[...names], numbers.reason], [[["inc", 1]], "imported"]);
});

test("the command writes the lines of the specification", () => {
  const asked = JSON.parse(readFileSync(path("manifest.json"), "utf8")).vectors.filter(({ expect }) => expect?.lines);
  assert.ok(asked.length > 5);
  for (const { id, file, expect } of asked) {
    const lines = execFileSync("node", [cli, path(file)], { encoding: "utf8" }).trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line)), JSON.parse(expect.lines), id);
  }
});

test("the command says what is wrong in a line", () => {
  const { status, stdout, stderr } = spawnSync("node", [cli, path("recordings/nothing/empty.reel")], { encoding: "utf8" });
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr, /notARecording at byte 0/);
});

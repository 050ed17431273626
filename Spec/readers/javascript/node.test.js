/** The package's entry point for Node, and its command. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { ReelError, open } from "reel-recordings";

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

test("what is wrong with a file is an error of the specification", async () => {
  await assert.rejects(open(path("recordings/nothing/text.reel")), (error) =>
    error instanceof ReelError && error.kind === "notARecording");
  await assert.rejects(open(path("recordings/nothing/none-here.reel")), (error) => error.kind === "inputOutput");
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

/** Checks states and notations beside the tool `reel`, which `REEL` names: without it these tests are skipped. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { erlangText } from "./erlang-text.js";
import { elixirLines, elixirText } from "./known-structs.js";
import { Recording, Timeline, atomName, decode } from "./reel.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const reel = [process.env.REEL, join(root, ".build/release/reel")].find((path) => path && existsSync(path));
const quiet = { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "ignore"] };
const run = (...parameters) => execFileSync(reel, parameters, quiet);
const files = (folder) => readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));

const stateText = (state) => elixirLines(state.term, (key) => (atomName(key) === "components" ? 2 : 1));

describe("beside the tool", { skip: reel === undefined && "REEL names no tool" }, () => {
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "reel-display-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("states of the samples are the same, in any order of events", async () => {
    const samples = files("Samples").filter((name) => /\.(recording|etf\.gz)$/.test(name));
    assert.equal(samples.length, 10);
    for (const [number, sample] of samples.entries()) {
      const path = join(folder, `${number}.reel`);
      run("import", sample, "-o", path);
      const recording = await Recording.open(new Uint8Array(readFileSync(path)));
      const timeline = new Timeline(recording);
      const last = recording.eventCount - 1;
      const events = [0, last, 3, Math.floor(last / 2), Math.floor(last / 2) + 1, 5, last - 1];
      for (const event of events) {
        const { before: earlier, after: later } = await timeline.at(event);
        const expected = run("state", path, "--event", String(event));
        assert.equal(`${stateText(later)}\n`, expected, `${sample}, event ${event}`);
        assert.equal(stateText(await recording.stateAt(event)), stateText(later));
        if (event > 0) assert.equal(stateText(await recording.stateAt(event - 1)), stateText(earlier));
      }
      await assert.rejects(timeline.at(last + 1), { kind: "noSuchEvent" });
      assert.equal(stateText((await timeline.at(last)).after), stateText(await recording.stateAt(last)));
    }
  });

  test("terms are written alike in both notations", () => {
    let compared = 0;
    for (const path of files("Vectors/terms").filter((name) => name.endsWith(".etf"))) {
      let term;
      const bytes = new Uint8Array(readFileSync(path));
      if (bytes.length > 10_000) continue;
      try {
        term = decode(bytes);
      } catch {
        continue; // Other tests say which terms are refused.
      }
      const texts = { elixir: elixirText(term), erlang: erlangText(term) };
      for (const [notation, text] of Object.entries(texts)) {
        // The tool escapes what a terminal should not be sent.
        if (!/^[\x20-\x7e\xa1-\xac\xae-\u024f\u{1f300}-\u{1f5ff}]*$/u.test(text)) continue;
        let expected;
        try {
          expected = run("term", "decode", path, "--to", notation);
        } catch {
          break; // Told from other input by its leading byte only.
        }
        assert.equal(`${text}\n`, expected, `${path} as ${notation}`);
        compared += 1;
      }
    }
    assert.ok(compared > 400, `${compared} compared`);
  });
});

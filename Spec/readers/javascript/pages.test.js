/** Checks pages: real sessions beside what a browser's DOM was at the time, and time. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import zlib from "node:zlib";
import { Page, PageTimeline } from "./pages.js";
import { Recording, TermMap, atom } from "./reel.js";

const sample = (name) => readFileSync(new URL(`../../../Samples/pages/${name}`, import.meta.url));
const open = (name) => Recording.open(new Uint8Array(sample(name)));
const checksOf = (name) => JSON.parse(zlib.gunzipSync(sample(name)));

// What LiveView's client adds to the DOM, and what a script alone does.
const ADDED = new RegExp("^(data-phx-(id|component|view|session|static|loading|ref|skip|stream|pruned|has-|parent-id|root-id|sticky"
  + "|update|hook|magic).*|data-phx-main|phx-change-loading)$");
const VOID = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]);
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: "\u00a0" };
const decoded = (text) => text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name) => ENTITIES[name]);

/** HTML in which what means the same is the same: attributes in order, without those that a client adds. */
export function normal(html) {
  const pieces = html.match(/<!--.*?-->|<\/?[a-zA-Z][^\s/>]*(?:[^>"']|"[^"]*"|'[^']*')*>|[^<]+|</gs) ?? [];
  return pieces.map((piece) => {
    const tag = /^<(\/?)([a-zA-Z][^\s/>]*)(.*?)\/?>$/s.exec(piece);
    if (tag === null) return JSON.stringify(decoded(piece));
    const [, slash, name, rest] = tag;
    if (slash === "/") return VOID.has(name) ? "" : `</${name}>`;
    const attributes = new Map();
    for (const [, key, , double, single, bare] of rest.matchAll(/([^\s=/]+)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s]+)))?/g)) {
      if (!ADDED.test(key)) attributes.set(key, decoded(double ?? single ?? bare ?? ""));
    }
    if (attributes.get("id") === "tip") attributes.delete("style");
    if (attributes.has("class")) {
      const classes = attributes.get("class").split(/\s+/).filter((one) => one !== "" && !one.startsWith("phx-"));
      if (classes.length === 0) attributes.delete("class");
    }
    const written = [...attributes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, text]) => ` ${key}=${JSON.stringify(text)}`);
    return `<${name}${written.join("")}>`;
  }).join("");
}

/** The pages of a session's recordings at each check, and what the browser had. */
async function compared(version, session, names) {
  const recordings = [];
  for (const name of names) {
    const recording = await open(`${version}/${name}.reel`);
    const events = [];
    for await (const event of recording.events()) events.push(event);
    recordings.push({ start: Number(recording.field("connected_at")), events });
  }
  return checksOf(`${version}/${session}.checks.json.gz`).map(({ tag, html, ms, title, root }) => {
    const recording = recordings.filter((one) => one.start <= ms + 5).at(-1);
    const page = (recording.page ??= new Page());
    while (recording.events.length > 0 && Number(recording.events[0].offset) <= ms - recording.start) {
      page.apply(recording.events.shift());
    }
    const written = page.written();
    const element = `<div id="${root}">`;
    const inner = written.text.slice(written.text.indexOf(element) + element.length, written.text.lastIndexOf("</div>"));
    return { tag, html: normal(inner), wanted: normal(html), titles: [written.title, title], isUnsure: written.isUnsure };
  });
}

const SHOP = ["1-home", "2-cart", "3-home"];
const SESSIONS = [
  ["1.0.19", "shop", SHOP, 28], ["1.1.33", "shop", SHOP, 28], ["1.2.10", "shop", SHOP, 28],
  ["1.0.19", "fuzz", ["fuzz"], 150], ["1.1.33", "fuzz", ["fuzz"], 200], ["1.2.10", "fuzz", ["fuzz"], 200],
];

describe("pages of real sessions are what the browser had", () => {
  for (const [version, session, names, count] of SESSIONS) {
    test(`${version} ${session}`, async () => {
      const found = await compared(version, session, names);
      assert.equal(found.length, count);
      for (const { tag, html, wanted, titles, isUnsure } of found) {
        // A hook has set this attribute in the browser: no diff has it.
        const seen = wanted.replace(/ data-reply="(?:[^"\\]|\\.)*"/, "");
        assert.equal(html, seen, tag);
        assert.deepEqual([titles[0], isUnsure], [titles[1], false], tag);
      }
    });
  }
});

test("a normal form tells what differs", () => {
  const one = normal('<p class="a" id=x>1 &amp; 2</p><br/>');
  assert.equal(one, normal("<p id='x' data-phx-component=1 class=\"a\">1 &amp; 2</p><br>"));
  for (const other of ['<p class="b" id=x>1 &amp; 2</p><br/>', '<p class="a" id=x>1 2</p><br/>', '<p class="a" id=x>1 &amp; 2</p>']) {
    assert.notEqual(one, normal(other));
  }
});

test("pages are found in any order", async () => {
  const recording = await open("1.1.33/fuzz.reel");
  const [page, texts] = [new Page(), []];
  for await (const event of recording.events()) {
    page.apply(event);
    texts.push(page.written().text);
  }
  const timeline = new PageTimeline(recording);
  for (const number of [texts.length - 1, 0, 7, 7, 300, 299, 12]) {
    assert.equal((await timeline.at(number)).written().text, texts[number]);
  }
  await assert.rejects(timeline.at(texts.length), { kind: "noSuchEvent" });
});

test("references that double do not double the time", () => {
  const cids = Array.from({ length: 40 }, (_, index) => index + 1);
  const component = (cid) => map({ s: ["", "", ""], 0: cid + 1, 1: cid + 1 });
  const components = new TermMap([...cids.map((cid) => [cid, component(cid)]), [41, map({ s: ["x".repeat(4_096)] })]]);
  const page = new Page();
  page.apply({ kind: "page_join", payload: map({ id: "v", tree: map({ s: ["", ""], 0: 1, c: components }) }) });
  assert.throws(() => page.written(), { name: "PageFault" });
});

const map = (object) => new TermMap(Object.entries(object).map(([key, value]) => (
  [/^\d+$/.test(key) ? Number(key) : atom(key), value])));

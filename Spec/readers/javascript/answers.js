/** Answers the requests of vectors.md §5: `node answers.js`. */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { encode } from "./canonical.js";
import { Inflater } from "./inflate.js";
import { openDocument } from "./json-document.js";
import { fromJSON } from "./json-in.js";
import { lines } from "./node.js";
import { checkLength, gzipChunks, gzipHeader, memberContent, memberFields, startsMember } from "./members.js";
import { Page, PageTimeline, assetsOf } from "./pages.js";
import { readPhoenixReplay } from "./phoenix-replay.js";
import { LIMITS, Recording, ReelError, decode, toJSON } from "./reel.js";
import { salvageDocument } from "./salvage.js";

async function answer(input, output, path) {
  const bytes = new Uint8Array(await readFile(path));
  const isMapping = output === "plain" || output === "tagged";
  if (input === "term" && isMapping) return toJSON(decode(bytes), output);
  if (input === "term" && output === "canonical") return Buffer.from(encode(decode(bytes))).toString("hex");
  if (input.endsWith("json") && output === "canonical") {
    return Buffer.from(encode(fromJSON(bytes, input === "tagged-json"))).toString("hex");
  }
  if (input === "members" && output === "members") return await members(bytes);
  if (input === "recording" && output === "salvage") return await salvageDocument(bytes);
  if (input === "recording" && output === "states") return await states(await open(bytes));
  if (input === "recording" && output === "lines") {
    const texts = [];
    for await (const line of lines(await open(bytes))) texts.push(line);
    return `[${texts.join(",")}]`;
  }
  if (input === "recording" && output === "pages") return await pages(await open(bytes));
  if (input === "recording" && output === "assets") return await assets(await open(bytes));
  if (input === "recording" && isMapping) return await (await open(bytes)).document(output);
  if (input === "phoenix-replay" && isMapping) {
    return await Recording.imported(input, readPhoenixReplay(bytes, LIMITS)).document(output);
  }
  if (input === "json-document" && isMapping) return await openDocument(bytes).document(output);
  return undefined;
}

/** A recording; a file of PhoenixReplay is none where a recording is asked for. */
const open = (bytes) => Recording.open(bytes, { imports: false });

async function states(recording) {
  const texts = [];
  // All events are read once, so that whatever is wrong with the file is found.
  let count = 0;
  for await (const _ of recording.events()) count += 1;
  for (let number = 0; number < count; number += 1) {
    const { assigns, components, url, unsure } = await recording.stateAt(number);
    const [one, other] = [assigns, components].map((map) => toJSON(map, "tagged"));
    const since = unsure === null ? "" : `,"unsure":${unsure}`;
    texts.push(`{"assigns":${one},"components":${other},"url":${JSON.stringify(url)}${since}}`);
  }
  return `[${texts.join(",")}]`;
}

/** The page after each event, from the start on; each is found from the nearest keyframe as well, and has to be the same. */
async function pages(recording) {
  const [texts, events, page] = [[], [], new Page()];
  // All events are read first, so that whatever is wrong with the file is found.
  for await (const event of recording.events()) events.push(event);
  const text = ({ text, title, isUnsure }) => JSON.stringify({ text, title, unsure: isUnsure });
  for (const event of events) {
    page.apply(event);
    texts.push(text(page.written()));
    const found = text((await new PageTimeline(recording).at(event.index)).written());
    if (found !== texts.at(-1)) return JSON.stringify({ event: event.index, found });
  }
  return `[${texts.join(",")}]`;
}

async function assets(recording) {
  for await (const _ of recording.events());
  const found = [...await assetsOf(recording)].map(([href, { type, content }]) =>
    [href, { type, content: Buffer.from(content).toString("hex") }]);
  return JSON.stringify(Object.fromEntries(found));
}

async function members(bytes) {
  const found = [];
  for (let offset = 0; offset === 0 || offset < bytes.length;) {
    if (!startsMember(bytes, offset) && !(bytes[offset] === 0x1f && offset + 1 === bytes.length)) {
      throw new ReelError(offset === 0 ? "notARecording" : "trailingData", offset, "bytes that start no member");
    }
    const header = gzipHeader(bytes.subarray(offset), offset);
    const fields = memberFields(header);
    let { length, contentLength = 0 } = fields ?? plainMember(bytes.subarray(offset), header);
    if (fields !== null) {
      checkLength(header, fields, LIMITS.member);
      if (offset + length > bytes.length) throw new ReelError("truncated", offset, "the file ends inside a member");
      await memberContent(bytes.subarray(offset, offset + length), header, fields);
    }
    found.push({ offset, length, contentLength, fields });
    offset += length;
  }
  const digits = (_, value) => (typeof value === "bigint" ? `#${value}` : value);
  return JSON.stringify(found, digits).replace(/"#(\d+)"/g, "$1");
}

/** How long a member without `RL` is, found by inflating it. */
function plainMember(bytes, header) {
  const inflater = new Inflater(bytes, header.length);
  try {
    while (inflater.read() !== null);
  } catch {
    // Reading it again says what is wrong.
  }
  const length = inflater.position + 8;
  let contentLength = 0;
  try {
    for (const chunk of gzipChunks(bytes.subarray(0, length))) contentLength += chunk.bytes.length;
  } catch (error) {
    error.offset += header.offset;
    throw error;
  }
  return { length, contentLength };
}

for await (const line of createInterface({ input: process.stdin })) {
  const [input, output, path] = line.split("\t");
  try {
    const text = await answer(input, output, path);
    console.log(text === undefined ? "skip" : `ok\t${text.replace(/\n/g, "")}`);
  } catch (error) {
    if (!(error instanceof ReelError)) throw error;
    console.log(["error", error.kind, ...(error.offset === undefined ? [] : [error.offset])].join("\t"));
  }
}

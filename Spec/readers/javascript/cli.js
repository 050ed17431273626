#!/usr/bin/env node
/** Writes a recording as JSON lines (json.md §2.2): `node cli.js session.reel`. */
import { lines, open } from "./node.js";

const [path, ...rest] = process.argv.slice(2);
if (path === undefined || path.startsWith("-") || rest.length > 0) {
  console.error("usage: reel-js FILE    writes the header, an event a line and the summary, as JSON");
  process.exit(2);
}
try {
  for await (const line of lines(await open(path))) {
    if (!process.stdout.write(`${line}\n`)) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
  process.exit(0);
} catch (error) {
  console.error(`${path}: ${error.kind ?? error.name}${error.offset === undefined ? "" : ` at byte ${error.offset}`}: ${error.message}`);
  process.exit(1);
}

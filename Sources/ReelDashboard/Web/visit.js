/** What a recording's header says of the visit: the browser, how the visit began, what the view ran (registry.md §3). */
import { elixirText } from "./known-structs.js";
import { sizeOf } from "./labels.js";
import { field } from "./payload.js";
import { TermMap, atomName } from "./terms.js";

/** How much of a value is told. */
const MOST = 1_000;

/** A value as people read it, `null` when there is none. */
function shown(term) {
  if (term === undefined || term === null || term === "") return null;
  const text = typeof term === "string" ? term : elixirText(term);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

/** Each value of a map with its name, under a title. */
const entries = (title, map) => (map instanceof TermMap
  ? map.sorted().map(([key, value]) => [`${title} ${atomName(key) ?? shown(key)}`, shown(value)]) : []);

/** What there is to say of the visit, as pairs of a name and a text. */
export function visitFacts(recording) {
  const [client, code] = [recording.field("client"), recording.field("code")];
  const landing = field(client, "landing");
  const size = sizeOf(field(client, "viewport"));
  const facts = [
    ["Browser", shown(field(client, "user_agent"))],
    ["Window", size === null ? null : `${size.width} × ${size.height}`],
    ["Landed on", shown(field(landing, "path"))],
    ...entries("Landed with", field(landing, "params")),
    ["Came from", shown(field(landing, "referrer"))],
    ["Left for this", shown(field(client, "navigated_from") ?? field(client, "referer"))],
    ...entries("Header", field(client, "headers")),
    ["Release", shown(field(code, "release"))],
    ["Migration", shown(field(code, "migration"))],
    ["Visit", shown(recording.field("visit") ?? field(client, "visit"))],
    ["Tab", shown(field(client, "tab"))],
    ["Goes on from", shown(recording.field("continues"))],
  ];
  return facts.filter(([, text]) => text !== null);
}

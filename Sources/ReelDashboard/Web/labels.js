/** What an event says in one line, and what sort of event it is. */
import { elixirText } from "./known-structs.js";
import { field } from "./payload.js";
import { TermMap, Tuple, atomName, isInteger } from "./terms.js";

const named = (term) => (typeof term === "string" ? term : atomName(term));
const text = (payload, name) => named(field(payload, name));
const firstLine = (value) => value.split(/\r\n|[\n\v\f\r\x85\u2028\u2029]/, 1)[0];

/** A name as people write it: text and atoms without quotes, modules without their prefix. */
function short(term) {
  const name = atomName(term);
  if (name !== undefined) return name.startsWith("Elixir.") ? name.slice(7) : name;
  return typeof term === "string" ? term : elixirText(term);
}

/** Parameters as `name=value`, nested ones flattened, without LiveView's own and empty ones. */
function values(params, depth = 0) {
  if (depth >= 8 || !(params instanceof TermMap)) return [];
  return params.sorted().flatMap(([key, value]) => {
    const name = named(key);
    if (name === undefined || name.startsWith("_")) return [];
    if (value instanceof TermMap) return values(value, depth + 1);
    if (typeof value !== "string" || value === "") return [];
    return [`${name}=${[...value.slice(0, 80)].slice(0, 40).join("")}`];
  });
}

function eventLabel(payload) {
  let label = text(payload, "name");
  if (label === undefined) return undefined;
  const target = field(payload, "target");
  if (target instanceof Tuple && target.elements.length === 2) {
    label += ` → ${short(target.elements[0])}#${short(target.elements[1])}`;
  }
  const shown = values(field(payload, "params"));
  return shown.length === 0 ? label : `${label}: ${shown.join(", ")}`;
}

function assigns(payload, name) {
  const map = field(payload, name);
  return map instanceof TermMap ? `assigns ${map.sorted().map(([key]) => short(key)).join(", ")}` : undefined;
}

function component(payload) {
  const [module, id] = [field(payload, "module"), field(payload, "id")];
  return module === undefined || id === undefined ? undefined : `${short(module)}#${short(id)}`;
}

function telemetry(payload) {
  const names = field(payload, "event");
  const label = text(payload, "summary") ?? (Array.isArray(names) ? names.map(short).join(".") : undefined);
  const error = text(payload, "error");
  return label !== undefined && error !== undefined ? `${label} — ${firstLine(error)}` : label;
}

const join = (...parts) => (parts.includes(undefined) ? undefined : parts.join(""));

const LABELS = {
  event: eventLabel,
  params: (payload) => join("navigate → ", text(payload, "uri") ?? text(payload, "url")),
  handle_params: (payload) => LABELS.params(payload),
  info: (payload) => (field(payload, "tag") === undefined ? undefined : `info ${short(field(payload, "tag"))}`),
  mount: () => undefined,
  render: (payload) => assigns(payload, "assigns"),
  assigns: (payload) => join(assigns(payload, "snapshot"), " (all)") ?? assigns(payload, "delta"),
  component: (payload) => join(component(payload), " ", assigns(payload, "assigns")),
  component_destroyed: (payload) => join(component(payload), " removed"),
  telemetry,
  log: (payload) => {
    const message = text(payload, "message");
    return message === undefined ? undefined : `[${text(payload, "level") ?? "log"}] ${firstLine(message)}`;
  },
  exit: (payload) => {
    const [reason, file, line] = [text(payload, "reason"), text(payload, "file"), field(payload, "line")];
    if (reason === undefined || file === undefined) return join("exited: ", reason && firstLine(reason));
    return `exited: ${firstLine(reason)} at ${firstLine(file)}${isInteger(line) ? `:${line}` : ""}`;
  },
  gap: (payload) => {
    const dropped = field(payload, "dropped");
    const counts = (dropped instanceof TermMap ? dropped.sorted() : []).flatMap(([kind, number]) =>
      (named(kind) === undefined || !isInteger(number) ? [] : [`${named(kind)} ${number}`]));
    return counts.length === 0 ? "events are missing" : `events are missing: ${counts.join(", ")}`;
  },
  page_asset: (payload) => text(payload, "href"),
  viewport: (payload) => {
    const [width, height] = [field(payload, "width"), field(payload, "height")];
    return isInteger(width) && isInteger(height) ? `viewport ${width} × ${height}` : undefined;
  },
};

/** One line that says what happened. It is as recorded, control characters included. */
export function label({ kind, payload }) {
  return (Object.hasOwn(LABELS, kind) ? LABELS[kind](payload) : undefined) ?? kind;
}

const ERROR_LEVELS = new Set(["error", "critical", "alert", "emergency"]);

/** Whether an event reports an error (recording.md §6.5). */
export function isError({ kind, payload }) {
  if (kind === "exit") return true;
  if (kind === "log") return ERROR_LEVELS.has(text(payload, "level"));
  return kind === "telemetry" && field(payload, "error") !== undefined;
}

/** What a moment is called that an event marks, or `null`. */
export function markName({ kind, payload }) {
  const mark = kind === "telemetry" ? field(payload, "mark") : undefined;
  if (mark === true) return label({ kind, payload });
  return typeof mark === "string" && mark !== "" ? mark : null;
}

/** The address that an event leads to, or `null`. */
export function addressOf({ kind, payload }) {
  const address = kind === "params" || kind === "handle_params" ? text(payload, "uri") ?? text(payload, "url") : undefined;
  return address ?? null;
}

/** The size of the visitor's window that an event tells, or `null`. */
export const viewport = ({ kind, payload }) => (kind === "viewport" ? sizeOf(payload) : null);

/** The size that a map of `width` and `height` says, or `null`. */
export function sizeOf(map) {
  const [width, height] = [field(map, "width"), field(map, "height")];
  return [width, height].every((side) => isInteger(side) && side > 0 && side < 20_000) ? { width, height } : null;
}

/** How many milliseconds before it arrived the first entry of a batch happened, 0 for what is no batch. */
export function spanOf({ kind, payload, offset }) {
  const span = kind === "pointer" || kind === "state" ? field(payload, "span") : undefined;
  return isInteger(span) && span > 0 ? Math.min(Number(span), Number(offset)) : 0;
}

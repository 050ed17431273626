/** The two mappings of terms to JSON text (json.md §2 to §4): `"plain"` for people, `"tagged"` to lose nothing. */
import {
  Atom, Bits, Closure, External, Float, ImproperList, Local, NativeRecord, Pid, Port, Reference, TermMap, Tuple,
  atomName, isInteger,
} from "./terms.js";
import { identifierText, inspectAtom, integerText, keyText as printed } from "./elixir-text.js";

/** The JSON text of a term. */
export const toJSON = (term, mapping = "plain") => (mapping === "tagged" ? tagged(term) : plain(term));

/** `text`, JSON, so that it may stand in HTML. */
export const safeInHTML = (text) =>
  text.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The pairs of a header as they begin a document; `reserved` are the keys that follow them. */
function headerPairs(fields, mapping, reserved) {
  const named = names(reserved);
  return fields.sorted().map(([key, value]) => {
    const isModule = mapping === "plain" && value !== null && ["view", "__struct__"].includes(atomName(key));
    const name = isModule ? atomName(value) : undefined;
    return `${string(named(keyText(key)))}:${name === undefined ? toJSON(value, mapping) : string(inspectAtom(name))}`;
  });
}

/** An event as an object. */
export function eventText({ offset, kind, payload, extra }, mapping) {
  const more = extra.length > 0 ? `,"extra":[${extra.map((term) => toJSON(term, mapping))}]` : "";
  return `{"offset":${offset},"type":${string(kind)},"payload":${toJSON(payload, mapping)}${more}}`;
}

/** The first of the lines of a recording (json.md §2.2): its header. */
export const headerLine = (fields, mapping = "plain") => `{${headerPairs(fields, mapping, ["events"]).join(",")}}`;

/** The last of them, when the recording is finished: what its finish frame says. */
export function summaryLine({ duration, errors, events, kinds, names, reason }) {
  const counts = [...kinds].map(([kind, count]) => `${string(kind)}:${count}`);
  return `{"summary":{"duration":${duration},"errors":${errors},"events":${events},"kinds":{${counts}},`
    + `"names":${plain(names)},"reason":${string(reason)}}}`;
}

/** A document (json.md §2.1); `more` are pairs after its events, and `reserved` the keys that no field may have. */
export function documentText(fields, events, mapping, more = [], reserved = ["events"]) {
  return `{${[...headerPairs(fields, mapping, reserved), `"events":[\n${events.join(",\n")}]`, ...more].join(",")}}\n`;
}

const string = (text) => JSON.stringify(text).replace(/\x7f/g, "\\u007f");

function plain(term) {
  if (isInteger(term)) return number(term, string);
  if (typeof term === "string") return string(term);
  if (term instanceof Atom) return string(term.name);
  if (term instanceof Float) return float(term.value);
  if (Array.isArray(term)) return `[${term.map(plain)}]`;
  if (term instanceof TermMap) return plainMap(term);
  if (term instanceof Tuple) return plain(term.elements);
  if (term instanceof NativeRecord) return plainRecord(term);
  if (term instanceof ImproperList) return plain([...term.elements, term.tail]);
  if (term instanceof Uint8Array) return `{"base64":"${base64(term)}"}`;
  if (term instanceof Bits) return `{"base64":"${base64(term.bytes)}","bits":${term.size}}`;
  return term === null || typeof term === "boolean" ? String(term) : string(identifierText(term));
}

function plainMap(map) {
  const named = names([]);
  const pairs = [...map].map(([key, value]) => {
    const name = atomName(key) === "__struct__" ? atomName(value) : undefined;
    return `${string(named(keyText(key)))}:${name === undefined ? plain(value) : string(inspectAtom(name))}`;
  });
  return `{${pairs}}`;
}

function plainRecord({ module, name: record, fields }) {
  const named = names(["__record__"]);
  const pairs = fields.map(([key, value]) => `${string(named(keyText(key)))}:${plain(value)}`);
  return `{${[`"__record__":${string(`${atomName(module)}:${atomName(record)}`)}`, ...pairs]}}`;
}

const keyText = (key) => (key === null ? "" : atomName(key) ?? (typeof key === "string" ? key : printed(key)));

/** Gives each text the name it has in its object: itself, or with the lowest number that no earlier one has. */
function names(taken) {
  const used = new Set(taken);
  const next = new Map();
  return (text) => {
    let name = text;
    for (let count = next.get(text) ?? 2; used.has(name); count++) {
      name = `${text}#${count}`;
      next.set(text, count);
    }
    used.add(name);
    return name;
  };
}

function number(value, wrap) {
  const text = integerText(value);
  return text.includes("x") ? wrap(text) : text;
}

function float(value) {
  if (Object.is(value, -0)) return "-0.0";
  const text = Math.abs(value) >= 1e16 ? value.toExponential() : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function base64(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return btoa(text);
}

function tagged(term) {
  if (isInteger(term)) return number(term, (text) => `{"$integer":"${text}"}`);
  if (typeof term === "string") return string(term);
  if (term instanceof Atom) return `{"$atom":${string(term.name)}}`;
  if (term instanceof Float) return float(term.value);
  if (Array.isArray(term)) return `[${term.map(tagged)}]`;
  if (term instanceof TermMap) return taggedMap(term);
  if (term instanceof NativeRecord) return taggedRecord(term);
  if (term instanceof Tuple) return `{"$tuple":${tagged(term.elements)}}`;
  if (term instanceof ImproperList) return `[${term.elements.map(tagged)},{"$tail":${tagged(term.tail)}}]`;
  if (term instanceof Uint8Array) return `{"$binary":"${base64(term)}"}`;
  if (term instanceof Bits) return `{"$bits":"${base64(term.bytes)}","size":${term.size}}`;
  return term === null || typeof term === "boolean" ? String(term) : taggedIdentifier(term);
}

function taggedMap(map) {
  const pairs = [...map];
  const isObject = pairs.every(([key]) => typeof key === "string" && !key.startsWith("$"));
  if (isObject) return `{${pairs.map(([key, value]) => `${string(key)}:${tagged(value)}`)}}`;
  return `{"$map":[${pairs.map(([key, value]) => `[${tagged(key)},${tagged(value)}]`)}]}`;
}

const name = (term) => string(atomName(term));

function taggedRecord({ module, name: record, isExported, fields }) {
  const pairs = fields.map(([key, value]) => `[${name(key)},${tagged(value)}]`);
  return `{"$record":{"module":${name(module)},"name":${name(record)},"exported":${isExported},"fields":[${pairs}]}}`;
}

function taggedIdentifier(term) {
  if (term instanceof Pid) return `{"$pid":${pid(term)}}`;
  if (term instanceof Port) {
    return `{"$port":{"node":${name(term.node)},"number":${term.number},"creation":${term.creation}}}`;
  }
  if (term instanceof Reference) {
    return `{"$ref":{"node":${name(term.node)},"creation":${term.creation},"words":[${term.words}]}}`;
  }
  if (term instanceof External) {
    return `{"$fun":{"module":${name(term.module)},"function":${name(term.name)},"arity":${term.arity}}}`;
  }
  if (term instanceof Closure) {
    return `{"$closure":{"module":${name(term.module)},"arity":${term.arity},"index":${term.index},`
      + `"uniq":"${base64(term.uniq)}","old_index":${term.oldIndex},"old_uniq":${term.oldUniq},`
      + `"creator":${pid(term.creator)},"free":${tagged(term.free)}}}`;
  }
  if (term instanceof Local) return `{"$local":"${base64(term.bytes)}"}`;
  throw new TypeError("no term");
}

const pid = ({ node, number, serial, creation }) =>
  `{"node":${name(node)},"number":${number},"serial":${serial},"creation":${creation}}`;

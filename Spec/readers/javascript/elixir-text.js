/** Terms as Elixir's `inspect` prints them, on one line and without leaving anything out. */
import {
  Atom, Bits, Closure, External, Float, ImproperList, Local, NativeRecord, Pid, Port, Reference, TermMap, Tuple,
  atom, atomName, isInteger,
} from "./terms.js";

const ALWAYS = "+ - * ** / == === != !== ! @ & && &&& | || ||| <- \\\\ ++ -- +++ --- =~ <> ^ < <= > >= = |> <<< >>> ~> <~ "
  + "~>> <<~ <~>";
const OPERATORS = new Set(`${ALWAYS} % %{} {} <<>> ... .. . ..// ->`.split(" "));
const CALLED_OPERATORS = new Set(`${ALWAYS} :: <|> ^^^ ~~~`.split(" "));
const IDENTIFIER = /^[\p{L}_][\p{L}\p{M}\p{N}_@]*[?!]?$/u;
const ALIAS = /^Elixir(\.[A-Z][A-Za-z0-9_]*)+$/;
const CALLED = /^[\p{Ll}\p{Lm}\p{Lo}_][\p{L}\p{M}\p{N}_]*[?!]?$/u;
const PRINTABLE = /^[\x07-\x0d\x1b\x20-\x7f\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;
const ESCAPES = { 0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 27: "\\e",
  0xfeff: "\\uFEFF", 127: "\\d", 34: '\\"', 92: "\\\\" };

/** How text is written: which lists are text, which structs have one of their own, the order of a map's pairs. */
const PLAIN = {
  isText: (terms) => isCharlist(terms), hasStructs: true, known: () => undefined, pairs: (map) => map.sorted(),
};

/** The text of a key (json.md §3.12): structs are maps like any other. */
export const keyText = (term) => textOf(term, { ...PLAIN, hasStructs: false });

/** The text of `term`. */
export const inspect = (term) => textOf(term, PLAIN);

/** The text of `term` by other rules than `PLAIN`; `rules.known` is given a struct's map. */
export function textOf(term, rules) {
  if (isInteger(term)) return integerText(term);
  if (typeof term === "string") return PRINTABLE.test(term) ? quoted(term) : bits(new TextEncoder().encode(term));
  if (atomName(term) !== undefined) return inspectAtom(atomName(term));
  if (Array.isArray(term)) return list(term, rules);
  if (term instanceof Float) return floatText(term.value);
  if (term instanceof Tuple) return `{${elements(term.elements, rules)}}`;
  if (term instanceof TermMap) return map(term, rules);
  if (term instanceof NativeRecord) {
    const name = `${inspect(term.module)}.${calledName(atomName(term.name))}`;
    return `#Record<${name}{${pairs(term.fields, rules)}}>`;
  }
  if (term instanceof ImproperList) return `[${elements(term.elements, rules)} | ${textOf(term.tail, rules)}]`;
  if (term instanceof Uint8Array) return bits(term);
  if (term instanceof Bits) return bits(term.bytes, term.size % 8);
  return identifierText(term);
}

const elements = (terms, rules) => terms.map((term) => textOf(term, rules)).join(", ");

/** Pids, ports, references and functions, with 0 for the node. */
export function identifierText(term) {
  if (term instanceof Pid) return `#PID<0.${term.number}.${term.serial}>`;
  if (term instanceof Port) return `#Port<0.${term.number}>`;
  if (term instanceof Reference) return `#Reference<0.${[...term.words].reverse().join(".")}>`;
  if (term instanceof External) return `&${inspect(term.module)}.${calledName(atomName(term.name))}/${term.arity}`;
  if (term instanceof Closure) {
    return `#Function<${term.index}.${term.oldUniq}/${term.arity} in ${inspect(term.module)}>`;
  }
  if (term instanceof Local) return `#Local<${term.bytes.length} bytes>`;
  throw new TypeError("no term");
}

/** The text of an atom with this name. */
export function inspectAtom(name) {
  if (!(atom(name) instanceof Atom)) return name;
  if (ALIAS.test(name)) return name.slice(7);
  return name === "Elixir" ? name : `:${bareName(name)}`;
}

const LARGE = 1n << 262_144n;

/** Every digit; of more than 262,144 bits hexadecimal ones, since decimal ones take too long. */
export function integerText(value) {
  const size = value < 0 ? -value : value;
  return size < LARGE ? String(value) : `${value < 0 ? "-" : ""}0x${size.toString(16)}`;
}

const isBare = (name) => IDENTIFIER.test(name) && name === name.normalize("NFKC");
const bareName = (name) => ((isBare(name) && name !== "Elixir") || OPERATORS.has(name) ? name : quoted(name));
const calledName = (name) =>
  ((isBare(name) && CALLED.test(name)) || CALLED_OPERATORS.has(name) ? name : quoted(name));

function quoted(text) {
  const escaped = text.replace(/["\\\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff]|#(?=\{)/gu, (character) => {
    const code = character.codePointAt(0);
    return ESCAPES[code] ?? (character === "#" ? "\\#" : code < 256 ? `\\x${hex(code, 2)}` : `\\x{${hex(code, 4)}}`);
  });
  return `"${escaped}"`;
}

const hex = (code, digits) => code.toString(16).toUpperCase().padStart(digits, "0");

export const isCharlist = (terms) => terms.length > 0 && terms.every((code) =>
  isInteger(code) && ((code >= 32 && code < 127) || (code >= 7 && code <= 13) || code === 27));

const isSmall = (code) => code >= 97 && code <= 122;

/**
 * Whether people will have written a list as text: four printable characters of ASCII or more, at least half of all
 * neighbours two small letters, neither rising nor falling throughout.
 */
export function isWritten(terms) {
  if (terms.length < 4) return false;
  if (!terms.every((code) => typeof code === "number" && ((code >= 32 && code < 127) || [9, 10, 13].includes(code)))) {
    return false;
  }
  const neighbours = terms.slice(1).map((code, index) => [terms[index], code]);
  const rises = neighbours.every(([last, code]) => code > last);
  const falls = neighbours.every(([last, code]) => code < last);
  return !rises && !falls && 2 * neighbours.filter((pair) => pair.every(isSmall)).length >= neighbours.length;
}

/** Which lists of integers are text: all that Elixir prints as such, those that people will have written, none. */
export const CHARLISTS = { printable: (terms) => isCharlist(terms), written: isWritten, none: () => false };

function list(terms, rules) {
  if (!rules.isText(terms)) return listText(terms, rules);
  return `~c${quoted(terms.map((code) => String.fromCharCode(code)).join(""))}`;
}

/** A list between brackets, whatever is in it. */
export function listText(terms, rules) {
  if (terms.length > 0 && terms.every(isPair)) return `[${pairs(terms.map((term) => term.elements), rules)}]`;
  return `[${elements(terms, rules)}]`;
}

/** Whether Elixir writes an atom as `key: value` where it is a key. */
export const isKeyword = (term) => atomName(term) !== undefined && !atomName(term).startsWith("Elixir.");
export const isPair = (term) => term instanceof Tuple && term.elements.length === 2 && isKeyword(term.elements[0]);
export const keyName = (key) => bareName(atomName(key));
const pairs = (all, rules) => all.map(([key, value]) => `${keyName(key)}: ${textOf(value, rules)}`).join(", ");

/** The module of a struct and its fields, `null` for any other map. */
export function structOf(term, rules = PLAIN) {
  const module = term.get(STRUCT);
  if (atomName(module) === undefined || module === null || typeof module === "boolean") return null;
  const fields = rules.pairs(term).filter(([key]) => atomName(key) !== "__struct__");
  return fields.every(([key]) => isKeyword(key)) ? { module, fields } : null;
}

function map(term, rules) {
  const known = term.has(STRUCT) ? rules.known(term, rules) : undefined;
  if (known !== undefined) return known;
  const struct = rules.hasStructs === false ? null : structOf(term, rules);
  if (struct !== null) return `%${inspectAtom(atomName(struct.module))}{${pairs(struct.fields, rules)}}`;
  const all = rules.pairs(term);
  if (all.every(([key]) => isKeyword(key))) return `%{${pairs(all, rules)}}`;
  return `%{${all.map(([key, value]) => `${textOf(key, rules)} => ${textOf(value, rules)}`).join(", ")}}`;
}

const STRUCT = atom("__struct__");

/** `last` is how many bits of the last byte count, 0 for all. */
function bits(bytes, last = 0) {
  const parts = Array.from(bytes, String);
  if (last > 0) parts[parts.length - 1] = `${bytes[bytes.length - 1] >> (8 - last)}::size(${last})`;
  return `<<${parts.join(", ")}>>`;
}

function floatText(value) {
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${value}.0`;
  const [, sign, digit, more = "", power] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential());
  const scientific = `${sign}${digit}.${more || "0"}e${Number(power)}`;
  const size = Math.abs(value);
  if (size > 2 ** 53) return scientific;
  const plain = size < 1 && size > 0 ? `${sign}0.${"0".repeat(-power - 1)}${digit}${more}` : String(value);
  const text = plain.includes(".") ? plain : `${plain}.0`;
  return size >= 1 || text.length <= scientific.length ? text : scientific;
}

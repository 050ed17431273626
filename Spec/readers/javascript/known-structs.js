/** Terms as Elixir prints them where its own modules are there: dates, ranges and sets have a text of their own. */
import { CHARLISTS, isKeyword, keyName, listText, textOf } from "./elixir-text.js";
import { TermMap, Tuple, atom, atomName, isInteger } from "./terms.js";

/** The text of `term`, in which lists of integers are text where `charlists`, a name in `CHARLISTS`, says so. */
export const elixirText = (term, charlists = "written") => textOf(term, { ...RULES, isText: CHARLISTS[charlists] });

const get = (map, name) => map.get(atom(name));
const isNamed = (term, name) => atomName(term) === name;

/** The values of a struct's fields when it has those and no others, `null` otherwise. */
function values(map, names) {
  return map.size === names.length + 1 && names.every((name) => map.has(atom(name)))
    ? names.map((name) => get(map, name)) : null;
}

const DATE = ["year", "month", "day"];
const TIME = ["hour", "minute", "second", "microsecond"];
const ZONE = ["time_zone", "zone_abbr", "utc_offset", "std_offset"];
const URI = ["scheme", "authority", "userinfo", "host", "port", "path", "query", "fragment"];

const isSmall = (term) => typeof term === "number";
const pad = (value, digits) => `${value < 0 ? "-" : ""}${String(Math.abs(value)).padStart(digits, "0")}`;

function dateText(numbers) {
  const [year, month, day] = numbers;
  if (!numbers.every(isSmall) || Math.abs(year) > 9999 || month < 1 || month > 12 || day < 1) return null;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const most = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return day > most ? null : `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function timeText([hour, minute, second, fraction]) {
  const numbers = [hour, minute, second];
  const [microsecond, precision, ...more] = fraction instanceof Tuple ? fraction.elements : [];
  const isTime = numbers.every((value, index) => isSmall(value) && value >= 0 && value < (index === 0 ? 24 : 60));
  const isFraction = isSmall(microsecond) && isSmall(precision) && more.length === 0 && microsecond >= 0
    && microsecond < 1_000_000 && precision >= 0 && precision <= 6 && microsecond % 10 ** (6 - precision) === 0;
  if (!isTime || !isFraction) return null;
  const time = numbers.map((value) => pad(value, 2)).join(":");
  return precision === 0 ? time : `${time}.${pad(microsecond, 6).slice(0, precision)}`;
}

function calendarText(map, letter, fields) {
  const all = values(map, [...fields, "calendar"]);
  if (all === null || !isNamed(all[all.length - 1], "Elixir.Calendar.ISO")) return undefined;
  const date = letter === "T" ? "" : dateText(all.slice(0, 3));
  const time = letter === "D" ? "" : timeText(letter === "T" ? all : all.slice(3));
  if (date === null || time === null) return undefined;
  if (letter !== "U") return `~${letter}[${[date, time].filter((part) => part !== "").join(" ")}]`;
  const isUTC = ["Etc/UTC", "UTC", 0, 0].every((value, index) => all[7 + index] === value);
  return isUTC ? `~U[${date} ${time}Z]` : undefined;
}

function rangeText(map) {
  const [first, last, step] = values(map, ["first", "last", "step"]) ?? [];
  if (![first, last, step].every(isInteger) || step === 0) return undefined;
  return `${first}..${last}${step !== 1 || last < first ? `//${step}` : ""}`;
}

function setText(map, rules) {
  const [members, version] = values(map, ["map"]) ?? values(map, ["map", "version"]) ?? [];
  if (!(members instanceof TermMap) || (version !== undefined && version !== 2)) return undefined;
  const pairs = rules.pairs(members);
  const isSet = pairs.every(([, value]) => Array.isArray(value) && value.length === 0);
  const plain = { ...rules, isText: CHARLISTS.none };
  return isSet ? `MapSet.new(${listText(pairs.map(([key]) => key), plain)})` : undefined;
}

function decimalText(map) {
  const [sign, coefficient, exponent] = values(map, ["sign", "coef", "exp"]) ?? [];
  if (![1, -1].includes(sign) || !isSmall(exponent) || Math.abs(exponent) > 1e9) return undefined;
  const minus = sign < 0 ? "-" : "";
  const wrap = (text) => `Decimal.new("${minus}${text}")`;
  if (isNamed(coefficient, "NaN") && exponent === 0) return wrap("NaN");
  if (isNamed(coefficient, "inf") && exponent === 0) return wrap("Infinity");
  if (!isInteger(coefficient) || coefficient < 0 || coefficient >= 1n << 262_144n) return undefined;
  const digits = String(coefficient);
  if (exponent === 0) return wrap(digits);
  const adjusted = exponent + digits.length - 1;
  if (exponent < 0 && adjusted >= -6) {
    const whole = digits.length + exponent;
    return wrap(whole > 0 ? `${digits.slice(0, whole)}.${digits.slice(whole)}` : `0.${"0".repeat(-whole)}${digits}`);
  }
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return wrap(`${mantissa}E${exponent >= 0 ? "+" : ""}${adjusted}`);
}

const OPTIONS = { caseless: "i", extended: "x", firstline: "f", ungreedy: "U", multiline: "m", export: "E" };

/** The letters after a regex: letters already before Elixir 1.15, or the options of `re:compile/2`. */
function modifiers(options) {
  if (typeof options === "string") return /^[A-Za-z0-9_]*$/.test(options) ? options : null;
  if (!Array.isArray(options)) return null;
  let letters = "";
  for (let index = 0; index < options.length; index++) {
    const name = atomName(options[index]);
    const next = options[index + 1];
    const isLines = next instanceof Tuple && next.elements.map(atomName).join() === "newline,anycrlf";
    if (name === "dotall" && isLines) [letters, index] = [`s${letters}`, index + 1];
    else if (name === "unicode" && isNamed(next, "ucp")) [letters, index] = [`u${letters}`, index + 1];
    else if (Object.hasOwn(OPTIONS, name)) letters = OPTIONS[name] + letters;
    else return null;
  }
  return letters;
}

const CONTROLS = { "\x07": "\\a", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v" };

function regexText(map) {
  const source = get(map, "source");
  const letters = map.has(atom("opts")) ? modifiers(get(map, "opts")) : null;
  if (typeof source !== "string" || !map.has(atom("re_pattern")) || letters === null) return undefined;
  const text = source.replace(/\\([^])|([\/\x07\f\n\r\t\v])/g, (whole, escaped, bare) =>
    (bare === undefined ? (escaped === "/" ? "\\/" : whole) : bare === "/" ? "\\/" : CONTROLS[bare]));
  return `~r/${text}/${letters}`;
}

function uriText(map, rules) {
  const all = values(map, URI);
  if (all === null) return undefined;
  const fields = URI.map((name, index) => [name, all[index]]);
  const shown = fields.filter(([name, value]) => name !== "authority" || value !== null);
  return `%URI{${shown.map(([name, value]) => `${name}: ${textOf(value, rules)}`).join(", ")}}`;
}

const KNOWN = {
  "Elixir.Date": (map) => calendarText(map, "D", DATE),
  "Elixir.Time": (map) => calendarText(map, "T", TIME),
  "Elixir.NaiveDateTime": (map) => calendarText(map, "N", [...DATE, ...TIME]),
  "Elixir.DateTime": (map) => calendarText(map, "U", [...DATE, ...TIME, ...ZONE]),
  "Elixir.Range": rangeText,
  "Elixir.MapSet": setText,
  "Elixir.Decimal": decimalText,
  "Elixir.Regex": regexText,
  "Elixir.URI": uriText,
};

const RULES = {
  isText: CHARLISTS.written,
  known(map, rules) {
    const name = atomName(get(map, "__struct__"));
    return Object.hasOwn(KNOWN, name) ? KNOWN[name](map, rules) : undefined;
  },
  pairs: (map) => map.sorted(),
};

/** A struct's own text, `undefined` when it is written by its fields. */
export const knownText = (map) => (map.has(atom("__struct__")) ? RULES.known(map, RULES) : undefined);

/** A map with each pair on a line, those of maps in it too down to a depth; `reel state` writes a state like this. */
export function elixirLines(map, depthOf = () => 0, charlists = "written", indent = "") {
  const pairs = map.sorted();
  if (pairs.length === 0) return "%{}";
  const areKeywords = pairs.every(([key]) => isKeyword(key) && !isNamed(key, "__struct__"));
  const lines = pairs.map(([key, value]) => {
    const depth = depthOf(key);
    const isOpen = depth > 0 && value instanceof TermMap && !value.has(atom("__struct__"));
    const text = isOpen ? elixirLines(value, () => depth - 1, charlists, `${indent}  `)
      : elixirText(value, charlists);
    return `${indent}  ${areKeywords ? `${keyName(key)}:` : `${elixirText(key, charlists)} =>`} ${text}`;
  });
  return `%{\n${lines.join(",\n")}\n${indent}}`;
}

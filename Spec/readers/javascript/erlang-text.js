/**
 * Terms in Erlang's notation, on one line: what OTP 25's `io_lib:format("~0tp", [Term])` gives, but for lists of integers,
 * which are text where people will have written it.
 */
import { CHARLISTS } from "./elixir-text.js";
import {
  Bits, Closure, External, Float, ImproperList, Local, NativeRecord, Pid, Port, Reference, TermMap, Tuple, atomName,
  isInteger,
} from "./terms.js";

const RESERVED = new Set(("after and andalso band begin bnot bor bsl bsr bxor case catch cond div end fun if let not "
  + "of or orelse receive rem try when xor").split(" "));
const BARE = /^[a-z\xdf-\xf6\xf8-\xff][a-z\xdf-\xf6\xf8-\xff0-9@A-Z_\xc0-\xd6\xd8-\xde]*$/;
const PRINTABLE = /^[\x08-\x0d\x1b\x20-\x7e\xa0-\xff]*$/;
const ESCAPES = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\b": "\\b", "\f": "\\f", "\x1b": "\\e",
  "\x7f": "\\d" };

const isPrintable = (terms) => terms.length > 0 && terms.every((code) => isInteger(code) && code >= 0 && code < 256
  && PRINTABLE.test(String.fromCharCode(Number(code))));

/** The text of `term`, in which lists of integers are text where `charlists`, a name in `CHARLISTS`, says so. */
export function erlangText(term, charlists = "written") {
  return textOf(term, charlists === "printable" ? isPrintable : CHARLISTS[charlists]);
}

function textOf(term, isText) {
  if (isInteger(term)) return integerText(term);
  if (typeof term === "string") return binary(term);
  if (atomName(term) !== undefined) return atomText(atomName(term));
  if (Array.isArray(term)) return list(term, isText);
  if (term instanceof Float) return floatText(term.value);
  if (term instanceof Tuple) return `{${each(term.elements, isText)}}`;
  if (term instanceof TermMap) {
    return `#{${term.sorted().map(([key, value]) => `${textOf(key, isText)} => ${textOf(value, isText)}`).join(",")}}`;
  }
  if (term instanceof NativeRecord) {
    const fields = term.fields.map(([name, value]) => `${atomText(atomName(name))} = ${textOf(value, isText)}`);
    return `#${atomText(atomName(term.module))}:${atomText(atomName(term.name))}{${fields.join(",")}}`;
  }
  if (term instanceof ImproperList) return `[${each(term.elements, isText)}|${textOf(term.tail, isText)}]`;
  if (term instanceof Uint8Array) return bytesText(term);
  if (term instanceof Bits) return bitsText(term);
  return identifierText(term);
}

const each = (terms, isText) => terms.map((term) => textOf(term, isText)).join(",");

function identifierText(term) {
  if (term instanceof Pid) return `<0.${term.number}.${term.serial}>`;
  if (term instanceof Port) return `#Port<0.${term.number}>`;
  if (term instanceof Reference) return `#Ref<0.${[...term.words].reverse().join(".")}>`;
  if (term instanceof External) {
    return `fun ${functionName(atomName(term.module))}:${functionName(atomName(term.name))}/${term.arity}`;
  }
  if (term instanceof Closure) return `#Fun<${atomName(term.module)}.${term.oldIndex}.${term.oldUniq}>`;
  if (term instanceof Local) return `#Local<${term.bytes.length} bytes>`;
  throw new TypeError("no term");
}

const LARGE = 1n << 262_144n;

function integerText(value) {
  const size = value < 0 ? -value : value;
  return size < LARGE ? String(value) : `${value < 0 ? "-" : ""}16#${size.toString(16)}`;
}

/** Characters between quotes. */
function quoted(text, quote) {
  const escaped = text.replace(/["'\\\x00-\x1f\x7f-\x9f]/g, (character) => {
    if (character === "\\" || character === quote) return `\\${character}`;
    if (character === "'" || character === '"') return character;
    return ESCAPES[character] ?? `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
  return quote + escaped + quote;
}

const atomText = (name) => (BARE.test(name) && !RESERVED.has(name) ? name : quoted(name, "'"));

/** An atom of a function's name, where the runtime has rules of its own. */
function functionName(name) {
  if (BARE.test(name) && !name.includes("@")) return name;
  return quoted(name, "'").replaceAll("\\e", "\\033").replaceAll("\\d", "\x7f");
}

function list(terms, isText) {
  if (isText(terms)) return quoted(terms.map((code) => String.fromCharCode(Number(code))).join(""), '"');
  return `[${each(terms, isText)}]`;
}

function binary(text) {
  if (text === "") return "<<>>";
  if (!PRINTABLE.test(text)) return `<<${new TextEncoder().encode(text).join(",")}>>`;
  const isASCII = /^[\x00-\x7f]*$/.test(text);
  return `<<${quoted(text, '"')}${isASCII ? "" : "/utf8"}>>`;
}

/** Bytes that are no UTF-8. */
function bytesText(bytes) {
  const isText = bytes.every((byte) => PRINTABLE.test(String.fromCharCode(byte)));
  if (!isText) return `<<${bytes.join(",")}>>`;
  return `<<${quoted(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""), '"')}>>`;
}

function bitsText({ bytes, size }) {
  const last = size % 8;
  const parts = Array.from(bytes, String);
  parts[parts.length - 1] = `${bytes[bytes.length - 1] >> (8 - last)}:${last}`;
  return `<<${parts.join(",")}>>`;
}

/** The shorter of the plain and the scientific notation, and always the latter from 2^53 on. */
function floatText(value) {
  if (Object.is(value, -0)) return "-0.0";
  if (value === 0) return "0.0";
  const [, sign, digit, more = "", power] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential());
  const scientific = `${digit}.${more || "0"}e${Number(power)}`;
  if (Math.abs(value) >= 2 ** 53) return sign + scientific;
  const digits = digit + more;
  const point = Number(power) + 1;
  const plain = point <= 0 ? `0.${"0".repeat(-point)}${digits}`
    : point >= digits.length ? `${digits.padEnd(point, "0")}.0` : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return sign + (plain.length <= scientific.length ? plain : scientific);
}

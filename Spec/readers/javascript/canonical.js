/** The canonical form of terms (terms.md §4). */
import { concatenate } from "./inflate.js";
import {
  Bits, Closure, External, Float, ImproperList, Local, NativeRecord, Pid, Port, Reference, TermMap, Tuple, atomName,
  isInteger,
} from "./terms.js";

/** The bytes of a term, with its 131. */
export function encode(term) {
  const parts = [Uint8Array.of(131)];
  write(term, (...bytes) => parts.push(Uint8Array.from(bytes)), (bytes) => parts.push(bytes));
  return concatenate(parts);
}

const u32 = (value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const u16 = (value) => [value >>> 8, value & 255];

function write(term, put, append) {
  const one = (value) => write(value, put, append);
  const all = (terms) => terms.forEach(one);
  const bytes = (tag, data, ...more) => {
    put(tag, ...u32(data.length), ...more);
    append(data);
  };
  const list = (elements, tail) => {
    put(108, ...u32(elements.length));
    all(elements);
    one(tail);
  };
  if (isInteger(term)) integer(term, put, append);
  else if (atomName(term) !== undefined) {
    const name = new TextEncoder().encode(atomName(term));
    if (name.length < 256) put(119, name.length);
    else put(118, ...u16(name.length));
    append(name);
  } else if (typeof term === "string") bytes(109, new TextEncoder().encode(term));
  else if (term instanceof Uint8Array) bytes(109, term);
  else if (term instanceof Bits) bytes(77, term.bytes, term.size % 8);
  else if (term instanceof Float) {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, term.value);
    put(70);
    append(new Uint8Array(view.buffer));
  } else if (Array.isArray(term)) {
    const isString = term.length < 65_536 && term.every((byte) => typeof byte === "number" && byte >= 0 && byte < 256);
    if (term.length === 0) put(106);
    else if (isString) put(107, ...u16(term.length)), append(Uint8Array.from(term));
    else list(term, []);
  } else if (term instanceof ImproperList) list(term.elements, term.tail);
  else if (term instanceof Tuple) {
    if (term.elements.length < 256) put(104, term.elements.length);
    else put(105, ...u32(term.elements.length));
    all(term.elements);
  } else if (term instanceof NativeRecord) {
    put(67, ...u32(term.fields.length), term.isExported ? 1 : 0);
    all([term.module, term.name, ...term.fields.map(([name]) => name), ...term.fields.map(([, value]) => value)]);
  } else if (term instanceof TermMap) {
    put(116, ...u32(term.size));
    for (const pair of term.sorted()) all(pair);
  } else identifier(term, put, append, one);
}

function integer(value, put, append) {
  if (value >= 0 && value < 256) return put(97, Number(value));
  if (value >= -(2 ** 31) && value < 2 ** 31) return put(98, ...u32(Number(value)));
  const digits = (value < 0 ? -BigInt(value) : BigInt(value)).toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  const bytes = Uint8Array.from({ length: even.length / 2 }, (_, index) =>
    parseInt(even.slice(even.length - 2 * index - 2, even.length - 2 * index), 16));
  if (bytes.length < 256) put(110, bytes.length, value < 0 ? 1 : 0);
  else put(111, ...u32(bytes.length), value < 0 ? 1 : 0);
  return append(bytes);
}

function identifier(term, put, append, one) {
  if (term instanceof Pid) {
    put(88);
    one(term.node);
    put(...u32(term.number), ...u32(term.serial), ...u32(term.creation));
  } else if (term instanceof Port) {
    const number = BigInt(term.number);
    put(number < 1n << 28n ? 89 : 120);
    one(term.node);
    if (number >= 1n << 28n) put(...u32(Number(number >> 32n)));
    put(...u32(Number(number & 0xffffffffn)), ...u32(term.creation));
  } else if (term instanceof Reference) {
    put(90, ...u16(term.words.length));
    one(term.node);
    put(...u32(term.creation), ...term.words.flatMap(u32));
  } else if (term instanceof External) {
    put(113);
    [term.module, term.name, term.arity].forEach(one);
  } else if (term instanceof Closure) {
    const inside = [term.module, term.oldIndex, term.oldUniq, term.creator, ...term.free];
    const inner = concatenate(inside.map((part) => encode(part).subarray(1)));
    put(112, ...u32(29 + inner.length), term.arity);
    append(term.uniq);
    put(...u32(term.index), ...u32(term.free.length));
    append(inner);
  } else if (term instanceof Local) {
    put(121);
    append(term.bytes);
  }
}

/** What stands in the payload of an event. */
import { ImproperList, TermMap, Tuple, atom, atomName } from "./terms.js";

/** A field of a payload, whose key is an atom, or a binary in what came from JSON; `nil` is as good as none. */
export function field(payload, name) {
  if (!(payload instanceof TermMap)) return undefined;
  const value = payload.has(name) ? payload.get(name) : payload.get(atom(name));
  return value === null ? undefined : value;
}

/** Whether a text, in small letters, stands in any text or name of a term. */
export function holdsText(term, wanted) {
  const left = [term];
  while (left.length > 0) {
    const each = left.pop();
    const text = typeof each === "string" ? each : atomName(each);
    if (text !== undefined) {
      if (text.toLowerCase().includes(wanted)) return true;
    } else if (Array.isArray(each)) for (const element of each) left.push(element);
    else if (each instanceof Tuple) for (const element of each.elements) left.push(element);
    else if (each instanceof ImproperList) left.push(...each.elements, each.tail);
    else if (each instanceof TermMap) for (const [key, value] of each) left.push(key, value);
  }
  return false;
}

/** What stands in the payload of an event. */
import { TermMap, atom } from "./terms.js";

/** A field of a payload, whose key is an atom, or a binary in what came from JSON; `nil` is as good as none. */
export function field(payload, name) {
  if (!(payload instanceof TermMap)) return undefined;
  const value = payload.has(name) ? payload.get(name) : payload.get(atom(name));
  return value === null ? undefined : value;
}

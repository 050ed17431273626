/** Reads Reel's recordings and files of PhoenixReplay. Every error is a `ReelError` (recording.md §10). */

export class ReelError extends Error {
  constructor(kind: string, offset: number | undefined, what: string);
  kind: string;
  offset: number | undefined;
}

/** An atom that JavaScript has no literal for. */
export class Atom { readonly name: string; }
export class Float { constructor(value: number); readonly value: number; }
export class Tuple { constructor(elements: Term[]); readonly elements: Term[]; }
export class ImproperList { readonly elements: Term[]; readonly tail: Term; }
export class Bits { readonly bytes: Uint8Array; readonly size: number; }
export class Pid { readonly node: Term; readonly number: number; readonly serial: number; readonly creation: number; }
export class Port { readonly node: Term; readonly number: number | bigint; readonly creation: number; }
export class Reference { readonly node: Term; readonly creation: number; readonly words: number[]; }
export class External { readonly module: Term; readonly name: Term; readonly arity: number; }
export class Closure { readonly module: Term; readonly arity: number; readonly index: number; readonly free: Term[]; }
export class NativeRecord {
  readonly module: Term; readonly name: Term; readonly isExported: boolean; readonly fields: [Term, Term][];
}
export class Local { readonly bytes: Uint8Array; }

/** A map, its keys compared as those of terms are (terms.md §5). */
export class TermMap implements Iterable<[Term, Term]> {
  constructor(pairs?: Iterable<[Term, Term]>);
  readonly size: number;
  has(key: Term): boolean;
  get(key: Term): Term | undefined;
  [Symbol.iterator](): Iterator<[Term, Term]>;
}

/** Binaries of UTF-8 are strings, other binaries bytes, and `nil` is `null`. */
export type Term =
  | null | boolean | number | bigint | string | Uint8Array | Term[] | Atom | Float | Tuple | ImproperList | Bits | TermMap
  | Pid | Port | Reference | External | Closure | NativeRecord | Local;

export interface RecordedEvent {
  /** The number of the event, from 0. */
  index: number;
  /** Milliseconds from the start of the session. */
  offset: number | bigint;
  kind: string;
  payload: Term;
  extra: Term[];
}

export interface Summary {
  events: number;
  duration: number | bigint;
  kinds: Map<string, number>;
  names: TermMap;
  errors: number;
  reason: string;
}

export interface State { assigns: TermMap; components: TermMap; url: string | null; }

/** Where bytes come from. */
export interface Source { size: number; read(start: number, end: number): Promise<Uint8Array>; }

export interface Limits { frame?: number; member?: number; recording?: number; entries?: number; depth?: number; }

export class Recording implements AsyncIterable<RecordedEvent> {
  static open(
    input: Blob | ArrayBuffer | ArrayBufferView | string | URL | Source, options?: { limits?: Limits; imports?: boolean },
  ): Promise<Recording>;
  readonly form: "members" | "gzip" | "bare" | "phoenix-replay" | "json";
  readonly isFinished: boolean;
  readonly problem: ReelError | null;
  readonly header: { version: [number, number]; fields: TermMap };
  readonly eventCount: number | undefined;
  field(name: string): Term | undefined;
  events(range?: { from?: number; to?: number }): AsyncGenerator<RecordedEvent>;
  [Symbol.asyncIterator](): AsyncGenerator<RecordedEvent>;
  stateAt(event: number): Promise<State>;
  summary(): Promise<Summary | null>;
  document(mapping?: "plain" | "tagged"): Promise<string>;
  grow(): Promise<void>;
}

export function decode(bytes: Uint8Array): Term;
export function toJSON(term: Term, mapping?: "plain" | "tagged"): string;
export function inspect(term: Term): string;
export function atom(name: string): Term;
export function atomName(term: Term | undefined): string | undefined;

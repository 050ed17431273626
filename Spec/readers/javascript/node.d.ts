import { Limits, Recording } from "./reel.js";

export * from "./reel.js";

/** Opens a recording, or a file of PhoenixReplay, by its path: `for await (const event of await open(path))`. */
export function open(path: string | URL, options?: { limits?: Limits }): Promise<Recording>;

/** The lines of a recording (json.md §2.2), without their line feeds. */
export function lines(recording: Recording, mapping?: "plain" | "tagged"): AsyncGenerator<string>;

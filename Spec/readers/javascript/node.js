/** Recordings in files, for Node: `for await (const event of await open("session.reel"))`. */
import { open as openFile, stat } from "node:fs/promises";
import { isDocument, openDocument } from "./json-document.js";
import { eventText, headerLine, summaryLine } from "./json.js";
import { Recording, ReelError } from "./reel.js";

export * from "./reel.js";

/** How much of a file is looked at to know whether it is JSON. */
const HEAD = 1 << 16;

/** Opens a recording, or a file of PhoenixReplay, by its path. It is read as far as it is asked for. */
export async function open(path, options = {}) {
  const source = await FileSource.open(path);
  if (isDocument(await source.read(0, HEAD))) return openDocument(await source.read(0, source.size), options);
  return await Recording.open(source, options);
}

/** The lines of a recording (json.md §2.2), without their line feeds. */
export async function* lines(recording, mapping = "plain") {
  yield headerLine(recording.header.fields, mapping);
  for await (const event of recording) yield eventText(event, mapping);
  const summary = recording.isFinished ? await recording.summary() : null;
  if (summary !== null) yield summaryLine(summary);
}

/** A file. It is open only while it is read, so that nobody has to close it. */
class FileSource {
  static async open(path) {
    return Object.assign(new FileSource(), { path, size: (await stat(path).catch(fail)).size });
  }

  async read(start, end) {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.size) - start));
    const file = await openFile(this.path).catch(fail);
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) throw new ReelError("inputOutput", start + done, "the file has become shorter");
        done += bytesRead;
      }
    } finally {
      await file.close();
    }
    return bytes;
  }
}

function fail(error) {
  throw new ReelError("inputOutput", undefined, error.message);
}

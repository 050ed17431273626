/** Where the bytes come from: `size`, and `read(start, end)`. */
import { ReelError } from "./terms.js";

/** A source of a `Blob`, an `ArrayBuffer`, a view of one, or the URL of a file on a server. */
export async function sourceOf(input) {
  if (input instanceof ArrayBuffer) return new BytesSource(new Uint8Array(input));
  if (ArrayBuffer.isView(input)) {
    return new BytesSource(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
  }
  if (typeof Blob === "function" && input instanceof Blob) return new BlobSource(input);
  if (typeof input === "string" || input instanceof URL) return RemoteSource.open(input);
  return input;
}

class BytesSource {
  constructor(bytes) {
    this.bytes = bytes;
    this.size = bytes.length;
  }

  async read(start, end) { return this.bytes.subarray(start, end); }
}

class BlobSource {
  constructor(blob) {
    this.blob = blob;
    this.size = blob.size;
  }

  async read(start, end) {
    return new Uint8Array(await this.blob.slice(start, end).arrayBuffer().catch(fail));
  }
}

/** How much of the end is fetched first: an end member. */
const TAIL = 44;

/** A file on a server that answers HTTP range requests; what one answers that does not is held in memory. */
class RemoteSource {
  static async open(url) {
    const { status, headers, bytes } = await get(url, `bytes=-${TAIL}`);
    const size = Number(/\/(\d+)$/.exec(headers.get("Content-Range") ?? "")?.[1]);
    if (status === 416 && size === 0) return new BytesSource(new Uint8Array(0));
    if (status === 200) return new BytesSource(bytes);
    if (status !== 206) fail(`the server answers ${status}`);
    // A server of another origin has to expose Content-Range.
    return Number.isSafeInteger(size) ? new RemoteSource(url, size, bytes) : sourceOf((await get(url)).bytes);
  }

  constructor(url, size, tail) {
    Object.assign(this, { url, size, tail });
  }

  async read(start, end) {
    const tail = this.size - this.tail.length;
    if (start >= tail) return this.tail.subarray(start - tail, end - tail);
    const { status, bytes } = await get(this.url, `bytes=${start}-${end - 1}`);
    if (status === 200 && bytes.length === this.size) return bytes.subarray(start, end);
    if (status !== 206 || bytes.length !== end - start) fail(`the server answers ${status} with ${bytes.length} bytes`);
    return bytes;
  }
}

async function get(url, range) {
  try {
    const response = await fetch(url, range === undefined ? {} : { headers: { Range: range } });
    return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (error) {
    return fail(error);
  }
}

function fail(reason) {
  throw new ReelError("inputOutput", undefined, `reading failed: ${reason.cause?.message ?? reason.message ?? reason}`);
}

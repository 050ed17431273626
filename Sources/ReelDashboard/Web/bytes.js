/** Where a recording's bytes come from: a server that is asked for ranges, or the page itself. */
import { ReelError } from "./terms.js";

const PAGE = 1 << 18;
const MOST_PAGES = 64;

/** A file on a server, whose length is known from each answer. Small reads next to each other cost one request. */
export class RangedFile {
  #url; #pages = new Map(); #waiting = new Map();

  /** How long the file is. */
  size = 0;

  static async open(url) {
    const file = new RangedFile(url);
    await file.refresh();
    return file;
  }

  constructor(url) {
    this.#url = url;
  }

  /** Asks how long the file is now. What has been read of it stays. */
  async refresh() {
    const last = Math.floor(this.size / PAGE);
    this.#pages.delete(last);
    const start = last * PAGE;
    const bytes = await this.#fetch(start, start + PAGE, true);
    if (bytes.length > 0) this.#keep(last, bytes);
  }

  async read(start, end) {
    const [first, last] = [Math.floor(start / PAGE), Math.floor((end - 1) / PAGE)];
    if (end <= start) return new Uint8Array(0);
    if (first === last) return (await this.#page(first)).subarray(start - first * PAGE, end - first * PAGE);
    if (last - first > 4) return this.#fetch(start, end);
    const pages = await Promise.all(Array.from({ length: last - first + 1 }, (_, index) => this.#page(first + index)));
    const all = new Uint8Array(end - start);
    for (const [index, page] of pages.entries()) {
      const at = (first + index) * PAGE;
      const part = page.subarray(Math.max(0, start - at), Math.min(page.length, end - at));
      all.set(part, Math.max(0, at - start));
    }
    return all;
  }

  async #page(index) {
    const known = this.#pages.get(index);
    if (known !== undefined) {
      this.#keep(index, known);
      return known;
    }
    if (!this.#waiting.has(index)) {
      const end = Math.min(this.size, (index + 1) * PAGE);
      const page = this.#fetch(index * PAGE, end).finally(() => this.#waiting.delete(index));
      this.#waiting.set(index, page);
    }
    const page = await this.#waiting.get(index);
    this.#keep(index, page);
    return page;
  }

  #keep(index, page) {
    this.#pages.delete(index);
    this.#pages.set(index, page);
    if (this.#pages.size > MOST_PAGES) this.#pages.delete(this.#pages.keys().next().value);
  }

  /** Reads a range in as many answers as the server makes of it. With `isOpen` the first answer is all. */
  async #fetch(start, end, isOpen = false) {
    const parts = [];
    for (let at = start; at < end;) {
      const { status, total, bytes } = await this.#get(`bytes=${at}-${end - 1}`);
      if (status === 416 && isOpen) {
        if (total !== undefined) this.size = total;
        return new Uint8Array(0);
      }
      if (status === 200) {
        this.size = bytes.length;
        return bytes.subarray(start, end);
      }
      if (status !== 206 || bytes.length === 0) fail(`the server answers ${status}`);
      if (total !== undefined && total < this.size) fail("the recording has been replaced");
      if (total !== undefined && isOpen) this.size = total;
      if (isOpen) return bytes;
      parts.push(bytes);
      at += bytes.length;
    }
    if (parts.length === 1) return parts[0];
    const all = new Uint8Array(end - start);
    parts.reduce((position, part) => (all.set(part, position), position + part.length), 0);
    return all;
  }

  async #get(range) {
    try {
      const response = await fetch(this.#url, { headers: { Range: range }, cache: "no-store" });
      const total = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1];
      return {
        status: response.status, total: total === undefined ? undefined : Number(total),
        bytes: new Uint8Array(await response.arrayBuffer()),
      };
    } catch (error) {
      return fail(error.message);
    }
  }
}

function fail(reason) {
  throw new ReelError("inputOutput", undefined, `reading failed: ${reason}`);
}

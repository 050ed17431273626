/** What pages show beside their HTML, by the addresses that they write: style sheets as text, images as `data:` addresses. */

/** How many addresses are asked for, of all pages of a recording. */
const MOST = 1_000;

export class PageAssets {
  #load; #known = new Map();
  /** What is called when something has come that was not known before. */
  onchange = () => {};

  /** `load` gives what stands at an address, or `null`. */
  constructor(load) {
    this.#load = load;
  }

  /** The assets that this page holds, or that a server gives at `link`. */
  static of(link) {
    const block = document.getElementById("assets");
    if (block !== null) {
      const held = new Map(Object.entries(JSON.parse(block.textContent)));
      return new PageAssets(async (address) => held.get(address) ?? null);
    }
    return new PageAssets(async (address) => {
      if (link === undefined) return null;
      const answer = await fetch(`${link}?${new URLSearchParams({ address })}`);
      return answer.status === 200 ? answer.text() : null;
    });
  }

  /** What stands at an address, `null` when there is nothing, or nothing yet. */
  at(address) {
    if (!this.#known.has(address)) {
      if (this.#known.size >= MOST) return null;
      this.#known.set(address, null);
      this.#ask(address);
    }
    return this.#known.get(address);
  }

  async #ask(address) {
    try {
      const found = await this.#load(address);
      if (found === null) return;
      this.#known.set(address, found);
      this.onchange();
    } catch {
      // A server that is not there: the page is shown without.
    }
  }
}

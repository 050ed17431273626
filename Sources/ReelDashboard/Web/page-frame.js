/** The page that was sent to the visitor's browser, in a frame without scripts and network. The frame is patched, never replaced. */
import { h, keepKeys } from "./dom.js";
import { EMPTY, PageDocument } from "./page-dom.js";

export class PageFrame {
  #ask; #assets; #frame; #stage; #note; #notice; #page = null; #size = null; #wanted = null; #isBusy = false;

  /** `ask` gives the page after an event: `text`, `title`, and `reason`, why it is unsure; `text` is `null` when there is none. */
  constructor(ask, assets) {
    this.#ask = ask;
    this.#assets = assets;
    this.#frame = h("iframe", {
      // The same origin, so that the player may patch it; no scripts, so that nothing else may.
      sandbox: "allow-same-origin", referrerpolicy: "no-referrer", title: "The page after this event", srcdoc: EMPTY,
    });
    this.#frame.addEventListener("load", () => {
      // A frame that has been led elsewhere is set up again.
      this.#page = new PageDocument(this.#frame.contentDocument, this.#assets);
      this.#wanted ??= this.#shown;
      this.#shown = null;
      this.#next();
    });
    this.#stage = h("div.stage", {}, this.#frame);
    this.#note = h("p.none", { hidden: true }, "The page is not there yet.");
    this.#notice = h("p.page-notice", { role: "status", hidden: true });
    this.element = h("section.panel.page-panel", { "aria-label": "Page", id: "panel-page" }, this.#notice, this.#stage, this.#note);
    new ResizeObserver(() => this.#fit()).observe(this.element);
    keepKeys((element) => element === this.#frame);
  }

  #shown = null;

  /** Shows the page after an event, in a window of a size when it is known. */
  show(event, size) {
    if (size?.width !== this.#size?.width || size?.height !== this.#size?.height) {
      this.#size = size;
      this.#fit();
    }
    if (event === this.#wanted || (event === this.#shown && this.#wanted === null)) return;
    this.#wanted = event;
    this.#next();
  }

  async #next() {
    if (this.#isBusy || this.#page === null || this.#wanted === null) return;
    this.#isBusy = true;
    const event = this.#wanted;
    this.#wanted = null;
    try {
      const { text, reason } = await this.#ask(event);
      this.#show(event, text, reason);
    } catch (error) {
      this.#show(event, null, error.message);
    }
    this.#isBusy = false;
    // What has been asked for in the meantime comes next, the newest only.
    this.#next();
  }

  #show(event, text, reason) {
    this.#note.hidden = text !== null;
    this.#stage.hidden = text === null;
    this.#notice.hidden = reason === null;
    this.#notice.textContent = reason === null ? "" : `This page may be wrong: ${reason}.`;
    if (text !== null) this.#page.show(text);
    this.#shown = event;
    this.element.dataset.event = event;
  }

  /** Makes the visitor's window fit into the panel. */
  #fit() {
    const { clientWidth, clientHeight } = this.element;
    const size = this.#size;
    const scale = size === null ? 1 : Math.min(1, Math.max(1, clientWidth) / size.width);
    this.#stage.style.width = size === null ? "100%" : `${size.width}px`;
    this.#stage.style.height = size === null ? "100%" : `${Math.max(size.height, clientHeight / scale)}px`;
    this.#stage.style.transform = scale === 1 ? "" : `scale(${scale})`;
    this.#stage.style.left = size === null ? "0" : `${Math.max(0, (clientWidth - size.width * scale) / 2)}px`;
  }
}

/** The page as its visitor saw it, in a frame without scripts and network. The frame is patched, never replaced. */
import { h, keepKeys } from "./dom.js";
import { PageBar } from "./page-bar.js";
import { EMPTY, PageDocument } from "./page-dom.js";
import { PageInputs } from "./page-inputs.js";
import { PointerOverlay } from "./pointer-overlay.js";

export class PageFrame {
  #ask; #assets; #frame; #room; #stage; #note; #notice; #page = null; #size = null; #wanted = null; #isBusy = false;
  #overlay = new PointerOverlay(); #inputs = new PageInputs(); #session; #time = 0; #scrolled = null; #shown = null;

  /**
   * `ask` gives the page after an event: `text`, and `reason`, why it is unsure; `text` is `null` when there is none. `changed` is called
   * when it is seen in another way.
   */
  constructor(ask, assets, session, changed) {
    this.#ask = ask;
    this.#assets = assets;
    this.#session = session;
    this.bar = new PageBar(() => {
      this.#fit();
      this.showTime(this.#time);
      changed();
    });
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
    this.#stage = h("div.stage", {}, this.#frame, this.#overlay.element);
    this.#note = h("p.none", { hidden: true }, "The page is not there yet.");
    this.#notice = h("p.page-notice", { role: "status", hidden: true });
    this.#room = h("div.page-room", {}, this.#stage, this.#note);
    this.element = h("section.panel.page-panel", { "aria-label": "Page", id: "panel-page" }, this.bar.element, this.#notice, this.#room);
    new ResizeObserver(() => this.#fit()).observe(this.#room);
    keepKeys((element) => element === this.#frame);
  }

  /** Shows the page after an event, with its address, in a window of a size when it is known. */
  show(event, size, address) {
    this.#address = address;
    if (size?.width !== this.#size?.width || size?.height !== this.#size?.height) this.#size = size;
    this.#fit();
    if (event === this.#wanted || (event === this.#shown && this.#wanted === null)) return;
    this.#wanted = event;
    this.#next();
  }

  #address = null;

  /** Shows what the browser did up to a time: pointers, scrolling, what was typed. */
  showTime(time) {
    this.#time = time;
    const { track } = this.#session;
    this.bar.offerPointer(!track.isEmpty);
    const seen = track.at(time);
    this.#overlay.show(this.bar.looks.hasPointer ? seen : { pointers: [], ripples: [] }, (ripple) => this.#place(ripple));
    if (this.#page === null) return;
    this.#inputs.show(this.#frame.contentDocument, this.#session.inputsAt(time));
    if (seen.scroll === null || seen.scroll.join() === this.#scrolled) return;
    this.#scrolled = seen.scroll.join();
    this.#frame.contentWindow.scrollTo(...seen.scroll);
  }

  /** Where in the window a point of an element is, which a press names. */
  #place({ target, shares: [x, y] }) {
    const element = target === null ? null : this.#frame.contentDocument?.getElementById(target) ?? null;
    if (element === null) return null;
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left + (width * x) / 1_000, top + (height * y) / 1_000];
  }

  async #next() {
    if (this.#isBusy || this.#page === null || this.#wanted === null) return;
    this.#isBusy = true;
    const event = this.#wanted;
    this.#wanted = null;
    try {
      const { text, reason } = await this.#ask(event);
      this.#set(event, text, reason);
    } catch (error) {
      this.#set(event, null, error.message);
    }
    this.#isBusy = false;
    // What has been asked for in the meantime comes next, the newest only.
    this.#next();
  }

  #set(event, text, reason) {
    this.#note.hidden = text !== null;
    this.#stage.hidden = text === null;
    this.#notice.hidden = reason === null;
    this.#notice.textContent = reason === null ? "" : `This page may be wrong: ${reason}.`;
    if (text !== null) this.#page.show(text);
    this.#shown = event;
    this.#scrolled = null;
    this.showTime(this.#time);
    this.element.dataset.event = event;
  }

  /** Makes the visitor's window fit into the panel, or as large as it was. */
  #fit() {
    const { isActual, isTurned } = this.bar.looks;
    const { clientWidth, clientHeight } = this.#room;
    const known = this.#size;
    const size = known !== null && isTurned ? { width: known.height, height: known.width } : known;
    const scale = size === null || isActual ? 1
      : Math.min(1, Math.max(1, clientWidth) / size.width, Math.max(1, clientHeight) / size.height);
    this.#room.classList.toggle("scrolling", isActual);
    this.#stage.style.width = size === null ? "100%" : `${size.width}px`;
    this.#stage.style.height = size === null ? "100%" : `${size.height}px`;
    this.#stage.style.transform = scale === 1 ? "" : `scale(${scale})`;
    this.#stage.style.left = size === null ? "0" : `${Math.max(0, (clientWidth - size.width * scale) / 2)}px`;
    this.#stage.style.top = size === null ? "0" : `${Math.max(0, (clientHeight - size.height * scale) / 2)}px`;
    this.bar.show(this.#address, size, scale);
  }
}

/** The page as the visitor saw it, in a frame without scripts and network. Two take turns, so that nothing flickers. */
import { h, keepKeys } from "./dom.js";

export class PageView {
  #address; #frames; #wanted = null; #loading = null; #shown = null; #size = null; #stage; #note;

  /** `address` says where the page after an event is. */
  constructor(address) {
    this.#address = address;
    this.#frames = [0, 1].map(() => h("iframe", {
      sandbox: "", referrerpolicy: "no-referrer", title: "The page after this event", tabindex: "-1", hidden: true,
    }));
    for (const frame of this.#frames) frame.addEventListener("load", () => this.#loaded(frame));
    this.#stage = h("div.stage", {}, ...this.#frames);
    this.#note = h("p.none", { hidden: true }, "The page is not there yet.");
    this.element = h("section.panel.page-panel", { "aria-label": "Page", id: "panel-page" }, this.#stage, this.#note);
    new ResizeObserver(() => this.#fit()).observe(this.element);
    keepKeys((element) => this.#frames.includes(element));
  }

  /** Shows the page after an event, in a window of a size when it is known; before the first event there is none. */
  show(event, size) {
    this.#note.hidden = event >= 0;
    this.#stage.hidden = event < 0;
    if (event < 0) return;
    if (size?.width !== this.#size?.width || size?.height !== this.#size?.height) {
      this.#size = size;
      this.#fit();
    }
    if (event === this.#wanted) return;
    this.#wanted = event;
    this.#load();
  }

  #load() {
    if (this.#loading !== null || this.#wanted === this.#shown) return;
    this.#loading = this.#wanted;
    this.#frames[1].src = this.#address(this.#loading);
  }

  #loaded(frame) {
    if (frame === this.#frames[0] && this.#shown !== null) return void this.#restore(frame);
    if (frame !== this.#frames[1] || this.#loading === null) return;
    const [front, back] = this.#frames;
    this.#shown = this.#loading;
    this.#loading = null;
    back.hidden = false;
    back.setAttribute("tabindex", "0");
    front.hidden = true;
    front.setAttribute("tabindex", "-1");
    this.#frames = [back, front];
    this.element.dataset.event = this.#shown;
    this.#load();
  }

  /** Shows the page again when a link in it has led elsewhere. */
  #restore(frame) {
    this.#isRestoring = !this.#isRestoring;
    if (this.#isRestoring) frame.src = this.#address(this.#shown);
  }

  #isRestoring = false;

  /** Makes the visitor's window fit into the panel. */
  #fit() {
    const { clientWidth, clientHeight } = this.element;
    const size = this.#size;
    const room = Math.max(1, clientWidth);
    const scale = size === null ? 1 : Math.min(1, room / size.width);
    this.#stage.style.width = size === null ? "100%" : `${size.width}px`;
    this.#stage.style.height = size === null ? "100%" : `${Math.max(size.height, clientHeight / scale)}px`;
    this.#stage.style.transform = scale === 1 ? "" : `scale(${scale})`;
    this.#stage.style.left = size === null ? "0" : `${Math.max(0, (clientWidth - size.width * scale) / 2)}px`;
  }
}

/** What stands above a page: its address, the visitor's window, and how it is seen. */
import { h } from "./dom.js";
import { visible } from "./shown.js";

export class PageBar {
  #address; #size; #fit; #turn; #pointer; #change;

  /** How the page is seen: in its size rather than fitted, turned by a quarter, and with pointers. */
  looks = { isActual: false, isTurned: false, hasPointer: true };

  /** `change` is called when the looks have changed. */
  constructor(change) {
    this.#change = change;
    const toggle = (name, title, what) => h(`button.toggle.${name}`, {
      type: "button", title, "aria-pressed": "false", onclick: () => this.toggle(what) }, title.replace(/ \(.*/, ""));
    this.#address = h("bdi.address", {});
    this.#size = h("span.size", {});
    this.#fit = toggle("actual", "Actual size (F)", "isActual");
    this.#turn = toggle("turn", "Turn (R)", "isTurned");
    this.#pointer = toggle("pointer", "Pointer (P)", "hasPointer");
    this.element = h("div.page-bar", {}, this.#address, this.#size, this.#fit, this.#turn, this.#pointer);
    this.#draw();
  }

  toggle(what) { this.set({ [what]: !this.looks[what] }); }

  set(looks) {
    this.looks = { ...this.looks, ...looks };
    this.#draw();
    this.#change();
  }

  /** Shows an address, and the size of the window with the scale that it is seen at. */
  show(address, size, scale) {
    if (address !== undefined) this.#address.textContent = visible(address ?? "");
    const orientation = size !== null && size.width > size.height ? "landscape" : "portrait";
    this.#size.textContent = size === null ? "" : `${size.width} × ${size.height}, ${orientation}, ${Math.round(scale * 100)} %`;
    for (const button of [this.#fit, this.#turn]) button.hidden = size === null;
  }

  /** Offers to hide pointers when there are any. */
  offerPointer(isThere) { this.#pointer.hidden = !isThere; }

  #draw() {
    const { isActual, isTurned, hasPointer } = this.looks;
    for (const [button, isOn] of [[this.#fit, isActual], [this.#turn, isTurned], [this.#pointer, hasPointer]]) {
      button.setAttribute("aria-pressed", String(isOn));
    }
  }
}

/** Everything about one event: what it was, what caused it, what it caused and how long that took, and its term. */
import { h } from "./dom.js";
import { count, latency, time, visible } from "./shown.js";

/** How many of the events that one has caused are listed. */
const MOST = 100;

export class EventPane {
  #session; #tree; #choose; #index = -1; #isPinned = false; #facts; #pin;

  /** `tree` shows the event's term; `choose` is called with another event that is to be seen. */
  constructor(session, tree, choose) {
    this.#session = session;
    this.#tree = tree;
    this.#choose = choose;
    this.#facts = h("dl.event-facts", { tabindex: "0", "aria-label": "About the event" });
    this.#pin = h("button.toggle.pin", { type: "button", "aria-pressed": "false",
      title: "Keep this event here while others are played", onclick: () => this.#toggle() }, "Pin");
    this.element = h("div.event-pane", {}, h("div.event-head", {}, this.#facts, this.#pin), tree.element);
  }

  /** Shows an event, unless another one is pinned. */
  show(index) {
    this.#last = index;
    if (this.#isPinned) return;
    this.#index = index;
    this.#tree.show(index);
    this.update();
  }

  #last = -1;

  refresh() { this.#tree.refresh(); }

  /** Shows what has become known of the event since. */
  update() {
    const [session, index] = [this.#session, this.#index];
    this.#facts.hidden = !session.isKnown(index);
    if (!session.isKnown(index)) return;
    const cause = session.causeOf(index);
    const caused = session.causedBy(index);
    const render = session.timeToRender(index);
    const facts = [
      [visible(session.kinds[index]), h("bdi", {}, visible(session.labels[index]))],
      ["at", time(session.timeOf(index))],
      cause === null ? null : ["caused by", h("span", {}, this.#link(cause), ` ${latency(session.timeOf(index) - session.timeOf(cause))} earlier`)],
      render === null ? null : ["to its render", latency(render)],
      caused.length === 0 ? null : [`caused ${count(caused.length)}`, h("ul", {}, ...caused.slice(0, MOST).map((each) =>
        h("li", { "data-group": session.group(each) }, h("i.dot"), this.#link(each))))],
    ];
    this.#facts.replaceChildren(...facts.filter((fact) => fact !== null).map(([name, value]) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, value))));
  }

  #link(index) {
    return h("button.event-link", { type: "button", "data-event": index, onclick: () => this.#choose(index) },
      visible(this.#session.labels[index]).slice(0, 120));
  }

  #toggle() {
    this.#isPinned = !this.#isPinned;
    this.#pin.setAttribute("aria-pressed", String(this.#isPinned));
    if (!this.#isPinned) this.show(this.#last);
  }
}

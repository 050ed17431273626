/** The events in a list of any length: only the lines that can be seen are there. */
import { atRest, eachFrame, h } from "./dom.js";
import { groupOf } from "./kinds.js";
import { count, latency, time, visible } from "./shown.js";

export class EventList {
  #session; #choose; #shown = null; #rows = new Map(); #index = -1; #hidden = new Set(); #query = ""; #height = 30;
  #isFollowing = true; #filtered; #find; #found; #hits = new Set();

  /**
   * `choose` is called with an event, `filtered` with the kinds that are hidden, `found` with the events in which is what is looked for.
   * `find` gives the events in which a text stands.
   */
  constructor(session, { choose, filtered, find, found }) {
    this.#find = find;
    this.#found = found;
    this.#session = session;
    this.#choose = choose;
    this.#filtered = filtered;
    this.#body = h("div.rows");
    this.#list = h("div.event-list", {
      role: "listbox", tabindex: "0", "aria-label": "Events", id: "events",
      onscroll: () => this.#render(), onkeydown: (event) => this.#key(event),
      onwheel: () => { this.#isFollowing = false; }, ontouchmove: () => { this.#isFollowing = false; },
      onclick: (event) => {
        const row = event.target.closest("[data-index]");
        if (row !== null) this.#choose(Number(row.dataset.index));
      },
    }, this.#body);
    this.#chips = h("div.chips", { role: "group", "aria-label": "Kinds that are shown" });
    this.#search = h("input", {
      type: "search", placeholder: "Find in events", "aria-label": "Find in events",
      oninput: () => this.#setQuery(this.#search.value),
    });
    this.#note = h("p.none", { hidden: true });
    this.element = h("section.panel.events-panel", { "aria-label": "Events", id: "panel-events" },
      h("div.tools", {}, this.#search), this.#chips, this.#note, this.#list);
    this.update = eachFrame(() => this.#update());
    new ResizeObserver(() => this.#resize()).observe(this.#list);
  }

  #body; #list; #chips; #search; #note;

  /** The events that pass the filter, `null` for all. */
  get shown() { return this.#shown; }

  /** Shows which event is the last one. */
  show(index, isMoved = true) {
    this.#index = index;
    if (isMoved) this.#isFollowing = true;
    if (this.#isFollowing) this.#reveal();
    this.#render();
  }

  /** The event next to one that passes the filter, `undefined` when there is none. */
  next(index, step) {
    if (this.#shown === null) {
      const next = index + step;
      return next >= 0 && next < this.#session.count ? next : undefined;
    }
    const place = this.#place(index);
    const isAt = this.#shown[place] === index;
    return this.#shown[step > 0 ? place + (isAt ? 1 : 0) : place - 1];
  }

  /** What is looked for. */
  get query() { return this.#search.value.trim(); }

  /** Looks for a text in events. */
  find(text) {
    this.#search.value = text;
    this.#setQuery(text);
  }

  focusSearch() {
    this.#search.focus();
    this.#search.select();
  }

  // Filtering

  #setQuery(text) {
    this.#query = text.trim().toLowerCase();
    this.#hits = new Set();
    this.#filter();
    this.#filtered(this.#hidden);
    this.#found([]);
    this.#findInside();
  }

  /** Looks into the events themselves, which the reader has. */
  #findInside = atRest(150, async () => {
    const query = this.#query;
    if (query === "") return;
    const hits = await this.#find(query).catch(() => []);
    if (query !== this.#query) return;
    this.#hits = new Set(hits);
    this.#filter();
    this.#found(this.#shown ?? []);
    this.element.dataset.found = query;
  });

  #toggle(kind) {
    if (this.#hidden.has(kind)) this.#hidden.delete(kind);
    else this.#hidden.add(kind);
    this.#drawChips();
    this.#filter();
    this.#filtered(this.#hidden);
  }

  #filter() {
    const session = this.#session;
    const isAll = this.#hidden.size === 0 && this.#query === "";
    this.#shown = isAll ? null : Array.from({ length: session.count }, (_, index) => index).filter((index) =>
      session.isKnown(index) && !this.#hidden.has(session.kinds[index])
      && (this.#query === "" || session.labels[index].toLowerCase().includes(this.#query)
        || session.kinds[index].includes(this.#query) || this.#hits.has(index)));
    this.#note.hidden = this.#length > 0;
    this.#note.textContent = session.count === 0 ? "There are no events." : "No event matches.";
    this.#resize();
  }

  #update() {
    this.#drawChips();
    this.#filter();
    // There are events that have not been looked into yet.
    this.#findInside();
    if (this.#isFollowing) this.#reveal();
    this.#render();
  }

  #drawChips() {
    const counts = new Map();
    for (const kind of this.#session.kinds) if (kind !== "") counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const known = new Map([...this.#chips.children].map((chip) => [chip.dataset.kind, chip]));
    for (const [kind, number] of [...counts].sort((a, b) => b[1] - a[1])) {
      const chip = known.get(kind) ?? h("button.chip", { type: "button", "data-kind": kind, "data-group": groupOf(kind),
        onclick: () => this.#toggle(kind) }, h("i.dot"), h("bdi", {}, visible(kind)), h("small"));
      chip.setAttribute("aria-pressed", String(!this.#hidden.has(kind)));
      chip.lastChild.textContent = count(number);
      if (!known.has(kind)) this.#chips.append(chip);
    }
  }

  // Lines

  get #length() { return this.#shown === null ? this.#session.count : this.#shown.length; }

  #event(row) { return this.#shown === null ? row : this.#shown[row]; }

  /** The row of an event, or of the first one after it. */
  #place(index) {
    if (this.#shown === null) return index;
    let [low, high] = [0, this.#shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#shown[middle] < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #resize() {
    this.#height = Number.parseFloat(getComputedStyle(this.#list).getPropertyValue("--row")) || 30;
    this.#body.style.height = `${this.#length * this.#height}px`;
    this.#clear();
    if (this.#isFollowing) this.#reveal();
    this.#render();
  }

  #reveal() {
    const row = this.#place(this.#index);
    const [top, height] = [row * this.#height, this.#list.clientHeight];
    const at = this.#list.scrollTop;
    if (top < at + this.#height || top > at + height - 3 * this.#height) {
      // No row is cut at the top.
      this.#list.scrollTop = Math.max(0, row - Math.floor(height / this.#height / 2)) * this.#height;
    }
  }

  #clear() {
    for (const element of this.#rows.values()) element.remove();
    this.#rows.clear();
  }

  #render() {
    const list = this.#list;
    const from = Math.max(0, Math.floor(list.scrollTop / this.#height) - 6);
    const to = Math.min(this.#length, Math.ceil((list.scrollTop + list.clientHeight) / this.#height) + 6);
    for (const [row, element] of this.#rows) {
      if (row >= from && row < to && element.dataset.kind === this.#session.kinds[this.#event(row)]) continue;
      element.remove();
      this.#rows.delete(row);
    }
    let isThere = false;
    for (let row = from; row < to; row++) {
      const index = this.#event(row);
      let element = this.#rows.get(row);
      if (element === undefined) {
        element = this.#line(index, row);
        this.#rows.set(row, element);
        this.#body.append(element);
      }
      const isSelected = index === this.#index;
      isThere ||= isSelected;
      if ((element.getAttribute("aria-selected") === "true") !== isSelected) {
        element.setAttribute("aria-selected", String(isSelected));
      }
      element.classList.toggle("later", index > this.#index);
    }
    if (isThere) list.setAttribute("aria-activedescendant", `event-${this.#index}`);
    else list.removeAttribute("aria-activedescendant");
  }

  #line(index, row) {
    const session = this.#session;
    const isKnown = session.isKnown(index);
    const render = isKnown ? session.timeToRender(index) : null;
    const line = h("div.event", {
      role: "option", id: `event-${index}`, "data-index": index, "data-kind": session.kinds[index],
      "aria-selected": "false", "aria-setsize": this.#length, "aria-posinset": row + 1,
      "data-group": isKnown ? session.group(index) : "other",
    }, h("i.dot"), h("span.time", {}, isKnown ? time(session.times[index]) : ""),
    h("span.kind", {}, visible(session.kinds[index])),
    h("bdi.label", {}, isKnown ? visible(session.labels[index]) : "…"),
    render === null ? null : h("small.latency", { title: "From the event to its render" }, latency(render)));
    line.classList.toggle("caused", isKnown && session.causeOf(index) !== null);
    line.style.top = `${row * this.#height}px`;
    return line;
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.#list.clientHeight / this.#height) - 1);
    const place = this.#place(this.#index);
    const rows = { ArrowDown: place + 1, ArrowUp: place - 1, PageDown: place + page, PageUp: place - page,
      Home: 0, End: this.#length - 1 };
    if (!Object.hasOwn(rows, event.key) || event.ctrlKey || event.metaKey || event.altKey || this.#length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose(this.#event(Math.min(this.#length - 1, Math.max(0, rows[event.key]))));
  }
}

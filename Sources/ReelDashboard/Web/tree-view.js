/** A term as a tree that opens, with what has changed marked, a search inside, and its text to be copied. */
import { ICONS, h, icon, writeClipboard } from "./dom.js";
import { count, visible } from "./shown.js";

export class TreeView {
  #reader; #source; #event = null; #toggles = {}; #limits = {}; #query = ""; #isRevealing = true; #turn = 0;
  #charlists = "written";
  #isBusy = false; #isStale = false; #rows = []; #active = null; #say; #elements = new Map();

  /** `source` is `"state"` or `"event"`; `say` tells the visitor something. */
  constructor(reader, source, { title, say }) {
    this.#reader = reader;
    this.#source = source;
    this.#say = say;
    this.#tree = h("div.tree", {
      role: "tree", "aria-label": title, onclick: (event) => this.#click(event), onkeydown: (event) => this.#key(event),
      onfocusin: (event) => this.#focus(event),
    });
    this.#search = h("input", { type: "search", placeholder: `Find in ${title.toLowerCase()}`,
      "aria-label": `Find in ${title.toLowerCase()}`, oninput: () => this.#setQuery(this.#search.value) });
    this.#status = h("p.tree-status", { role: "status" });
    this.element = h("div.tree-view", {}, h("div.tools", {}, this.#search, this.#copyMenu(),
      this.#charlistsButton(), source === "state" ? this.#revealButton() : null), this.#status, h("div.tree-scroll", {}, this.#tree));
  }

  #tree; #search; #status; #reveal;

  /** Shows what there is after an event. */
  show(event) {
    if (event === this.#event) return;
    this.#event = event;
    this.refresh();
  }

  focusSearch() {
    this.#search.focus();
    this.#search.select();
  }

  /** Opens what the event has changed, or no longer. */
  toggleRevealing() {
    this.#isRevealing = !this.#isRevealing;
    this.#reveal.setAttribute("aria-pressed", String(this.#isRevealing));
    this.refresh();
  }

  /** Asks for the rows again; while an answer is awaited, only the newest question is kept. */
  async refresh() {
    if (this.#event === null || this.element.closest("[hidden]") !== null) return;
    if (this.#isBusy) {
      this.#isStale = true;
      return;
    }
    this.#isBusy = true;
    try {
      const [toggles, limits, query, isRevealing] = [this.#toggles, this.#limits, this.#query, this.#isRevealing];
      const [source, event, charlists] = [this.#source, this.#event, this.#charlists];
      const answer = await this.#reader.ask("tree",
        { source, event, options: { toggles, limits, query, isRevealing, charlists } });
      this.element.dataset.event = event;
      this.#render(answer);
    } catch (error) {
      this.#tree.replaceChildren();
      this.#elements.clear();
      this.#status.textContent = error.message;
    } finally {
      this.#isBusy = false;
      if (this.#isStale) {
        this.#isStale = false;
        this.refresh();
      }
    }
  }

  // Tools

  #copyMenu() {
    const options = [["elixir", "Elixir"], ["erlang", "Erlang"], ["json", "JSON"]];
    const buttons = options.map(([notation, name]) => h("button", {
      type: "button", "data-notation": notation, title: `Copy as ${name}`, onclick: () => this.#copy(notation, name),
    }, h("span.hidden", {}, "Copy as "), name));
    const title = h("span.menu-title", { "aria-hidden": "true", title: "Copy" }, icon(ICONS.copy));
    return h("div.menu", { role: "group", "aria-label": "Copy" }, title, ...buttons);
  }

  #charlistsButton() {
    const button = h("button.toggle", {
      type: "button", "aria-pressed": "false", "aria-label": "All printable lists as text",
      title: "Show each list of integers as text whose integers are all printable, and not only what people write. "
        + "What is shown as text opens as a list.",
      onclick: () => {
        this.#charlists = this.#charlists === "written" ? "printable" : "written";
        button.setAttribute("aria-pressed", String(this.#charlists === "printable"));
        this.refresh();
      },
    }, "~c");
    return button;
  }

  #revealButton() {
    this.#reveal = h("button.toggle", {
      type: "button", "aria-pressed": "true", title: "Open what the event has changed (C)",
      onclick: () => this.toggleRevealing(),
    }, "Changes");
    return this.#reveal;
  }

  async #copy(notation, name) {
    try {
      const text = await this.#reader.ask("text", {
        source: this.#source, event: this.#event, notation, charlists: this.#charlists,
      });
      await writeClipboard(text);
      this.#say(`Copied as ${name}: ${count(text.length)} characters`);
    } catch (error) {
      this.#say(`Not copied: ${error.message}`);
    }
  }

  #setQuery(text) {
    this.#query = text.trim();
    this.refresh();
  }

  // Rows

  #render({ rows, isCut, hits, hasMoreHits }) {
    this.#rows = rows.filter(({ value, isClose }) => value !== undefined && !isClose);
    const isEmpty = this.#rows.length === 0;
    this.#status.textContent = this.#query !== "" ? `${count(hits)}${hasMoreHits ? " or more" : ""} found`
      : isEmpty ? "Nothing here: no event has happened yet." : isCut ? "More than fits here: close some of it." : "";
    const kept = new Map();
    const elements = rows.map((row) => {
      const key = `${row.path}${row.rest === undefined ? "" : "\u0001rest"}`;
      const signature = JSON.stringify([row, this.#query]);
      const old = this.#elements.get(key);
      const element = old?.signature === signature ? old.element : this.#row(row);
      kept.set(key, { element, signature });
      return element;
    });
    const focused = this.#tree.contains(document.activeElement) ? this.#active : null;
    this.#elements = kept;
    place(this.#tree, elements);
    if (!this.#rows.some(({ path }) => path === this.#active)) this.#active = this.#rows[0]?.path ?? null;
    this.#setActive(this.#active, focused !== null);
  }

  #row(row) {
    const { path, depth, key = [], value = [], mark, isContainer, isOpen, isClose, rest, text, more } = row;
    let element;
    if (rest !== undefined) {
      const button = h("button.more", { type: "button", tabindex: "-1", "data-more": path, "data-limit": row.limit },
        `${count(rest)} more`);
      element = h("div.row", { role: "none" }, button);
    } else if (text !== undefined) {
      element = h("div.row.text", { role: "treeitem", "aria-level": depth + 1 },
        h("pre", { tabindex: "0" }, visibleLines(text)),
        more > 0 ? h("p", {}, `and ${count(more)} characters more: copy it to see all`) : null);
    } else if (isClose) {
      element = h("div.row", { role: "none", "aria-hidden": "true" }, ...this.#pieces(value));
    } else {
      const words = { new: "new", changed: "changed", inside: "changed inside" };
      element = h("div.row.node", {
        role: "treeitem", tabindex: "-1", "aria-level": depth + 1, "data-path": path,
        "aria-expanded": isContainer ? String(isOpen) : undefined, "data-mark": mark === "" ? undefined : mark,
      }, isContainer ? icon(ICONS.chevron) : null, ...this.#pieces(key), ...this.#pieces(value),
      mark === "" ? null : h("span.hidden", {}, ` (${words[mark]})`));
    }
    element.style.setProperty("--depth", Math.min(depth, 24));
    return element;
  }

  #pieces(pieces) {
    return pieces.flatMap(([kind, text]) => {
      const shown = this.#highlighted(visible(text));
      return kind === "" ? shown : [h(`span.${kind}`, {}, ...shown)];
    });
  }

  #highlighted(text) {
    const wanted = this.#query.toLowerCase();
    const at = wanted === "" ? -1 : text.toLowerCase().indexOf(wanted);
    if (at < 0) return [text];
    const end = at + wanted.length;
    return [text.slice(0, at), h("mark", {}, text.slice(at, end)), ...this.#highlighted(text.slice(end))];
  }

  // Opening and closing

  #toggle(path, isOpen) {
    this.#toggles[path] = isOpen;
    this.refresh();
  }

  #click(event) {
    const more = event.target.closest("[data-more]");
    if (more !== null) {
      this.#limits[more.dataset.more] = Number(more.dataset.limit) + 500;
      this.refresh();
      return;
    }
    const row = event.target.closest("[data-path]");
    if (row === null) return;
    this.#setActive(row.dataset.path, true);
    const isSelecting = String(window.getSelection()) !== "";
    if (row.hasAttribute("aria-expanded") && !isSelecting) {
      this.#toggle(row.dataset.path, row.getAttribute("aria-expanded") !== "true");
    }
  }

  #focus(event) {
    const row = event.target.closest("[data-path]");
    if (row !== null && row.dataset.path !== this.#active) this.#setActive(row.dataset.path, false);
  }

  #setActive(path, takesFocus) {
    this.#elements.get(this.#active)?.element.setAttribute("tabindex", "-1");
    this.#active = path;
    const element = this.#elements.get(path)?.element;
    if (element === undefined) return;
    element.setAttribute("tabindex", "0");
    if (takesFocus) element.focus({ preventScroll: false });
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = this.#rows.findIndex(({ path }) => path === this.#active);
    if (index < 0) return;
    const row = this.#rows[index];
    const go = (to) => {
      const path = this.#rows[Math.max(0, Math.min(this.#rows.length - 1, to))].path;
      this.#setActive(path, true);
    };
    const parent = () => {
      for (let at = index - 1; at >= 0; at--) if (this.#rows[at].depth < row.depth) return at;
      return index;
    };
    const actions = {
      ArrowDown: () => go(index + 1), ArrowUp: () => go(index - 1),
      Home: () => go(0), End: () => go(this.#rows.length - 1),
      ArrowRight: () => (row.isContainer && !row.isOpen ? this.#toggle(row.path, true) : go(index + 1)),
      ArrowLeft: () => (row.isContainer && row.isOpen ? this.#toggle(row.path, false) : go(parent())),
      Enter: () => row.isContainer && this.#toggle(row.path, !row.isOpen),
    };
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    actions[event.key]();
  }
}

const visibleLines = (text) => text.split("\n").map(visible).join("\n");

/** Puts elements into a parent in this order, moving as few as possible. */
function place(parent, elements) {
  const wanted = new Set(elements);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let at = parent.firstChild;
  for (const element of elements) {
    if (element === at) at = at.nextSibling;
    else parent.insertBefore(element, at);
  }
}

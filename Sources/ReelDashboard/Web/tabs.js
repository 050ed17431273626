/** Panels that take turns, each with a tab; arrow keys move between them. */
import { h } from "./dom.js";

/** The tabs and panels of `all`, lists of a name, a title and an element; `chosen` is called when another one is seen. */
export function tabs(label, all, chosen) {
  const panels = all.map(([name, , element], index) => h("div.tab-panel", {
    role: "tabpanel", id: `tab-panel-${name}`, "aria-labelledby": `tab-${name}`, hidden: index > 0,
  }, element));
  const choose = (place) => {
    for (const [index, button] of buttons.entries()) {
      button.setAttribute("aria-selected", String(index === place));
      button.setAttribute("tabindex", index === place ? "0" : "-1");
      panels[index].hidden = index !== place;
    }
    chosen();
  };
  const buttons = all.map(([name, title], index) => h("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `tab-panel-${name}`,
    "aria-selected": String(index === 0), tabindex: index === 0 ? "0" : "-1", onclick: () => choose(index),
    onkeydown: (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const other = (index + step + all.length) % all.length;
      choose(other);
      buttons[other].focus();
    },
  }, title));
  return { list: h("div.tabs", { role: "tablist", "aria-label": label }, ...buttons), panels };
}

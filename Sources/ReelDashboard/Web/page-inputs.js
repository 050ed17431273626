/** Puts what was typed and chosen back into the controls of a page, which no HTML holds. */

/** The key of the browser's state under which the values of controls are: by a selector, each with its name and value. */
export const INPUTS = "phx_replay:inputs";

const CONTROLS = new Set(["input", "textarea", "select"]);

export class PageInputs {
  #written = new Set();

  /** Gives the controls of a document their values; those that have none any more get back what the page gave them. */
  show(document, values) {
    const written = new Set();
    for (const [selector, fields] of Object.entries(values)) {
      // What has been filtered out is a text, and no value.
      if (typeof fields !== "object" || fields === null) continue;
      const [value] = Object.values(fields);
      if (value === undefined) continue;
      for (const control of controls(document, selector)) {
        write(control, value);
        written.add(control);
      }
    }
    for (const control of this.#written) if (!written.has(control)) reset(control);
    this.#written = written;
  }
}

function controls(document, selector) {
  try {
    return [...document.querySelectorAll(selector)].filter(({ localName }) => CONTROLS.has(localName));
  } catch {
    // A selector that is none finds nothing.
    return [];
  }
}

const isChecked = ({ localName, type }) => localName === "input" && (type === "checkbox" || type === "radio");

function write(control, value) {
  if (control.localName === "select") {
    const chosen = new Set((Array.isArray(value) ? value : [value]).map(String));
    for (const option of control.options) option.selected = chosen.has(option.value);
  } else if (isChecked(control)) {
    control.checked = typeof value === "boolean" ? value : control.value === String(value);
  } else if (control.type !== "file" && control.value !== String(value)) {
    control.value = String(value);
  }
}

function reset(control) {
  if (control.localName === "select") {
    for (const option of control.options) option.selected = option.defaultSelected;
  } else if (isChecked(control)) control.checked = control.defaultChecked;
  else if (control.type !== "file") control.value = control.defaultValue;
}

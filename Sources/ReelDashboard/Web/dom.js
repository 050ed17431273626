/** Elements, made without any markup: what is recorded only ever becomes text. */

const SVG = "http://www.w3.org/2000/svg";

/** An element: `h("button.primary", { type: "button", onclick }, "Play")`. */
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  return fill(element, attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** An element of SVG. */
export function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** An icon of 24 by 24, of one path. */
export const icon = (path) => svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: path }));

export const ICONS = {
  play: "M8 5.14v13.72a1 1 0 0 0 1.52.85l11-6.86a1 1 0 0 0 0-1.7l-11-6.86A1 1 0 0 0 8 5.14Z",
  pause: "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
  back: "M6 6h2.2v12H6zM20 6.9v10.2a1 1 0 0 1-1.55.83L10.8 12.8a1 1 0 0 1 0-1.66l7.65-5.1A1 1 0 0 1 20 6.9Z",
  forward: "M15.8 6H18v12h-2.2zM4 17.1V6.9a1 1 0 0 1 1.55-.83l7.65 5.1a1 1 0 0 1 0 1.66l-7.65 5.1A1 1 0 0 1 4 17.1Z",
  keyboard: "M4 6h16a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2Zm1 3v2h2V9H5Zm3 0v2h2V9H8Zm3 0v2h2"
    + "V9h-2Zm3 0v2h2V9h-2Zm3 0v2h2V9h-2ZM5 12v2h2v-2H5Zm3 0v2h8v-2H8Zm9 0v2h2v-2h-2Z",
  chevron: "m9.3 6.7 5.3 5.3-5.3 5.3 1.4 1.4L17.4 12l-6.7-6.7z",
  chevronLeft: "m14.7 6.7-5.3 5.3 5.3 5.3-1.4 1.4L6.6 12l6.7-6.7z",
  link: "M10.6 13.4a1 1 0 0 1 0-1.4 3 3 0 0 0 0-4.2L8.5 5.7a3 3 0 0 0-4.2 4.2l1.4 1.4-1.4 1.4-1.4-1.4a5 5 0 0 1 7-7L12 6.4a5 5 0 0 1 0 7 1 1 0 0 1-1.4 0Z"
    + "m2.8-2.8a1 1 0 0 1 0 1.4 3 3 0 0 0 0 4.2l2.1 2.1a3 3 0 0 0 4.2-4.2l-1.4-1.4 1.4-1.4 1.4 1.4a5 5 0 0 1-7 7L12 17.6a5 5 0 0 1 0-7 1 1 0 0 1 1.4 0Z",
  copy: "M9 3h9a2 2 0 0 1 2 2v11h-2V5H9V3ZM6 7h8a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2Z"
    + "m0 2v10h8V9H6Z",
};

/** After a click on a page in a frame, keys still go to the player. After the Tab key, they scroll the page. */
export function keepKeys(isFrame) {
  let isTabbing = false;
  document.addEventListener("keydown", ({ key }) => { isTabbing = key === "Tab"; });
  window.addEventListener("blur", () => {
    if (isTabbing || !isFrame(document.activeElement)) return;
    setTimeout(() => {
      if (!isFrame(document.activeElement)) return;
      document.activeElement.blur();
      window.focus();
    });
  });
}

/** Runs something at most once a frame, with the newest arguments. */
export function eachFrame(action) {
  let [waiting, latest] = [false, []];
  return (...parameters) => {
    latest = parameters;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      action(...latest);
    });
  };
}

/** Runs something when it has not been asked for again for some milliseconds. */
export function atRest(milliseconds, action) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}

/** Copies text, also where the page has no secure origin. */
export async function writeClipboard(text) {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return;
    } catch {
      // Asking for the clipboard may be refused where selecting text is not.
    }
  }
  const area = h("textarea.hidden", { "aria-hidden": "true", tabindex: "-1" });
  area.value = text;
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  focused?.focus();
  if (!isDone) throw new Error("the browser does not allow it");
}

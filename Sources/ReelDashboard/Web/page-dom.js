/**
 * A recorded page as elements of a frame: made one by one, so that nothing of it runs, leads elsewhere or asks for anything, and patched
 * rather than replaced, so that what is scrolled and focused stays so.
 */

const HTML = "http://www.w3.org/1999/xhtml";
const SVG = "http://www.w3.org/2000/svg";
const MATHML = "http://www.w3.org/1998/Math/MathML";

/** Elements that are not made, with all that is in them. */
const LEFT_OUT = new Set(["script", "noscript", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "meta", "link",
  "portal", "fencedframe", "foreignobject", "animate", "animatemotion", "animatetransform", "set", "handler", "listener",
  "annotation-xml"]);

/** Attributes that name an address, or do something else than look. Those that begin with "on" are left out as well. */
const LEFT_OUT_ATTRIBUTES = new Set(["action", "formaction", "href", "xlink:href", "src", "srcset", "imagesrcset", "srcdoc", "poster",
  "background", "data", "cite", "longdesc", "usemap", "ping", "profile", "manifest", "archive", "codebase", "classid", "code",
  "lowsrc", "dynsrc", "target", "download", "http-equiv", "autofocus", "autoplay", "style", "nonce", "is", "popovertarget",
  "commandfor", "command", "attributionsrc", "xml:base", "contenteditable", "accesskey", "interestfor", "shadowrootmode"]);

/** The document of a frame, empty. Nothing may be loaded into it but what data addresses hold. */
export const EMPTY = "<!DOCTYPE html><html><head><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
  + "img-src data:; font-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'\"></head><body></body></html>";

/** Makes a frame's document show a text of HTML, with the style sheets and images of `assets`. */
export class PageDocument {
  #document; #styles = ""; #assets; #text = null;

  constructor(document, assets) {
    this.#document = document;
    this.#assets = assets;
    assets.onchange = () => {
      if (this.#text !== null) this.show(this.#text);
    };
  }

  show(text) {
    this.#text = text;
    // A document that is made of text has no window: nothing runs in it, and nothing is loaded.
    const wanted = new DOMParser().parseFromString(text, "text/html");
    teleport(wanted);
    this.#setImages(wanted);
    const { documentElement, body } = this.#document;
    patchAttributes(documentElement, wanted.documentElement);
    patchAttributes(body, wanted.body ?? wanted.createElement("body"));
    if (wanted.body !== null) patchChildren(body, wanted.body);
    this.#setStyles(wanted);
  }

  /** An image is in its address. */
  #setImages(wanted) {
    for (const image of wanted.querySelectorAll("img[src]")) {
      const address = image.getAttribute("src");
      const data = isImageData(address) ? address : this.#assets.at(address);
      if (data === null) image.removeAttribute("src");
      else if (data !== address) image.setAttribute("src", data);
    }
  }

  /** Style sheets are given to the document as such: then a policy that knows no inline styles is as well. */
  #setStyles(wanted) {
    const texts = [...wanted.querySelectorAll("style, link[rel~=stylesheet i]")].map((element) =>
      (element.localName === "style" ? element.textContent : this.#assets.at(element.getAttribute("href") ?? "") ?? ""));
    const all = texts.join("\u0000");
    if (all === this.#styles) return;
    this.#styles = all;
    const { CSSStyleSheet } = this.#document.defaultView;
    this.#document.adoptedStyleSheets = texts.filter((css) => css !== "").map((css) => {
      const sheet = new CSSStyleSheet();
      // Rules that import others are passed over here.
      sheet.replaceSync(css);
      return sheet;
    });
  }
}

/** LiveView's portals: what a template holds is shown where its selector leads. */
function teleport(wanted) {
  for (const template of wanted.querySelectorAll("template[data-phx-portal]")) {
    let target = null;
    try {
      target = wanted.querySelector(template.getAttribute("data-phx-portal"));
    } catch {
      // A selector that is none leads nowhere.
    }
    target?.append(wanted.importNode(template.content, true));
  }
}

const isShown = (node) => node.nodeType === Node.TEXT_NODE
  || (node.nodeType === Node.ELEMENT_NODE && !LEFT_OUT.has(node.localName.toLowerCase()) && !isStyle(node));
const isStyle = (node) => node.localName === "style" || node.localName === "template";
const idOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id : "");
const isSame = (one, other) => one.nodeType === other.nodeType
  && (one.nodeType === Node.TEXT_NODE || (one.localName === other.localName && one.namespaceURI === other.namespaceURI));

function patchChildren(target, source) {
  const wanted = [...source.childNodes].filter(isShown);
  const wantedIds = new Set(wanted.map(idOf).filter((id) => id !== ""));
  const present = new Map();
  for (const child of target.children) if (child.id !== "" && !present.has(child.id)) present.set(child.id, child);
  let next = target.firstChild;
  for (const node of wanted) {
    // What is gone goes first: then what comes after it needs not be moved, and stays scrolled.
    while (next !== null && idOf(next) !== "" && !wantedIds.has(idOf(next))) next = removed(next);
    const id = idOf(node);
    let found = id === "" ? next : present.get(id) ?? null;
    if (found !== null && (!isSame(found, node) || idOf(found) !== id)) found = null;
    if (found === null) {
      found = made(target.ownerDocument, node);
      target.insertBefore(found, next);
    } else if (found === next) {
      next = next.nextSibling;
    } else {
      target.insertBefore(found, next);
    }
    present.delete(id);
    if (node.nodeType === Node.TEXT_NODE) {
      if (found.data !== node.data) found.data = node.data;
    } else {
      patchAttributes(found, node);
      patchChildren(found, node);
    }
  }
  while (next !== null) next = removed(next);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function made(document, node) {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
  const { namespaceURI, localName } = node;
  const isKnown = [HTML, SVG, MATHML].includes(namespaceURI);
  // A name that only a parser makes, or of an element that a page has defined: it looks like any other.
  const name = localName.includes("-") || !/^[a-z][a-z0-9]*$/i.test(localName) ? "span" : localName;
  return document.createElementNS(isKnown ? namespaceURI : HTML, name);
}

function patchAttributes(target, source) {
  const wanted = new Map();
  for (const { name, value } of source.attributes) {
    const key = name.toLowerCase();
    if (!key.startsWith("on") && !LEFT_OUT_ATTRIBUTES.has(key)) wanted.set(name, value);
  }
  for (const [name, value] of linked(source)) wanted.set(name, value);
  for (const { name } of [...target.attributes]) if (!wanted.has(name) && name !== "style") target.removeAttribute(name);
  for (const [name, value] of wanted) {
    if (target.getAttribute(name) === value) continue;
    try {
      target.setAttribute(name, value);
    } catch {
      // A name that only a parser makes.
    }
    if (name === "value" && "value" in target && target.localName === "input" && target.type !== "file") target.value = value;
    if (name === "checked") target.checked = true;
  }
  if (target.localName === "input" && !wanted.has("checked") && target.checked) target.checked = false;
  patchStyle(target, source.getAttribute("style") ?? "");
}

/** Addresses that lead nowhere: data of images, and marks in an SVG. A link keeps its looks, and leads to where it is. */
function* linked(source) {
  const { localName } = source;
  const address = (name) => (source.getAttribute(name) ?? "").trim();
  if (localName === "img" && isImageData(address("src"))) yield ["src", address("src")];
  if ((localName === "a" || localName === "area") && source.namespaceURI === HTML && source.hasAttribute("href")) yield ["href", "about:srcdoc#"];
  if (source.namespaceURI === SVG && localName !== "a") {
    const reference = address("href") || address("xlink:href");
    if (/^#[^\s]+$/.test(reference)) yield ["href", reference];
  }
}

const isImageData = (address) => /^\s*data:image\//i.test(address);

const styles = new WeakMap();

function patchStyle(target, style) {
  if ((styles.get(target) ?? "") === style || target.style === undefined) return;
  styles.set(target, style);
  target.style.cssText = style;
  if (style === "") target.removeAttribute("style");
}

/** What is read of HTML as text: tags, their attributes, and where elements end (pages.md §7, §8.2). */

/** Elements whose content is text, whatever it looks like. */
const RAW = new Set(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"]);
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#34;": '"' };

export const decoded = (text) => text.replace(/&(?:amp|lt|gt|quot|#39|#34);/g, (entity) => ENTITIES[entity]);

const isLetter = (code) => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
const isSpace = (code) => code === 32 || code === 9 || code === 10 || code === 12 || code === 13;

/** The id in the first start tag of a text, `null` when it has none. */
export function idOfFirstTag(text) {
  for (const tag of tags(text)) if (!tag.isEnd) return tag.id;
  return null;
}

/** The tags of a text: `name`, `isEnd`, `start`, `end`, and of start tags the attribute `id`. */
export function* tags(text, from = 0) {
  let position = from;
  while ((position = text.indexOf("<", position)) >= 0) {
    if (text.startsWith("<!--", position)) {
      const end = text.indexOf("-->", position + 4);
      if (end < 0) return;
      position = end + 3;
      continue;
    }
    const isEnd = text[position + 1] === "/";
    const tag = tagAt(text, position, isEnd);
    if (tag === null) {
      position += 1;
      continue;
    }
    if (tag === undefined) return;
    yield tag;
    position = tag.end;
    if (!isEnd && RAW.has(tag.name)) position = endTag(text, tag.name, tag.end);
  }
}

/** Where the end tag of a raw element starts, or the end of the text. */
function endTag(text, name, from) {
  const found = new RegExp(`</${name}(?=[ \\t\\n\\f\\r/>])`, "gi");
  found.lastIndex = from;
  return found.exec(text)?.index ?? text.length;
}

/** The tag that starts at a `<`; `null` when none does, `undefined` when the text ends in it. */
function tagAt(text, start, isEnd) {
  let position = start + (isEnd ? 2 : 1);
  if (!isLetter(text.charCodeAt(position))) return null;
  const nameStart = position;
  const isName = (code) => !isSpace(code) && code !== 47 && code !== 62;
  while (position < text.length && isName(text.charCodeAt(position))) position += 1;
  const tag = { name: lower(text.slice(nameStart, position)), isEnd, start, end: 0, id: null, attributes: new Map() };
  for (;;) {
    while (position < text.length && (isSpace(text.charCodeAt(position)) || text[position] === "/")) position += 1;
    if (position >= text.length) return undefined;
    if (text[position] === ">") break;
    const attribute = position;
    // A name may start with an equals sign.
    position += 1;
    while (position < text.length && isName(text.charCodeAt(position)) && text[position] !== "=") position += 1;
    const name = lower(text.slice(attribute, position));
    let after = position;
    while (after < text.length && isSpace(text.charCodeAt(after))) after += 1;
    let value = "";
    if (text[after] === "=") {
      after += 1;
      while (after < text.length && isSpace(text.charCodeAt(after))) after += 1;
      const quote = text[after];
      if (quote === '"' || quote === "'") {
        const close = text.indexOf(quote, after + 1);
        if (close < 0) return undefined;
        value = text.slice(after + 1, close);
        position = close + 1;
      } else {
        position = after;
        while (position < text.length && !isSpace(text.charCodeAt(position)) && text[position] !== ">") position += 1;
        value = text.slice(after, position);
      }
    }
    if (!tag.attributes.has(name)) tag.attributes.set(name, value);
  }
  tag.end = position + 1;
  if (tag.attributes.has("id")) tag.id = decoded(tag.attributes.get("id"));
  return tag;
}

const lower = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Puts `content` into the first element with an id; `null` when there is none. */
export function filled(text, id, content) {
  for (const tag of tags(text)) {
    if (tag.isEnd || tag.id !== id) continue;
    return text.slice(0, tag.end) + content + text.slice(contentEnd(text, tag));
  }
  return null;
}

/** Where the content of an element ends: at its end tag, or right where it starts when there is none. */
export function contentEnd(text, tag) {
  if (RAW.has(tag.name)) {
    const end = endTag(text, tag.name, tag.end);
    return end === text.length ? tag.end : end;
  }
  let depth = 1;
  for (const { name, isEnd, start } of tags(text, tag.end)) {
    if (name !== tag.name) continue;
    depth += isEnd ? -1 : 1;
    if (depth === 0) return start;
  }
  return tag.end;
}

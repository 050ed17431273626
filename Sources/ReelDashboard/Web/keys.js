/** The keys of the player: what each does, and the page of them. */
import { h } from "./dom.js";

/** A line of the page of keys: what its keys do, and each key with the action that it asks for. */
const line = (what, ...keys) => ({ what, keys });

export const KEYS = [
  line("Play and pause", [" ", "toggle"], ["k", "toggle"]),
  line("One event back or on", ["ArrowLeft", "back"], ["ArrowRight", "on"]),
  line("Five seconds back or on", ["Shift ArrowLeft", "secondsBack"], ["Shift ArrowRight", "secondsOn"]),
  line("To the start, to the end", ["Home", "start"], ["End", "end"]),
  line("Next or previous error", ["e", "nextError"], ["Shift e", "previousError"]),
  line("Next or previous mark", ["m", "nextMark"], ["Shift m", "previousMark"]),
  line("Next or previous interaction", ["j", "nextInteraction"], ["Shift j", "previousInteraction"]),
  line("Speed 1, 2, 5, 10", ["1", "speed1"], ["2", "speed2"], ["3", "speed5"], ["4", "speed10"]),
  line("Skip idle time", ["s", "skip"]),
  line("Follow what is running", ["l", "live"]),
  line("Find in events", ["/", "findEvents"]),
  line("Find in assigns", ["a", "findAssigns"]),
  line("Open what has changed", ["c", "changes"]),
  line("The page in its size, or fitted", ["f", "actualSize"]),
  line("Turn the page", ["r", "turn"]),
  line("Show or hide the pointer", ["p", "pointer"]),
  line("Copy a link to this moment", ["y", "copyLink"]),
  line("Close a dialog, leave a field", ["Escape", "leave"]),
  line("This page", ["?", "keys"]),
];

const ACTIONS = new Map(KEYS.flatMap(({ keys }) => keys));

/** Actions that a key repeats while it is held. */
const REPEATED = new Set(["back", "on", "secondsBack", "secondsOn"]);

const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };
const shown = (key) => key.split(/ (?=.)/).map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" ");

/** The action that a pressed key asks for, `undefined` when there is none. */
export function actionOf({ key, shiftKey, repeat, ctrlKey, metaKey, altKey, defaultPrevented, target }) {
  if (ctrlKey || metaKey || altKey || defaultPrevented) return undefined;
  const isTyping = target?.matches?.("input, textarea, select") === true;
  if (isTyping && key !== "Escape") return undefined;
  if ((key === " " || key === "Enter") && target?.matches?.("button, a, summary")) return undefined;
  const name = key.length === 1 ? key.toLowerCase() : key;
  // A sign, such as the question mark, may take the Shift key or not, as keyboards differ.
  const action = ACTIONS.get(shiftKey && /^([a-z]|Arrow.*)$/.test(name) ? `Shift ${name}` : name);
  return repeat && !REPEATED.has(action) ? undefined : action;
}

/** The page of keys, as a dialog. */
export function keyPage() {
  return h("dialog.help", { "aria-labelledby": "help-title",
    onclick: (event) => event.target === event.currentTarget && event.currentTarget.close() },
  h("form", { method: "dialog" }, h("h2", { id: "help-title" }, "Keyboard"),
    h("dl", {}, ...KEYS.map(({ what, keys }) =>
      h("div", {}, h("dt", {}, ...keys.map(([key]) => h("kbd", {}, shown(key)))), h("dd", {}, what)))),
    h("button.primary", {}, "Close")));
}

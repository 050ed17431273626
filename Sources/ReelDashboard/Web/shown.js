/** Numbers and times as the player shows them. */

const pad = (number) => String(number).padStart(2, "0");

/** `0:00.40`, `1:05.20`, `1:02:03`, of milliseconds. */
export function time(milliseconds) {
  const whole = Math.floor(Math.max(0, milliseconds) / 1_000);
  const [seconds, minutes, hours] = [whole % 60, Math.floor(whole / 60) % 60, Math.floor(whole / 3_600)];
  if (hours > 0) return `${hours}:${pad(minutes)}:${pad(seconds)}`;
  return `${minutes}:${pad(seconds)}.${pad(Math.floor(Math.max(0, milliseconds) / 10) % 100)}`;
}

/** `0.4 s`, `1:05`, `1:02:03`, of milliseconds: as the list and the facts of a recording have it. */
export function duration(milliseconds) {
  if (milliseconds < 60_000) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  const whole = Math.floor(milliseconds / 1_000);
  const [seconds, minutes, hours] = [whole % 60, Math.floor(whole / 60) % 60, Math.floor(whole / 3_600)];
  return hours > 0 ? `${count(hours)}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`;
}

/** `8 ms`, `1.2 s`, `1:05`, of milliseconds: how long something took. */
export const latency = (milliseconds) => (milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : duration(milliseconds));

/** The same in words, for screen readers. */
export function spokenTime(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const part = (number, unit) => (number > 0 ? `${number} ${unit}${number === 1 ? "" : "s"} ` : "");
  return `${part(hours, "hour")}${part(minutes, "minute")}${seconds % 60} seconds`;
}

export const count = (number) => number.toLocaleString("en-US");

/** Text in which nothing is hidden: control characters have their pictures, those that turn text around their codes. */
export const visible = (text) => text
  .replace(/[\x00-\x1f]/g, (character) => String.fromCharCode(0x2400 + character.charCodeAt(0)))
  .replace(/\x7f/g, "␡")
  .replace(/[\x80-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u{${character.charCodeAt(0).toString(16).toUpperCase()}}`);

/** JSON with a line for each value. It is not read for that: long numbers would lose their digits. */
export function indented(json) {
  let depth = 0;
  const line = (change) => {
    depth += change;
    return `\n${"  ".repeat(depth)}`;
  };
  return json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|\[\]|\{\}|[[\]{},:]/g, (token) => {
    if (token === ",") return `,${line(0)}`;
    if (token === ":") return ": ";
    if (token === "[" || token === "{") return `${token}${line(1)}`;
    return token === "]" || token === "}" ? `${line(-1)}${token}` : token;
  });
}

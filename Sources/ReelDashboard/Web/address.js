/** What the address of the player says: where it is, and how it is seen. */

/** What an address says: `?event=12&t=1500` or, where no server is, `#event=12`. What it does not say is `null`. */
export function readAddress({ hash, search }) {
  const values = new URLSearchParams(/(^#|&)event=/.test(hash) ? hash.slice(1) : search);
  const number = (name, least) => {
    const text = values.get(name) ?? "";
    const value = text === "" ? NaN : Number(text);
    return Number.isSafeInteger(value) && value >= least ? value : null;
  };
  return {
    event: number("event", -1), time: number("t", 0), speed: number("speed", 1),
    isActual: values.get("size") === "actual", isTurned: values.has("turned"), hasPointer: values.get("pointer") !== "off",
    skipsIdle: values.get("idle") !== "played", find: values.get("find") ?? "",
  };
}

/** The address's part that says this; what is usual is left out. */
export function writeAddress({ event, time, speed, isActual, isTurned, hasPointer, skipsIdle, find }) {
  const values = new URLSearchParams({ event: String(event) });
  if (time !== null) values.set("t", String(Math.round(time)));
  if (speed !== 1) values.set("speed", String(speed));
  if (!skipsIdle) values.set("idle", "played");
  if (isActual) values.set("size", "actual");
  if (isTurned) values.set("turned", "");
  if (!hasPointer) values.set("pointer", "off");
  if (find !== "") values.set("find", find);
  return values.toString();
}

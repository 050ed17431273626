/** The timeline: lanes with a marker for each event, errors larger and on top, flags where a moment is marked, and the position, to be dragged or moved by keys. */
import { eachFrame, h } from "./dom.js";
import { GROUPS, LANES, laneOf } from "./kinds.js";
import { spokenTime, time as timeText, visible } from "./shown.js";

const PAD = 10;
/** The room above and below all lanes, and half the size of an error's marker. */
const EDGE = 9;
const ERROR = 4.5;

export class Scrubber {
  #session; #seek; #canvas; #tip; #context; #colors = {}; #hidden = new Set(); #index = -1; #time = 0; #image = null;
  #size = { width: 0, height: 0 };

  /** `seek` is called with `{ time }` or `{ event }`. */
  constructor(session, seek) {
    this.#session = session;
    this.#seek = seek;
    this.#canvas = h("canvas", { "aria-hidden": "true" });
    this.#tip = h("div.tip", { hidden: true, "aria-hidden": "true" });
    this.element = h("div.scrubber", {
      role: "slider", tabindex: "0", id: "scrubber", "aria-label": "Position", "aria-valuemin": "0",
      onpointerdown: (event) => this.#press(event), onpointermove: (event) => this.#move(event),
      onpointerup: () => { this.#isDragging = false; }, onpointercancel: () => { this.#isDragging = false; },
      onpointerleave: () => { this.#tip.hidden = true; },
    }, this.#canvas, this.#tip);
    this.#names = h("div.lane-names", { "aria-hidden": "true" });
    this.timeline = h("div.timeline", {}, this.#names, this.element);
    this.#context = this.#canvas.getContext("2d");
    new ResizeObserver(() => this.#resize()).observe(this.element);
    for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
      matchMedia(query).addEventListener("change", () => this.#resize());
    }
    this.redraw = eachFrame(() => this.#draw(true));
    this.#drawPosition = eachFrame(() => this.#draw(false));
  }

  #isDragging = false;
  #drawPosition; #names; #found = [];

  /** Shows a position. */
  show(index, time) {
    [this.#index, this.#time] = [index, time];
    const { count, duration, labels } = this.#session;
    const element = this.element;
    element.setAttribute("aria-valuemax", String(count));
    element.setAttribute("aria-valuenow", String(index + 1));
    const what = index < 0 ? "before the first event"
      : `event ${index + 1} of ${count}: ${visible(labels[index] ?? "")}`;
    element.setAttribute("aria-valuetext", `${spokenTime(time)} of ${spokenTime(duration)}, ${what.slice(0, 200)}`);
    this.#drawPosition();
  }

  /** Kinds that are filtered out are drawn faintly. */
  filter(hiddenKinds) {
    this.#hidden = hiddenKinds;
    this.redraw();
  }

  /** Shows the places of events that have been found. */
  find(events) {
    this.#found = events;
    this.redraw();
  }

  // Drawing

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    const ratio = window.devicePixelRatio || 1;
    this.#size = { width, height };
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    const style = getComputedStyle(this.element);
    const color = (property) => style.getPropertyValue(property).trim();
    this.#colors = { played: color("--played"), lane: color("--lane"), head: color("--head"), unsure: color("--unsure"), idle: color("--idle"), found: color("--found") };
    for (const group of GROUPS) this.#colors[group] = color(`--kind-${group}`);
    this.#draw(true);
  }

  #x(time) {
    return PAD + (time / Math.max(1, this.#session.duration)) * (this.#size.width - 2 * PAD);
  }

  #timeAt(x) {
    const share = (x - PAD) / Math.max(1, this.#size.width - 2 * PAD);
    return Math.min(1, Math.max(0, share)) * this.#session.duration;
  }

  #draw(isNew) {
    const { width, height } = this.#size;
    if (width === 0) return;
    if (isNew || this.#image === null) this.#drawMarkers();
    const [context, ratio] = [this.#context, window.devicePixelRatio || 1];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.scale(ratio, ratio);
    const x = this.#x(this.#time);
    context.fillStyle = this.#colors.lane;
    context.beginPath();
    context.roundRect(PAD - 4, 4, width - 2 * PAD + 8, height - 8, 6);
    context.fill();
    context.save();
    context.clip();
    context.fillStyle = this.#colors.played;
    context.fillRect(0, 0, x, height);
    context.restore();
    context.drawImage(this.#image, 0, 0, width, height);
    context.fillStyle = this.#colors.head;
    context.beginPath();
    context.roundRect(x - 1.25, 1, 2.5, height - 2, 1.25);
    context.fill();
    context.beginPath();
    context.arc(x, 5, 4.5, 0, 7);
    context.fill();
  }

  /** All markers, once for many positions. */
  #drawMarkers() {
    const { width, height } = this.#size;
    const image = document.createElement("canvas");
    [image.width, image.height] = [this.#canvas.width, this.#canvas.height];
    const context = image.getContext("2d");
    const ratio = window.devicePixelRatio || 1;
    context.scale(ratio, ratio);
    const session = this.#session;
    this.#drawIdle(context);
    const present = LANES.map(([lane]) => lane).filter((lane) => this.#has(lane));
    this.#showNames(present);
    const high = (height - 2 * EDGE) / Math.max(1, present.length);
    context.fillStyle = this.#colors.unsure;
    for (const [start, end] of session.unsureSpans) {
      context.fillRect(this.#x(start), 4, Math.max(2, this.#x(end) - this.#x(start)), height - 8);
    }
    const last = new Map();
    const errors = [];
    for (let index = 0; index < session.count; index++) {
      if (!session.isKnown(index)) continue;
      const group = session.group(index);
      const lane = present.indexOf(laneOf(session.kinds[index]));
      const isHidden = this.#hidden.has(session.kinds[index]);
      const x = Math.round(this.#x(session.times[index]) * ratio) / ratio;
      const key = `${lane}${group}${isHidden}`;
      if (last.get(key) === x) continue;
      last.set(key, x);
      if (group === "error") {
        errors.push({ x, y: EDGE + (lane + 0.5) * high, isHidden });
        continue;
      }
      context.globalAlpha = isHidden ? 0.15 : 1;
      context.fillStyle = this.#colors[group];
      if (group === "gap") context.fillRect(x - 1.25, EDGE, 2.5, height - 2 * EDGE);
      else context.fillRect(x - 0.75, EDGE + lane * high + high * 0.1, 1.5, high * 0.8);
    }
    this.#drawErrors(context, errors);
    this.#drawFlags(context);
    this.#drawFound(context);
    this.#image = image;
  }

  /** Stretches in which nothing happens are hatched. */
  #drawIdle(context) {
    const { height } = this.#size;
    context.strokeStyle = this.#colors.idle;
    context.lineWidth = 1;
    for (const [start, end] of this.#session.idleSpans) {
      const [left, right] = [this.#x(start) + 1, this.#x(end) - 1];
      if (right - left < 3) continue;
      context.save();
      context.beginPath();
      context.rect(left, 4, right - left, height - 8);
      context.clip();
      context.beginPath();
      for (let x = left - height; x < right; x += 6) {
        context.moveTo(x, height - 4);
        context.lineTo(x + height - 8, 4);
      }
      context.stroke();
      context.restore();
    }
  }

  #drawErrors(context, errors) {
    context.fillStyle = this.#colors.error;
    for (const { x, y, isHidden } of errors) {
      context.globalAlpha = isHidden ? 0.15 : 1;
      context.fillRect(x - 0.5, EDGE, 1, this.#size.height - 2 * EDGE);
      context.beginPath();
      context.arc(x, y, ERROR, 0, 7);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  /** A flag stands where a moment is marked. */
  #drawFlags(context) {
    context.fillStyle = this.#colors.measure;
    for (const index of this.#session.marks.keys()) {
      const x = this.#x(this.#session.timeOf(index));
      context.fillRect(x - 0.75, 2, 1.5, this.#size.height - 6);
      context.beginPath();
      context.moveTo(x, 2);
      context.lineTo(x + 9, 6);
      context.lineTo(x, 10);
      context.fill();
    }
  }

  /** What has been found is pointed at from below. */
  #drawFound(context) {
    const { height } = this.#size;
    context.fillStyle = this.#colors.found;
    let last = -10;
    for (const index of this.#found) {
      const x = this.#x(this.#session.timeOf(index));
      if (x - last < 1) continue;
      last = x;
      context.beginPath();
      context.moveTo(x, height - 9);
      context.lineTo(x + 4, height - 2);
      context.lineTo(x - 4, height - 2);
      context.fill();
    }
  }

  #showNames(present) {
    const shown = LANES.filter(([lane]) => present.includes(lane)).map(([, name]) => name);
    if (shown.join() === [...this.#names.children].map((name) => name.textContent).join()) return;
    this.#names.replaceChildren(...shown.map((name) => h("span", {}, name)));
  }

  #has(lane) {
    const session = this.#session;
    for (let index = 0; index < session.count; index++) {
      if (session.isKnown(index) && laneOf(session.kinds[index]) === lane) return true;
    }
    return false;
  }

  // Pointing

  #press(event) {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.#isDragging = true;
    this.#point(event);
  }

  #move(event) {
    if (this.#isDragging) this.#point(event);
    this.#hover(event);
  }

  #point(event) {
    const x = event.clientX - this.element.getBoundingClientRect().left;
    const near = this.#nearest(x, 4);
    this.#seek(near >= 0 ? { event: near } : { time: this.#timeAt(x) });
  }

  /** The event that is drawn nearest to a place, the last of several, -1 when none is near. */
  #nearest(x, most) {
    const session = this.#session;
    const at = session.indexAt(this.#timeAt(x));
    const [before, after] = [this.#distance(at, x), this.#distance(at + 1, x)];
    if (Math.min(before, after) > most) return -1;
    return before <= after ? at : session.indexAt(session.timeOf(at + 1));
  }

  #distance(index, x) {
    const isThere = index >= 0 && index < this.#session.count;
    return isThere ? Math.abs(this.#x(this.#session.timeOf(index)) - x) : Infinity;
  }

  #hover(event) {
    const { left } = this.element.getBoundingClientRect();
    const x = event.clientX - left;
    const near = this.#nearest(x, 6);
    const session = this.#session;
    const time = near >= 0 ? session.timeOf(near) : this.#timeAt(x);
    const mark = session.marks.get(near);
    const text = near >= 0 ? ` ${visible(mark ?? session.labels[near]).slice(0, 120)}` : "";
    this.#tip.replaceChildren(h("b", {}, timeText(time)), text);
    this.#tip.dataset.group = near >= 0 && session.isKnown(near) ? session.group(near) : "";
    this.#tip.hidden = false;
    const room = this.#size.width - this.#tip.offsetWidth - 4;
    this.#tip.style.left = `${Math.max(4, Math.min(room, x - this.#tip.offsetWidth / 2))}px`;
  }
}

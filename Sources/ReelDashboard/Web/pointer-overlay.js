/** Pointers drawn over a page: an arrow with its trail, a fingertip for each touch, and a ripple where something was pressed. */
import { svg } from "./dom.js";

const ARROW = "M0 0v17.2l4.6-4.2 2.9 6.6 2.9-1.3-2.9-6.4h6z";
const FINGER = 17;

export class PointerOverlay {
  constructor() {
    this.element = svg("svg", { class: "pointers", "aria-hidden": "true" });
  }

  /** Draws what a track says of a time; `locate` says where in the window an element is that was pressed, or `null`. */
  show({ pointers, ripples }, locate) {
    this.element.replaceChildren(
      ...ripples.map((ripple) => {
        const [x, y] = locate(ripple) ?? [ripple.x, ripple.y];
        return svg("circle", { class: "ripple", cx: x, cy: y, r: 6 + 26 * ripple.age, opacity: 1 - ripple.age });
      }),
      ...pointers.flatMap(({ x, y, slot, isFinger, isPressed, trail }) => [
        trail.length > 1 ? svg("polyline", { class: "trail", points: trail.map((place) => place.join()).join(" ") }) : null,
        isFinger ? svg("circle", { class: "finger", "data-slot": slot, cx: x, cy: y, r: FINGER })
          : svg("path", { class: isPressed ? "arrow pressed" : "arrow", "data-slot": slot, d: ARROW, transform: `translate(${x} ${y})` }),
      ].filter((shape) => shape !== null)));
  }
}

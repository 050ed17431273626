/** The states of a recording, one after the other or in any order (recording.md §7.4). */
import { State } from "./content.js";
import { ReelError } from "./terms.js";

/** Goes on where it is when that is nearer than the last keyframe, so that playing a recording reads it once. */
export class Timeline {
  #recording; #steps = null; #state = null; #next = 0;

  constructor(recording) {
    this.#recording = recording;
  }

  /** The `event` with a number, and copies of the state `before` and `after` it. */
  async at(number) {
    const start = this.#recording.startOf(number);
    if (this.#steps === null || number < this.#next || start > this.#next) {
      await this.#steps?.return();
      this.#steps = this.#recording.steps(number);
      this.#state = new State();
    }
    try {
      for (;;) {
        const { value, done } = await this.#steps.next();
        if (done) throw new ReelError("noSuchEvent", undefined, `there is no event ${number}`);
        const { keyframe, event } = value;
        if (keyframe !== undefined) this.#state = keyframe;
        if (event === undefined) continue;
        const before = event.index === number ? this.#state.copy() : null;
        this.#state.apply(event);
        this.#next = event.index + 1;
        if (before !== null) return { event, before, after: this.#state.copy() };
      }
    } catch (error) {
      this.#steps = null;
      throw error;
    }
  }
}

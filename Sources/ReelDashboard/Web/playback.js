/** The clock: time that runs while a recording is played. */

export const SPEEDS = [1, 2, 5, 10];
/** What is left of an idle stretch that is skipped, in milliseconds. */
const LEFT = 400;

export class Playback {
  #session; #show; #frame = null; #last = 0;
  time = 0;
  speed = 1;
  skipsIdle = true;

  /** `show` is called with the time whenever it has moved, and with whether it is the last. */
  constructor(session, show) {
    this.#session = session;
    this.#show = show;
  }

  get isPlaying() { return this.#frame !== null; }

  play() {
    if (this.isPlaying) return;
    if (this.time >= this.#session.duration) this.time = 0;
    this.#last = performance.now();
    this.#frame = requestAnimationFrame((now) => this.#tick(now));
    this.#show(this.time);
  }

  pause() {
    if (!this.isPlaying) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#show(this.time);
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  #tick(now) {
    // A tab that was hidden for a while goes on where it was.
    const step = Math.min(250, Math.max(0, now - this.#last)) * this.speed;
    this.#last = now;
    const session = this.#session;
    let time = this.time + step;
    if (this.skipsIdle) {
      const end = session.idleUntil(this.time);
      if (end !== null && end - time > LEFT * this.speed) time = end - LEFT * this.speed;
    }
    this.time = Math.min(time, session.duration);
    if (this.time >= session.duration) this.#frame = null;
    else this.#frame = requestAnimationFrame((then) => this.#tick(then));
    this.#show(this.time);
  }
}

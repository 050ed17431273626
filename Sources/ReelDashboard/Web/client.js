/** The page's side of the reader: questions to the worker, and what it tells. */
import { serve } from "./worker.js";

/** A reader; `tell` takes what it says without having been asked. */
export class Reader {
  #port; #waiting = new Map(); #last = 0; #tell;

  constructor(tell) {
    this.#tell = tell;
    this.#port = connect();
    this.#port.onmessage = ({ data }) => this.#receive(data);
    // A worker that cannot be loaded: the page reads by itself.
    this.#port.onerror = () => {
      if (this.#last > this.#waiting.size) return;
      this.#port = local();
      this.#port.onmessage = ({ data }) => this.#receive(data);
      for (const [id, { method, params }] of this.#waiting) this.#port.postMessage({ id, method, params });
    };
  }

  ask(method, params = {}) {
    this.#last += 1;
    const id = this.#last;
    this.#port.postMessage({ id, method, params });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject, method, params }));
  }

  #receive(data) {
    if (data.id === undefined) return this.#tell(data);
    const { resolve, reject } = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    return data.error === undefined ? resolve(data.result) : reject(new Error(data.error));
  }
}

/** A worker of this program: a file beside the page's, or the text of a page that holds everything. */
function connect() {
  try {
    const inline = document.getElementById("program");
    if (inline === null) {
      const page = document.querySelector('script[type="module"][src$="player.js"]');
      return new Worker(new URL("worker.js", page.src), { type: "module" });
    }
    return new Worker(URL.createObjectURL(new Blob([inline.textContent], { type: "text/javascript" })));
  } catch {
    return local();
  }
}

function local() {
  const { port1, port2 } = new MessageChannel();
  serve(port2);
  return port1;
}

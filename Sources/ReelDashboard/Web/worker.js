/** The reader in a worker: each message is a question with a number, and so is its answer. */
import { Engine } from "./engine.js";

/** Answers what comes through a port, which a worker's scope is as well. */
export function serve(port) {
  const engine = new Engine((message) => port.postMessage(message));
  port.onmessage = async ({ data: { id, method, params } }) => {
    try {
      port.postMessage({ id, result: await engine[method](params) });
    } catch (error) {
      port.postMessage({ id, error: error.message });
    }
  };
}

if (typeof document === "undefined" && typeof self !== "undefined" && "postMessage" in self) serve(self);

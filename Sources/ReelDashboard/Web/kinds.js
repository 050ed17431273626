/** The kinds of events as people see them: groups, each with a colour of its own. */

/** The groups; the style sheet has a colour for each, `--kind-NAME`. */
export const GROUPS = ["user", "view", "navigation", "message", "measure", "error", "gap", "other"];

/** The lanes of the timeline, from above, with their names. */
export const LANES = [["browser", "Browser"], ["view", "LiveView"], ["telemetry", "Telemetry"], ["log", "Logs"], ["other", "Other"]];

const LANE_OF = {
  pointer: "browser", viewport: "browser", state: "browser", telemetry: "telemetry", log: "log", exit: "log", gap: "view",
};

/** The lane of events of a kind. */
export const laneOf = (kind) =>
  (Object.hasOwn(LANE_OF, kind) ? LANE_OF[kind] : Object.hasOwn(GROUP_OF, kind) ? "view" : "other");

const GROUP_OF = {
  event: "user", pointer: "user", viewport: "user", state: "user",
  mount: "view", render: "view", assigns: "view", component: "view", component_destroyed: "view",
  page: "view", page_join: "view", page_diff: "view", page_asset: "view", params: "navigation", handle_params: "navigation",
  info: "message", telemetry: "measure", log: "measure", exit: "error", gap: "gap",
};

/** The group that events of a kind belong to; those that report an error have one of their own. */
export const groupOf = (kind, isError = false) =>
  (isError ? "error" : Object.hasOwn(GROUP_OF, kind) ? GROUP_OF[kind] : "other");

const CHANGING = new Set(["mount", "render", "assigns", "component", "component_destroyed", "params", "handle_params"]);

/** Whether events of a kind may change the state, and so the page that a template makes of it. */
export const changesState = (kind) => CHANGING.has(kind);

const CHANGING_PAGES = new Set(["page", "page_join", "page_diff", "gap"]);

/** Whether events of a kind may change the page that was sent to the browser. */
export const changesPage = (kind) => CHANGING_PAGES.has(kind);

const CAUSES = new Set(["mount", "event", "params", "handle_params", "info"]);

/** Whether events of a kind are what others come of: what a user, a browser or another process did. */
export const isCause = (kind) => CAUSES.has(kind);

const RENDERS = new Set(["render", "assigns", "component", "page_join", "page_diff"]);

/** Whether events of a kind show something new. */
export const isRender = (kind) => RENDERS.has(kind);

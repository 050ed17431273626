/** The player of a recording. Its facts stand in the page, in the block `reel`. */
import { readAddress, writeAddress } from "./address.js";
import { Reader } from "./client.js";
import { ICONS, atRest, eachFrame, h, icon, writeClipboard } from "./dom.js";
import { EventList } from "./event-list.js";
import { EventPane } from "./event-pane.js";
import { actionOf, keyPage } from "./keys.js";
import { changesPage, changesState } from "./kinds.js";
import { PageAssets } from "./page-assets.js";
import { PageFrame } from "./page-frame.js";
import { Playback, SPEEDS } from "./playback.js";
import { Scrubber } from "./scrubber.js";
import { Session } from "./session.js";
import { count, duration, time as timeText, visible } from "./shown.js";
import { tabs } from "./tabs.js";
import { TreeView } from "./tree-view.js";

class Player {
  #facts; #session = new Session(); #reader; #list; #state; #event; #page = null; #scrubber; #playback; #index = -1;
  #isFollowing = false; #isRunning; #elements = {}; #isReady = false; #wanted = null;

  constructor(facts) {
    this.#facts = facts;
    this.#isRunning = !facts.isFinished && facts.links?.live !== undefined && (facts.damage ?? null) === null;
    this.#reader = new Reader((message) => this.#hear(message));
    this.#playback = new Playback(this.#session, (time) => this.#showTime(time));
    this.#build();
    this.#open();
  }

  async #open() {
    const { links = {}, event = null } = this.#facts;
    const asked = readAddress(location);
    const given = asked.event ?? event;
    const bytes = links.bytes === undefined ? inlineBytes() : undefined;
    const url = bytes === undefined ? new URL(links.bytes, document.baseURI).href : undefined;
    try {
      const facts = await this.#reader.ask("open", { url, bytes, event: given ?? 0 });
      this.#take(facts);
      if (this.#isRunning) this.#follow(given === null);
      this.#wanted = given ?? (this.#isFollowing ? this.#session.count - 1 : 0);
      this.#wantedTime = asked.time;
      this.#goToWanted();
    } catch (error) {
      this.#failToRead(error.message);
      this.#list.update();
      this.#showClock();
      document.body.dataset.read = "all";
    }
    this.#isReady = true;
    document.body.dataset.state = "ready";
  }

  #take(facts) {
    this.#session.setFacts(facts);
    this.#elements.visit.replaceChildren(...(facts.visit.length === 0
      ? [h("div", {}, h("dt", {}, "Nothing"), h("dd", {}, "The recording does not say where it comes from."))]
      : facts.visit.map(([name, text]) => h("div", {}, h("dt", {}, visible(name)), h("dd", {}, h("bdi", {}, visible(text)))))));
    if (facts.hasPages) this.#usePages();
    if (facts.problem !== null && !this.#isRunning) this.#failToRead(facts.problem);
    this.#update();
  }

  #hear(message) {
    if (message.type === "events") {
      this.#session.add(message);
      if (message.kinds.includes("page_join")) this.#usePages();
      this.#update();
      this.#goToWanted();
    } else if (message.type === "read") {
      document.body.dataset.read = "all";
    } else if (message.type === "problem") {
      this.#failToRead(message.message);
      document.body.dataset.read = "all";
    }
  }

  /** Goes to the event that has been asked for as soon as its time is known. */
  #goToWanted() {
    if (this.#wanted === null) return;
    const wanted = Math.min(this.#wanted, this.#session.count - 1);
    if (wanted >= 0 && !this.#session.isKnown(wanted)) return;
    this.#wanted = null;
    this.#goTo(wanted, false);
    // A moment between two events: only while the address that named it counts.
    if (this.#wantedTime !== null && this.#session.indexAt(this.#wantedTime) === wanted) this.#goToTime(this.#wantedTime);
    this.#wantedTime = null;
  }

  #wantedTime = null;

  /** The player as an address asks for it. */
  #setAs({ speed, skipsIdle, find, isActual, isTurned, hasPointer }) {
    if (find !== "") this.#list.find(find);
    if (SPEEDS.includes(speed)) this.#setSpeed(speed);
    this.#setSkipping(skipsIdle);
    this.#looks = { isActual, isTurned, hasPointer };
    this.#page?.bar.set(this.#looks);
  }

  #looks = { isActual: false, isTurned: false, hasPointer: true };

  // Position

  #goTo(index, isChosen = true) {
    const event = Math.max(-1, Math.min(index, this.#session.count - 1));
    if (isChosen) {
      this.#leaveLive(event);
      this.#wanted = null;
    }
    this.#playback.time = event < 0 ? 0 : this.#session.timeOf(event);
    this.#show(event);
    if (event >= 0 && !this.#session.isKnown(event)) this.#reader.ask("want", { event });
  }

  #goToTime(time) {
    this.#wanted = null;
    this.#playback.time = Math.max(0, Math.min(time, this.#session.duration));
    const index = this.#session.indexAt(this.#playback.time);
    this.#leaveLive(index);
    this.#show(index);
  }

  #showTime() {
    const index = this.#session.indexAt(this.#playback.time);
    this.#showPlaying();
    if (this.#playback.isPlaying) this.#leaveLive(index);
    if (index !== this.#index) this.#show(index);
    else this.#showClock();
    this.#page?.showTime(this.#playback.time);
  }

  #show(index) {
    this.#index = index;
    document.body.dataset.event = index;
    this.#showClock();
    this.#list.show(index);
    this.#state.show(index);
    this.#event.show(index);
    this.#showPage();
    this.#showUnsure();
    this.#elements.eventTitle.textContent = index < 0 ? "Before the first event" : `Event ${count(index)}`;
    this.#writeAddress();
  }

  #showClock() {
    const { time } = this.#playback;
    this.#scrubber.show(this.#index, time);
    this.#elements.clock.textContent = timeText(time);
    this.#elements.duration.textContent = timeText(this.#session.duration);
    this.#elements.number.textContent = `${count(this.#index + 1)} / ${count(this.#session.count)}`;
  }

  // Browsers take some 20 addresses a second, and refuse the rest.
  #writeAddress = atRest(200, () => {
    if (this.#playback.isPlaying || !this.#isReady) return;
    try {
      history.replaceState(null, "", this.#address());
    } catch {
      // Where a page has no address that may change, it stays.
    }
  });

  /** The address of this moment, seen as it is. */
  #address() {
    const { time } = this.#playback;
    const isBetween = this.#index >= 0 && Math.round(time) !== Math.round(this.#session.timeOf(this.#index));
    const values = writeAddress({ event: this.#index, time: isBetween ? time : null, speed: this.#playback.speed,
      skipsIdle: this.#playback.skipsIdle, find: this.#list.query, ...this.#page?.bar.looks ?? this.#looks });
    return this.#facts.links?.bytes === undefined ? `#${values}` : `${location.pathname}?${values}`;
  }

  async #copyLink() {
    try {
      await writeClipboard(new URL(this.#address(), location.href).href);
      this.#say(`Copied a link to ${timeText(this.#playback.time)}`);
    } catch (error) {
      this.#say(`Not copied: ${error.message}`);
    }
  }

  #step(step) {
    this.#playback.pause();
    const next = this.#list.next(this.#index, step);
    if (next !== undefined) this.#goTo(next);
    else if (step < 0) this.#goTo(-1);
  }

  #moveBy(milliseconds) {
    this.#playback.pause();
    this.#goToTime(this.#playback.time + milliseconds);
  }

  #goToFirstError() {
    this.#playback.pause();
    const first = this.#session.next(-1, 1, this.#session.isError);
    if (first !== undefined) this.#goTo(first);
  }

  /** Goes to the next event of a sort, or says that there is none. */
  #goToNext(step, isWanted, what) {
    this.#playback.pause();
    const next = this.#session.next(this.#index, step, isWanted);
    if (next !== undefined) this.#goTo(next);
    else this.#say(`There is no ${step > 0 ? "later" : "earlier"} ${what}`);
  }

  // A running session

  #follow(isFollowing) {
    this.#elements.live.hidden = false;
    this.#setFollowing(isFollowing);
    const source = new EventSource(new URL(this.#facts.links.live, document.baseURI));
    source.addEventListener("grown", () => this.#grow());
    source.addEventListener("finished", async () => {
      source.close();
      this.#isRunning = false;
      await this.#readAgain();
      this.#elements.live.hidden = true;
      document.body.dataset.live = "finished";
      document.querySelector(".facts .mark")?.remove();
      this.#say("The session has ended");
    });
    source.addEventListener("deleted", () => {
      source.close();
      this.#isRunning = false;
      this.#elements.live.hidden = true;
      this.#fail("This recording has been deleted. What has been read of it can still be seen.");
    });
  }

  #grow = coalesced(async () => {
    const facts = await this.#reader.ask("grow");
    this.#take(facts);
    if (this.#isFollowing) {
      this.#wanted = this.#session.count - 1;
      this.#goToWanted();
    }
  });

  async #readAgain() {
    const facts = await this.#reader.ask("reopen");
    const [index, wasAtEnd] = [this.#index, this.#isFollowing];
    this.#session.reset();
    this.#take(facts);
    this.#wanted = wasAtEnd ? this.#session.count - 1 : index;
    this.#goToWanted();
  }

  #setFollowing(isFollowing) {
    this.#isFollowing = isFollowing && this.#isRunning;
    this.#elements.live.setAttribute("aria-pressed", String(this.#isFollowing));
    document.body.dataset.live = this.#isFollowing ? "following" : "behind";
  }

  /** Who goes back in a running session does not follow it any more. */
  #leaveLive(index) {
    if (this.#isRunning && this.#isFollowing && index < this.#session.count - 1) this.#setFollowing(false);
  }

  #goLive() {
    this.#playback.pause();
    this.#setFollowing(true);
    this.#wanted = this.#session.count - 1;
    this.#goToWanted();
  }

  // What is shown

  #update = eachFrame(() => {
    this.#list.update();
    this.#scrubber.redraw();
    this.#showClock();
    this.#showCounts();
    this.#event.update();
    if (document.body.dataset.live !== undefined) this.#showFacts();
    // No page is asked for that is left again as soon as the event is known that is wanted.
    if (this.#wanted === null) this.#showPage();
  });

  /** How much of the session is active, and how many errors there are, as far as it has been read. */
  #showCounts() {
    const { active, errors, errorCount } = this.#elements;
    active.textContent = this.#session.isRead ? `active ${duration(this.#session.activeTime)}` : "";
    const number = this.#session.errorCount;
    errors.hidden = number === 0;
    errorCount.textContent = `${count(number)} ${number === 1 ? "error" : "errors"}`;
  }

  /** What the page says of a session has become more since. */
  #showFacts() {
    const facts = { length: duration(this.#session.duration), events: count(this.#session.count) };
    for (const [name, text] of Object.entries(facts)) {
      const element = document.querySelector(`[data-fact="${name}"]`);
      if (element !== null) element.textContent = text;
    }
  }

  #showPage() {
    const changes = this.#hasPages ? changesPage : changesState;
    const [session, index] = [this.#session, this.#index];
    this.#page?.show(session.pageOf(index, changes), session.viewportAt(index), session.addressAt(index));
    this.#page?.showTime(this.#playback.time);
  }

  /** Whether the pages are those that the recording holds. */
  #hasPages = false;

  #pageFrame(ask) {
    const frame = new PageFrame(ask, PageAssets.of(this.#facts.links?.asset), this.#session, () => this.#writeAddress());
    frame.bar.set(this.#looks);
    return frame;
  }

  /** The page that a template makes of the state after an event. */
  async #templatePage(event) {
    if (event < 0) return { text: null, reason: null };
    const answer = await fetch(`${this.#facts.links.page}?event=${event}`);
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    return { text: await answer.text(), reason: null };
  }

  /** Shows the pages that the recording holds, in the place of those that a template makes. */
  #usePages() {
    if (this.#hasPages) return;
    this.#hasPages = true;
    const hadPage = this.#page !== null;
    this.#page?.element.remove();
    this.#page = this.#pageFrame((event) => this.#reader.ask("page", { event }));
    document.getElementById("panel-inspector").before(this.#page.element);
    document.querySelector('[data-view="page"]').hidden = false;
    document.body.classList.remove("without-page");
    document.querySelector(".inspector .hint")?.remove();
    if (!hadPage && document.body.dataset.view === "inspector") this.#choose("page");
    this.#showPage();
  }

  /** Says since when the state is unsure that is shown. */
  #showUnsure = coalesced(async () => {
    const { unsure } = this.#elements;
    const index = this.#index;
    const since = await this.#reader.ask("unsure", { event: index }).catch(() => null);
    if (index !== this.#index) return;
    unsure.hidden = since === null;
    unsure.textContent = since === null ? ""
      : `Unsure since ${timeText(since)}: events are missing that may have changed what is shown.`;
    unsure.dataset.event = index;
  });

  #showPlaying() {
    const { isPlaying } = this.#playback;
    const { play } = this.#elements;
    if (play.dataset.playing === String(isPlaying)) return;
    play.dataset.playing = String(isPlaying);
    play.replaceChildren(icon(isPlaying ? ICONS.pause : ICONS.play));
    play.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    play.title = isPlaying ? "Pause (Space)" : "Play (Space)";
    if (!isPlaying) this.#writeAddress();
  }

  #fail(message) {
    this.#elements.problem.textContent = message;
    this.#elements.problem.hidden = false;
  }

  /** Says what cannot be read, unless the page has said so already. */
  #failToRead(message) {
    if (document.querySelector("body > header .problem") === null) this.#fail(message);
  }

  #say = (text) => {
    const { status } = this.#elements;
    status.textContent = text;
    status.classList.remove("fresh");
    void status.offsetWidth;
    status.classList.add("fresh");
  };

  #setSpeed(speed) {
    this.#playback.speed = speed;
    for (const button of this.#elements.speeds.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === speed));
    }
    this.#writeAddress();
  }

  #setSkipping(isSkipping) {
    this.#playback.skipsIdle = isSkipping;
    this.#elements.skip.setAttribute("aria-pressed", String(isSkipping));
    this.#writeAddress();
  }

  // Building

  #build() {
    const main = document.getElementById("player");
    const say = (text) => this.#say(text);
    this.#scrubber = new Scrubber(this.#session, ({ time, event }) => {
      this.#playback.pause();
      if (event === undefined) this.#goToTime(time);
      else this.#goTo(event);
    });
    const choose = (event) => {
      this.#playback.pause();
      this.#goTo(event);
    };
    this.#list = new EventList(this.#session, {
      choose,
      find: (query) => this.#reader.ask("find", { query }),
      found: (events) => this.#scrubber.find(events),
      filtered: (hidden) => {
        this.#scrubber.filter(hidden);
        this.#writeAddress();
      },
    });
    this.#state = new TreeView(this.#reader, "state", { title: "Assigns", say });
    this.#event = new EventPane(this.#session, new TreeView(this.#reader, "event", { title: "Event", say }), choose);
    const hasTemplate = this.#facts.template?.isThere === true;
    if (hasTemplate && this.#facts.links?.page !== undefined) {
      this.#page = this.#pageFrame((event) => this.#templatePage(event));
    }
    this.#elements.problem = h("p.problem", { role: "alert", hidden: true });
    this.#elements.unsure = h("p.unsure", { role: "note", hidden: true });
    this.#elements.status = h("p.toast", { role: "status" });
    this.#elements.dialog = keyPage();
    const inspector = this.#buildInspector();
    const views = h("div.views", { role: "group", "aria-label": "Panels" },
      ...[["events", "Events"], ["page", "Page"], ["inspector", "State"]].map(([name, title]) => h("button", {
        type: "button", "aria-pressed": "false", "data-view": name, hidden: name === "page" && this.#page === null,
        onclick: () => this.#choose(name),
      }, title)));
    const body = h("div.panels", {}, this.#list.element, this.#page?.element, inspector);
    document.body.classList.add("ready");
    document.body.classList.toggle("without-page", this.#page === null);
    const { problem, unsure, status } = this.#elements;
    main.replaceChildren(problem, unsure, views, body, this.#buildTransport(), this.#elements.dialog, status);
    this.#choose(this.#page === null ? "inspector" : "page");
    document.addEventListener("keydown", (event) => this.#key(event));
    window.addEventListener("hashchange", ({ newURL }) => {
      const { event } = readAddress(new URL(newURL));
      if (event !== null) this.#goTo(event);
    });
    this.#setAs(readAddress(location));
  }

  /** Which panel is seen where there is room for one. */
  #choose(name) {
    document.body.dataset.view = name;
    for (const button of document.querySelectorAll(".views button")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === name));
    }
    this.#state.refresh();
    this.#event.refresh();
  }

  #buildInspector() {
    this.#elements.visit = h("dl.event-facts.visit", { tabindex: "0", "aria-label": "Visit" });
    const { list, panels } = tabs("State", [["assigns", "Assigns", this.#state.element], ["event", "Event", this.#event.element],
      ["visit", "Visit", this.#elements.visit]], () => {
      this.#state.refresh();
      this.#event.refresh();
    });
    this.#elements.eventTitle = h("span.at", {});
    const { file } = this.#facts.template ?? {};
    const hint = this.#page !== null || file === undefined || this.#facts.view === null ? null : h("p.hint", {}, "To see the page as it was, add ",
      file === null ? "a template for this view." : h("code", {}, file),
      file === null ? null : " to the folder of templates.");
    return h("section.panel.inspector", { "aria-label": "State", id: "panel-inspector" },
      h("div.tab-bar", {}, list, this.#elements.eventTitle),
      ...panels, hint);
  }

  #buildTransport() {
    const button = (name, title, path, onclick) =>
      h(`button.${name}`, { type: "button", "aria-label": title, title, onclick }, icon(path));
    const elements = this.#elements;
    elements.play = h("button.play", { type: "button", onclick: () => this.#playback.toggle() });
    elements.clock = h("span.now", {}, "0:00.00");
    elements.duration = h("span.total", {}, "0:00.00");
    elements.active = h("span.active", { title: "Time without the idle stretches, which are hatched" });
    elements.number = h("span.number", {});
    elements.errorCount = h("button.danger.first-error", { type: "button", title: "To the first error",
      onclick: () => this.#goToFirstError() });
    elements.errors = h("div.errors.buttons", { role: "group", "aria-label": "Errors", hidden: (this.#facts.errorCount ?? 0) === 0 },
      button("previous-error", "Previous error (Shift E)", ICONS.chevronLeft, this.#actions.previousError), elements.errorCount,
      button("next-error", "Next error (E)", ICONS.chevron, this.#actions.nextError));
    if (this.#facts.errorCount > 0) elements.errorCount.textContent = `${count(this.#facts.errorCount)} errors`;
    elements.speeds = h("div.speeds", { role: "group", "aria-label": "Speed" }, ...SPEEDS.map((speed) =>
      h("button", { type: "button", "data-speed": speed, "aria-pressed": String(speed === 1),
        onclick: () => this.#setSpeed(speed) }, `${speed}×`)));
    elements.skip = h("button.toggle.skip", { type: "button", "aria-pressed": "true", title: "Skip idle time (S)",
      onclick: () => this.#setSkipping(!this.#playback.skipsIdle) }, "Skip idle");
    elements.live = h("button.live-button", { type: "button", hidden: true, "aria-pressed": "false",
      title: "Follow the session (L)", onclick: () => this.#goLive() }, h("i.pulse"), "Live");
    elements.link = button("link-button", "Copy a link to this moment (Y)", ICONS.link, () => this.#copyLink());
    elements.help = h("button.help-button", { type: "button", "aria-label": "Keyboard", title: "Keyboard (?)",
      onclick: () => this.#elements.dialog.showModal() }, icon(ICONS.keyboard));
    this.#showPlaying();
    return h("section.transport", { "aria-label": "Playback" }, this.#scrubber.timeline, h("div.controls", {},
      h("div.buttons", {}, button("back", "One event back (←)", ICONS.back, () => this.#step(-1)), elements.play,
        button("forward", "One event on (→)", ICONS.forward, () => this.#step(1))),
      h("p.clock", {}, elements.clock, h("span.of", {}, " / "), elements.duration, elements.active), elements.number, elements.live,
      elements.errors, h("span.space"), elements.speeds, elements.skip, elements.link, elements.help));
  }

  // Keys

  /** What the keys do, by the names that `keys.js` has for it. */
  #actions = {
    toggle: () => this.#playback.toggle(),
    back: () => this.#step(-1), on: () => this.#step(1),
    secondsBack: () => this.#moveBy(-5_000), secondsOn: () => this.#moveBy(5_000),
    start: () => this.#goTo(-1), end: () => this.#goTo(this.#session.count - 1),
    nextError: () => this.#goToNext(1, this.#session.isError, "error"),
    previousError: () => this.#goToNext(-1, this.#session.isError, "error"),
    nextMark: () => this.#goToNext(1, this.#session.isMark, "mark"),
    previousMark: () => this.#goToNext(-1, this.#session.isMark, "mark"),
    nextInteraction: () => this.#goToNext(1, this.#session.isCause, "interaction"),
    previousInteraction: () => this.#goToNext(-1, this.#session.isCause, "interaction"),
    speed1: () => this.#setSpeed(1), speed2: () => this.#setSpeed(2), speed5: () => this.#setSpeed(5), speed10: () => this.#setSpeed(10),
    skip: () => this.#setSkipping(!this.#playback.skipsIdle), live: () => this.#isRunning && this.#goLive(),
    findEvents: () => {
      this.#choose("events");
      this.#list.focusSearch();
    },
    findAssigns: () => {
      this.#choose("inspector");
      document.getElementById("tab-assigns").click();
      this.#state.focusSearch();
    },
    actualSize: () => this.#page?.bar.toggle("isActual"), turn: () => this.#page?.bar.toggle("isTurned"),
    pointer: () => this.#page?.bar.toggle("hasPointer"), copyLink: () => this.#copyLink(),
    changes: () => this.#state.toggleRevealing(),
    leave: () => document.activeElement?.blur(),
    keys: () => this.#elements.dialog.showModal(),
  };

  #key(event) {
    if (this.#elements.dialog.open) return;
    const action = this.#actions[actionOf(event)] ?? this.#sliderAction(event);
    if (action === undefined) return;
    // What Escape does in a field is the browser's.
    if (event.key !== "Escape") event.preventDefault();
    action();
  }

  /** Keys that sliders have, while the timeline has the focus. */
  #sliderAction({ key, target }) {
    if (target !== this.#scrubber.element) return undefined;
    const tenth = this.#session.duration / 10;
    return {
      ArrowUp: () => this.#step(1), ArrowDown: () => this.#step(-1),
      PageUp: () => this.#moveBy(tenth), PageDown: () => this.#moveBy(-tenth),
    }[key];
  }
}

/** Runs an action again and again as long as it has been asked for in the meantime, never twice at the same time. */
function coalesced(action) {
  let [isBusy, isAsked] = [false, false];
  return async () => {
    isAsked = true;
    if (isBusy) return;
    isBusy = true;
    while (isAsked) {
      isAsked = false;
      await action().catch(() => {});
    }
    isBusy = false;
  };
}

/** The recording that the page itself holds, in base64. */
function inlineBytes() {
  const text = document.getElementById("recording").textContent.trim();
  if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(text);
  const bytes = new Uint8Array((text.length / 4) * 3);
  let length = 0;
  for (let start = 0; start < text.length; start += 65_536) {
    const part = atob(text.slice(start, start + 65_536));
    for (let index = 0; index < part.length; index++) bytes[length++] = part.charCodeAt(index);
  }
  return bytes.subarray(0, length);
}

if (typeof document !== "undefined") new Player(JSON.parse(document.getElementById("reel").textContent));

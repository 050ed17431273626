"""How smoothly the player shows a page of 200 rows that changes 60 times a second: run.sh REEL SHOP BUILD measure_scrubbing.

It plays a session of ten seconds, and then goes through it event by event, as fast as pages are shown.
"""

from selenium.webdriver.common.keys import Keys

from support import DESKTOP, BrowserTest
from terms import Atom, bare
from test_pages import atoms, diff, join, reel

EVENTS, ROWS = 600, 200

PLAY = """
const done = arguments[arguments.length - 1];
const panel = document.querySelector(".page-panel");
const [shown, frames] = [new Set(), []];
new MutationObserver(() => shown.add(panel.dataset.event)).observe(panel, { attributes: true });
let last = performance.now();
const frame = (now) => {
  frames.push(now - last);
  last = now;
  if (panel.dataset.event === arguments[0]) {
    frames.sort((one, other) => one - other);
    done({ shown: shown.size, frames: frames.length, time: frames.reduce((sum, each) => sum + each, 0),
      median: frames[frames.length >> 1], most: frames[Math.floor(frames.length * 0.99)] });
  } else requestAnimationFrame(frame);
};
requestAnimationFrame((now) => {
  last = now;
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
  requestAnimationFrame(frame);
});"""

STEP = """
const done = arguments[arguments.length - 1];
const panel = document.querySelector(".page-panel");
const times = [];
let started;
const next = () => {
  started = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
};
const observer = new MutationObserver(() => {
  times.push(performance.now() - started);
  if (panel.dataset.event !== arguments[0]) return next();
  observer.disconnect();
  times.sort((one, other) => one - other);
  done({ median: times[times.length >> 1], most: times[Math.floor(times.length * 0.99)] });
});
observer.observe(panel, { attributes: true, attributeFilter: ["data-event"] });
next();"""


class Scrubbing(BrowserTest):
    def test_scrubbing(self):
        rows = {Atom("s"): ["<li>", "</li>"], Atom("d"): [[f"row {number} "] for number in range(ROWS)]}
        events = [join({"s": ["<ul>", "</ul>"], 0: rows})]
        events += [diff({0: {"k": {number % ROWS: {0: f"row {number} changed "}, "kc": ROWS}}}) for number in range(EVENTS)]
        timed = [(round(index * 1_000 / 60), kind, payload) for index, (kind, payload) in enumerate(events)]
        store = self.folder / "scrubbing"
        store.mkdir()
        (store / "rows.reel").write_bytes(
            reel("compact", "-", "-o", "-", data=bare(atoms({"id": "p", "view": "Page.Live"}), timed)))
        browser = self.browser(DESKTOP)
        browser.open_player(f"{self.served(store)}recordings/rows", 0)
        browser.until("document.querySelector('.page-panel')?.dataset.event === '0'")
        played = browser.execute_async_script(PLAY, str(EVENTS))
        browser.key(Keys.HOME)
        browser.until("document.body.dataset.event === '-1'")
        stepped = browser.execute_async_script(STEP, str(EVENTS))
        print(f"""
60 changes a second of {ROWS} rows: {played["shown"]} of {EVENTS} pages shown in {played["time"] / 1_000:.1f} s
a frame {played["median"]:.1f} ms in the median, {played["most"]:.1f} ms for 99 %
one change after the other: {stepped["median"]:.1f} ms in the median, {stepped["most"]:.1f} ms for 99 % (goal: 16.7 ms)""")

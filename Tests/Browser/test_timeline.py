"""The timeline, and what moves along it: keys, errors, marks, idle stretches, lanes."""

from selenium.webdriver.common.keys import Keys

from support import DESKTOP, PHONE, BrowserTest, reel
from terms import Atom, bare


def atoms(**fields):
    return {Atom(key): value for key, value in fields.items()}


def telemetry(*names, **fields):
    return (Atom("telemetry"), atoms(event=[Atom(name) for name in names], **fields))


NIL = Atom("nil")
EVENTS = [
    (0, Atom("mount"), atoms(assigns=atoms(n=0))),
    (400, Atom("event"), atoms(name="add", params={})),
    (410, *telemetry("shop", "repo", "query", summary="SELECT 1", error=NIL)),
    (420, Atom("log"), atoms(level=Atom("error"), message="payment declined", metadata={})),
    (430, Atom("render"), atoms(assigns=atoms(n=1))),
    # Nothing happens for 10 seconds; then a batch says that the pointer had moved for one.
    (11_430, Atom("pointer"), atoms(span=1_000, moves=[0, 10, 10, 0, 900, 50, 50, 0], presses=[], scrolls=[])),
    (11_500, Atom("event"), atoms(name="add", params={})),
    (11_510, *telemetry("shop", "checkout", summary="checkout", error=NIL, mark="order placed")),
    (11_520, *telemetry("shop", "repo", "query", summary="SELECT 2", error="timeout")),
    (11_530, Atom("render"), atoms(assigns=atoms(n=2))),
    (12_000, Atom("own_kind"), atoms(a=1)),
    (12_500, Atom("exit"), atoms(reason="boom")),
]
# Where pixels are red on the timeline: [x, y] of those of the colour that errors have.
RED = """
    const canvas = document.querySelector("#scrubber canvas"), ratio = canvas.width / canvas.clientWidth;
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = getComputedStyle(document.querySelector("#scrubber")).getPropertyValue("--kind-error");
    probe.fillRect(0, 0, 1, 1);
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data, found = [];
    for (let at = 0; at < data.length; at += 4) {
        if (data[at] !== red || data[at + 1] !== green || data[at + 2] !== blue || data[at + 3] !== 255) continue;
        found.push([at / 4 % width / ratio, Math.floor(at / 4 / width) / ratio]);
    }
    return [found, canvas.clientWidth, canvas.clientHeight];"""


class TimelineTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        store = cls.folder / "store"
        store.mkdir()
        cls.file = store / "errors.reel"
        reel("compact", "-", "-o", cls.file, data=bare(atoms(id="errors", view="Shop.Live"), EVENTS))
        cls.url = cls.served(store)
        cls.shared = cls.browser(DESKTOP)

    def open(self, event):
        browser = self.shared
        browser.open_player(f"{self.url}recordings/errors", event)
        browser.until_event(event)
        browser.problems()
        return browser

    def press(self, browser, key, event):
        browser.key(key)
        browser.until_event(event)

    def test_keys_go_to_errors_marks_and_interactions(self):
        browser = self.open(0)
        for key, event in (("e", 3), ("e", 8), ("e", 11), ("e", 11), ("E", 8), ("E", 3), ("E", 3),
                           ("m", 7), ("m", 7), ("M", 7), ("j", None), (Keys.HOME, -1), ("j", 0), ("j", 1), ("j", 6), ("j", 6),
                           ("J", 1), ("J", 0)):
            if event is None:
                continue
            self.press(browser, key, event)
        browser.key("E")
        browser.until("document.querySelector('.toast').textContent === 'There is no earlier error'")
        self.assertEqual(browser.problems(), [])

    def test_the_page_of_keys_says_what_each_does(self):
        browser = self.open(0)
        browser.key("?")
        browser.until("document.querySelector('dialog').open")
        listed = browser.execute_script("""
            return [...document.querySelectorAll("dialog dl div")].map((line) =>
                [[...line.querySelectorAll("kbd")].map((key) => key.textContent).join(" "), line.querySelector("dd").textContent])""")
        self.assertIn(["E Shift E", "Next or previous error"], listed)
        self.assertIn(["1 2 3 4", "Speed 1, 2, 5, 10"], listed)
        # While it is open, keys do nothing else.
        browser.key("e")
        self.assertNothingSerious(browser, "the page of keys")
        self.assertEqual(browser.event(), 0)
        browser.key(Keys.ESCAPE)
        browser.until("!document.querySelector('dialog').open")
        self.press(browser, "e", 3)

    def test_buttons_count_errors_and_go_to_them(self):
        browser = self.open(8)
        self.assertEqual(browser.text(".first-error"), "3 errors")
        browser.click(".first-error")
        browser.until_event(3)
        browser.click(".next-error")
        browser.until_event(8)
        browser.click(".previous-error")
        browser.until_event(3)

    def test_errors_are_larger_and_red_in_the_lane_of_their_kind(self):
        browser = self.open(0)
        found, width, height = browser.execute_script(RED)
        lanes = browser.execute_script("return [...document.querySelectorAll('.lane-names span')].map((name) => name.textContent)")
        self.assertEqual(lanes, ["Browser", "LiveView", "Telemetry", "Logs", "Other"])
        for event, lane in ((3, "Logs"), (8, "Telemetry"), (11, "Logs")):
            x = 10 + EVENTS[event][0] / EVENTS[-1][0] * (width - 20)
            around = [(left, top) for left, top in found if abs(left - x) < 6]
            # The marker is some 9 pixels wide, where those of other events are less than 2.
            rows = {}
            for left, top in around:
                rows.setdefault(top, []).append(left)
            widest = max(rows, key=lambda top: len(rows[top]))
            self.assertGreaterEqual(max(rows[widest]) - min(rows[widest]), 6, event)
            high = (height - 18) / len(lanes)
            wide = [top for top, lefts in rows.items() if max(lefts) - min(lefts) >= 6]
            middle = (min(wide) + max(wide)) / 2
            self.assertEqual(int((middle - 9) / high), lanes.index(lane), event)

    def test_idle_stretches_are_marked_and_left_out_of_active_time(self):
        browser = self.open(0)
        # 12.5 seconds, of which 10 are idle: the batch of the pointer began a second before it came.
        self.assertEqual(browser.text(".active"), "active 2.5 s")
        colours = browser.execute_script("""
            const canvas = document.querySelector("#scrubber canvas"), ratio = canvas.width / canvas.clientWidth;
            const y = Math.round(canvas.height / 2), context = canvas.getContext("2d");
            const colours = (from, to) => {
                const x = (time) => Math.round((10 + time / 12500 * (canvas.clientWidth - 20)) * ratio);
                const { data } = context.getImageData(x(from), y, x(to) - x(from), 1), all = new Set();
                for (let at = 0; at < data.length; at += 4) all.add(data.slice(at, at + 4).join());
                return all.size;
            };
            return [colours(1000, 9000), colours(10600, 11300)]""")
        self.assertGreater(colours[0], 1)
        self.assertEqual(colours[1], 1)
        # Playing passes over it.
        browser.key("k")
        browser.until("Number(document.body.dataset.event) >= 5")

    def test_it_is_for_everybody_and_fits(self):
        for size in (DESKTOP, PHONE):
            browser = self.browser(size)
            browser.open_player(f"{self.url}recordings/errors", 3)
            browser.until_event(3)
            self.assertFits(browser, size, "the player of errors")
            self.assertNothingSeriousInAnyColours(browser, "the player of errors")
            self.assertEqual(browser.problems(), [])

    def test_it_is_painted_at_once_and_nothing_moves(self):
        browser = self.browser(DESKTOP)
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            window.shift = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) window.shift += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            document.addEventListener("DOMContentLoaded", () => {
                new MutationObserver(() => {
                    if (document.body.dataset.state === "ready") window.readyAt ??= performance.now();
                }).observe(document.body, { attributes: true });
            });"""})
        for _ in range(2):
            browser.open_player(f"{self.url}recordings/errors", 3)
            browser.until_event(3)
        paint, ready, shift = browser.execute_script("""
            const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
            return [paint, window.readyAt, window.shift]""")
        print(f"first paint after {paint:.0f} ms, ready after {ready:.0f} ms, layout shift {shift:.4f}", end=" ", flush=True)
        self.assertLess(shift, 0.1)

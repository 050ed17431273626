"""A long recording opens at once, wherever it is entered, and the page stays awake."""

import gzip
import http.client
import http.server
import json
import random
import re
import subprocess
import sys
import threading
import urllib.parse
import urllib.request

from selenium.webdriver.common.keys import Keys

from support import DESKTOP, ROOT, SECONDS, BrowserTest, Patient, fetch, reel
from terms import Atom, bare


class LargeTest(BrowserTest):
    """28,000 events, 40 MB of terms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        original = cls.folder / "large.etf.gz"
        subprocess.run([sys.executable, ROOT / "Scripts" / "make-large.py", "--bytes", "40000000", original],
                       check=True, stdout=subprocess.DEVNULL)
        (cls.folder / "store").mkdir()
        cls.file = cls.folder / "store" / "large.reel"
        reel("import", original, "-o", cls.file)
        cls.url = cls.served(cls.folder / "store")

    def test_states_are_right_everywhere(self):
        browser = self.browser(DESKTOP)
        last = json.loads(reel("info", self.file, "--json"))["events"] - 1
        middle = last // 2
        # The state in the middle is there before everything has been read.
        browser.get(f"{self.url}recordings/large?event={middle}")
        browser.until_event(middle)
        is_read = browser.execute_script("return document.body.dataset.read ?? ''")
        print(f"opened at event {middle} of {last}, all read: {is_read or 'not yet'}", end=" ", flush=True)
        self.assertState(browser, middle)
        # The page answers while the worker reads: how long it has been busy at once is printed.
        browser.until_read()
        longest = browser.execute_async_script("""
            const done = arguments[0];
            const seen = [];
            new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ duration }) => duration)))
                .observe({ type: "longtask", buffered: true });
            setTimeout(() => done(Math.max(0, ...seen)), 0)""")
        print(f"longest task {longest:.0f} ms", end=" ", flush=True)
        for event in (last, 0, middle + 1, 12_345):
            browser.get(f"{self.url}recordings/large?event={event}")
            browser.until_event(event)
            self.assertState(browser, event)
        browser.key(Keys.END)
        browser.until_event(last)
        self.assertLess(len(browser.all(".event")), 200)

    def assertState(self, browser, event):
        self.assertEqual(browser.copied("elixir"), reel("state", self.file, "--event", event).decode().rstrip("\n"))

    def test_what_the_browser_loads_is_small(self):
        page = fetch(f"{self.url}recordings/large").decode()
        assets = re.search(r'src="([^"]*assets/[0-9a-f]+)/', page).group(1)
        waiting, sizes = ["player.js", "worker.js", "player.css", "dashboard.css"], {}
        while waiting:
            name = waiting.pop()
            if name in sizes:
                continue
            request = urllib.request.Request(
                urllib.parse.urljoin(f"{self.url}recordings/large", f"{assets}/{name}"), headers={"Accept-Encoding": "gzip"})
            with urllib.request.urlopen(request, timeout=SECONDS) as response:
                self.assertEqual(response.headers["Content-Encoding"], "gzip")
                body = response.read()
            sizes[name] = len(body)
            waiting += re.findall(r'from "\./([^"]+)"', gzip.decompress(body).decode())
        print(f"{len(sizes)} files, {sum(sizes.values()):,} bytes over the wire", end=" ", flush=True)
        self.assertGreater(len(sizes), 20)
        self.assertLess(sum(sizes.values()), 150_000)


class Counted(Patient, http.server.ThreadingHTTPServer):
    """Stands before a server, counts what it says of a recording, and says no more of it than it may."""

    def __init__(self, url, most):
        self.ranges, self.count, self.most = [], 0, most
        self.may_go_on = threading.Event()
        lock = threading.Lock()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=SECONDS)
                connection.request("GET", self.path, headers=dict(self.headers))
                answer = connection.getresponse()
                body = answer.read()
                connection.close()
                if self.path.endswith("/bytes"):
                    with lock:
                        server.ranges.append((self.headers["Range"], answer.status, len(body)))
                        is_too_much = server.count + len(body) > server.most
                        if not is_too_much:
                            server.count += len(body)
                    if is_too_much:
                        server.may_go_on.wait()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class RangesTest(BrowserTest):
    """10,000 events, 100 MB that no compression makes smaller."""

    def test_an_event_in_the_middle_is_shown_after_a_small_part_of_the_file(self):
        noise = random.Random(1)
        events = [(index * 100, Atom("mount" if index == 0 else "render"),
                   {Atom("assigns"): {Atom("index"): index, Atom("noise"): noise.randbytes(10_000)}})
                  for index in range(10_000)]
        (self.folder / "store").mkdir()
        file = self.folder / "store" / "noise.reel"
        reel("compact", "-", "-o", file, data=bare({Atom("id"): "noise", Atom("view"): "Noise.Live"}, events))
        size = file.stat().st_size
        self.assertGreater(size, 100_000_000)
        server = Counted(self.served(self.folder / "store"), most=size // 20)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.addCleanup(server.may_go_on.set)
        browser = self.browser(DESKTOP)
        browser.get(f"{server.url}recordings/noise?event=5000")
        # All but a twentieth of the file is held back until this event has been seen.
        browser.until_event(5_000)
        self.assertEqual(browser.text("#tab-panel-assigns [data-path$=index] .number"), "5000")
        self.assertEqual(browser.copied("elixir"), reel("state", file, "--event", 5_000).decode().rstrip("\n"))
        print(f"event 5,000 after {server.count:,} of {size:,} bytes", end=" ", flush=True)
        self.assertFalse(server.may_go_on.is_set())
        self.assertNotEqual(browser.execute_script("return document.body.dataset.read"), "all")
        self.assertGreater(len(server.ranges), 2)
        for asked, status, _ in server.ranges:
            self.assertRegex(asked or "", r"^bytes=")
            self.assertEqual(status, 206)
        self.assertEqual(browser.problems(), [])

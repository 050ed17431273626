"""A long recording opens at once, wherever it is entered, and the page stays awake."""

import gzip
import json
import re
import subprocess
import sys
import urllib.parse
import urllib.request

from selenium.webdriver.common.keys import Keys

from support import DESKTOP, ROOT, SECONDS, BrowserTest, fetch, reel


class LargeTest(BrowserTest):
    """70,000 events, 100 MB of terms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        original = cls.folder / "large.etf.gz"
        subprocess.run([sys.executable, ROOT / "Scripts" / "make-large.py", "--bytes", "100000000", original],
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

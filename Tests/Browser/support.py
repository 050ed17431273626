"""What the tests share: programs that serve, a browser, and questions to what it shows."""

import os
import pathlib
import re
import select
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[2]
REEL = os.environ["REEL"]
SHOP = os.environ["SHOP"]
SAMPLES = ROOT / "Samples"
# The file of axe-core, when there is one.
AXE = os.environ.get("AXE")
DESKTOP = (1280, 800)
PHONE = (390, 844)
# How long is waited for what comes at once on a machine with nothing else to do.
SECONDS = 100


def program(*names):
    """Where the first program that is there is."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise FileNotFoundError(f"none of {', '.join(names)} is in PATH: Scripts/setup.sh browser installs it")
    return found


def reel(*arguments, data=None):
    """What the tool writes to standard output."""
    return subprocess.run([REEL, *map(str, arguments)], input=data, capture_output=True, check=True).stdout


class Program:
    """A server of ours, with the addresses that it prints when it can be reached."""

    def __init__(self, *command, addresses=1):
        self.process = subprocess.Popen(
            list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)
        deadline = time.monotonic() + SECONDS
        output = b""
        while output.count(b"\n") < addresses:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not piece:
                self.stop()
                raise AssertionError(f"{command[0]} does not serve")
            output += piece
        self.addresses = re.findall(r"http://\S+", output.decode())

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.stdout.close()


def serve(store, *options):
    return Program(REEL, "serve", store, "--port", 0, *options)


def fetch(url):
    with urllib.request.urlopen(url, timeout=SECONDS) as response:
        return response.read()


class Patient:
    """A server that takes it as it is when a browser goes away."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Elsewhere(Patient, socketserver.ThreadingTCPServer):
    """The browsers' proxy for everything that is not on this machine. It hears what they ask for, and has no answers."""

    # Whom Chromium itself asks, about the time and about newer versions.
    MAKER = re.compile(r"(^|\.)(google|googleapis|gvt1)\.com$")

    def __init__(self):
        heard = self.heard = []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                _, _, rest = self.rfile.readline(10_000).decode("latin-1").partition(" ")
                address = rest.split(" ")[0]
                host = urllib.parse.urlsplit(address if "://" in address else f"//{address}").hostname
                # A connection over which nothing is asked says nothing.
                if host is not None and not Elsewhere.MAKER.search(host):
                    heard.append(address)

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


ELSEWHERE = Elsewhere()


class Browser(webdriver.Chrome):
    """A Chromium without a window, of a size, light or dark."""

    def __init__(self, size=DESKTOP, dark=False, scale=1):
        options = Options()
        options.binary_location = program("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
        width, height = size
        for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                         "--disable-background-networking",
                         # Tests go to more addresses a second than people do.
                         "--disable-ipc-flooding-protection", f"--window-size={width},{height}",
                         f"--proxy-server=http://127.0.0.1:{ELSEWHERE.server_address[1]}"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        super().__init__(options=options, service=Service(program("chromedriver", "chromium.chromedriver")))
        self.set_page_load_timeout(SECONDS)
        self.set_script_timeout(SECONDS)
        self.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600})
        self.set_colours(dark)
        self.execute_cdp_cmd("Browser.grantPermissions", {
            "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})

    def set_colours(self, dark):
        self.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def until(self, condition, what=""):
        """Waits until a condition, a function or an expression of JavaScript, is true, and returns its value."""
        if isinstance(condition, str):
            text = condition
            what = what or text
            condition = lambda driver: driver.execute_script(f"return ({text})")
        return WebDriverWait(self, SECONDS, poll_frequency=0.05).until(condition, what)

    def one(self, selector):
        return self.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.execute_script("return document.querySelector(arguments[0])?.textContent", selector)

    def click(self, selector):
        self.until(lambda driver: driver.one(selector).is_displayed(), selector)
        self.one(selector).click()

    def follow(self, selector):
        """Clicks on what leads to another page, and waits until that is there."""
        self.execute_script("window.isLeft = true")
        self.one(selector).click()
        self.until("window.isLeft === undefined && document.readyState === 'complete'", selector)

    def problems(self):
        """What the console has complained about since it was asked the last time."""
        # A recorded page is parsed as a document of its own, whose styles are refused to the parser, which the console says; the player
        # sets them one by one.
        return [
            entry["message"] for entry in self.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")
            and not ("page-dom.js" in entry["message"] and "Applying inline style violates" in entry["message"])]

    # The player

    def open_player(self, url, event=None):
        self.get(url if event is None else f"{url}?event={event}")
        self.until_read()

    def until_read(self):
        self.until("document.body.dataset.state === 'ready' && document.body.dataset.read === 'all'")

    def event(self):
        return int(self.execute_script("return document.body.dataset.event ?? -2"))

    def until_event(self, event):
        """Waits until the player is at an event, and shows its state."""
        self.until(f"document.body.dataset.event === '{event}'"
                   f" && document.querySelector('#tab-panel-assigns .tree-view').dataset.event === '{event}'")

    def key(self, keys):
        ActionChains(self).send_keys(keys).perform()

    def view(self, name):
        """Makes a panel visible where they take turns."""
        for button in self.all(f'.views [data-view="{name}"]'):
            if button.is_displayed():
                button.click()

    def copied(self, notation):
        """What the button that copies the assigns puts on the clipboard."""
        self.execute_script("navigator.clipboard.writeText('')")
        self.view("inspector")
        self.click(f'#tab-panel-assigns [data-notation="{notation}"]')
        return self.until(lambda driver: driver.execute_async_script(
            "navigator.clipboard.readText().then(arguments[0], () => arguments[0](''))"), "the clipboard")

    def page_text(self):
        """The text of the replayed page, as a visitor reads it."""
        self.switch_to.frame(self.one("iframe:not([hidden])"))
        try:
            return self.one("body").text
        finally:
            self.switch_to.default_content()

    # Accessibility

    def axe(self, rules=None):
        """What axe finds that is serious, by all of its rules or some."""
        if not AXE:
            return []
        if self.execute_script("return window.axe === undefined"):
            self.execute_script(pathlib.Path(AXE).read_text())
        report = self.execute_async_script("""
            const [rules, done] = arguments;
            const chosen = rules === null ? {} : { runOnly: { type: "rule", values: rules } };
            axe.run(document, { iframes: false, resultTypes: ["violations"], ...chosen }).then(done)""", rules)
        return [(one["id"], one["impact"], [node["html"][:160] for node in one["nodes"]][:4])
                for one in report["violations"] if one["impact"] in ("serious", "critical")]


class BrowserTest(unittest.TestCase):
    """Tests with a folder of their own, which is gone afterwards."""

    maxDiff = 2_000

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="reel-browser-")))

    @classmethod
    def served(cls, store, *options):
        program = serve(store, *options)
        cls.addClassCleanup(program.stop)
        return program.addresses[0]

    @classmethod
    def browser(cls, *arguments, **options):
        browser = Browser(*arguments, **options)
        cls.addClassCleanup(browser.quit)
        return browser

    def tearDown(self):
        self.assertEqual(ELSEWHERE.heard, [], "nothing is asked for but what this machine has")

    def assertNothingSerious(self, browser, where):
        self.assertEqual(browser.axe(), [], where)

    def assertNothingSeriousInAnyColours(self, browser, where):
        browser.set_colours(dark=True)
        self.assertEqual(browser.axe(["color-contrast"]), [], f"{where}, dark")
        browser.set_colours(dark=False)
        self.assertNothingSerious(browser, f"{where}, light")

    def assertFits(self, browser, size, where):
        """Nothing makes the page wider than the window."""
        self.assertEqual(browser.execute_script(
            "return [innerWidth, document.documentElement.scrollWidth]"), [size[0], size[0]], where)

#!/usr/bin/env python3
"""check.py APPLICATION REEL: records a Phoenix application that a browser uses, and harms `reel record` meanwhile.

APPLICATION is the folder of a Mix project that compiles: a shop with the elements that `Shop` below clicks, and with
`window.liveSocket`, as Phoenix's generator makes it. It depends on the package of this folder, mounts its views with
`on_mount: [Reel.LiveView]`, listens on the environment's PORT, and has
`{Reel.Recorder, store: REEL_STORE, reel: REEL, pages: true}` among its children, the serializer and the plug for pages in
their places. Needed are mix, Chromium, chromedriver and Selenium.

It passes when the application answered all the while, each state that a recording is sure of is what the sockets held,
recordings are sure whenever `reel record` runs and has caught up, those of one visit, and no others, share a `visit`, and each page is what the browser had.
"""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

import pages

HERE = os.path.dirname(os.path.abspath(__file__))


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            value = condition()
            if value:
                return value
        except Exception:
            pass
        time.sleep(0.02)
    raise SystemExit(f"this has not come true: {what}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def started(pid):
    """When a program started, as numbers of programs are used again; None when it has ended."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else fields[19]


class Application:
    """The application in a BEAM of its own, with the observer beside it."""

    def __init__(self, folder, reel, work):
        self.port = free_port()
        self.store = os.path.join(work, "store")
        # A copy, which can be removed.
        self.reel, self.tool = os.path.join(work, "reel"), reel
        self.put_reel()
        environment = dict(os.environ, PORT=str(self.port), REEL_STORE=self.store, REEL=self.reel)
        command = ["mix", "run", "--no-halt", os.path.join(HERE, "observer.exs"), work]
        log = open(os.path.join(work, "log"), "w")
        self.process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                        stderr=log, start_new_session=True)
        port = os.path.join(work, "port")
        wait_for("the application starts", lambda: os.path.exists(port) or self.process.poll() is not None, 120)
        if self.process.poll() is not None:
            raise SystemExit(f"the application has ended: see {log.name}")
        self.observer = socket.create_connection(("127.0.0.1", int(open(port).read()))).makefile("rw")
        wait_for("the application listens", lambda: self.get("/"))
        # When there was no reel that recorded, in milliseconds since 1970.
        self.outages = []
        self.recorder = self.ask("recorder")

    def put_reel(self):
        shutil.copy(self.tool, self.reel + ".new")
        os.rename(self.reel + ".new", self.reel)

    def get(self, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).status == 200

    def ask(self, line):
        self.observer.write(line + "\n")
        self.observer.flush()
        return self.observer.readline().strip()

    def signal_reel(self, number):
        os.kill(int(self.ask("reel")), number)

    def kill_reel(self):
        self.outages.append([round(time.time() * 1000), None])
        self.signal_reel(signal.SIGKILL)

    def records(self, status="running"):
        wait_for(f"the recorder is {status}", lambda: self.ask("status") == status)
        if status == "running" and self.outages:
            self.outages[-1][1] = round(time.time() * 1000)

    def settle(self):
        """Nothing waits any more, and all of it is stored."""
        wait_for("reel has caught up", lambda: self.ask("waiting") == "0")
        self.ask("flush")

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)

    def stop(self):
        if self.ask("recorder") != self.recorder:
            raise SystemExit("the recorder has ended, and was started again by its supervisor")
        reel = self.ask("reel")
        since = started(reel)
        self.ask("save")
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(60)
        wait_for("reel ends", lambda: started(reel) is None or started(reel) != since)


class Heartbeat(threading.Thread):
    """Asks the application for a page again and again. Each answer has to come within 5 seconds."""

    def __init__(self, application):
        super().__init__(daemon=True)
        self.application, self.ended = application, threading.Event()
        self.answers, self.slowest, self.failure = 0, 0.0, None

    def run(self):
        while not self.ended.wait(0.1) and not self.failure:
            start = time.monotonic()
            try:
                assert self.application.get("/")
            except Exception as failure:
                self.failure = f"the application did not answer: {failure!r}"
            self.answers += 1
            self.slowest = max(self.slowest, time.monotonic() - start)

    def stop(self):
        self.ended.set()
        self.join()
        if self.failure:
            raise SystemExit(self.failure)
        print(f"{self.answers} pages were asked for all the while, and the slowest took {self.slowest:.2f} s")


class Shop:
    """What a visitor does. Each step waits for its effect, so that an application that does not answer is noticed."""

    def __init__(self, application):
        options = Options()
        options.binary_location = shutil.which("chromium")
        for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]:
            options.add_argument(argument)
        self.browser = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
        self.application = application
        self.slowest = (0.0, "")
        self.pages = []
        self.load()

    def load(self):
        self.browser.get(f"http://127.0.0.1:{self.application.port}/")
        self.connected()

    def name_visit(self, name):
        """As an application's own code does, which knows better than the connection what a visit is."""
        self.browser.execute_script("""
            const token = document.querySelector("meta[name='csrf-token']").getAttribute("content");
            liveSocket.params = () => ({_csrf_token: token, _reel_visit: arguments[0]});""", name)

    def connected(self):
        wait_for("the view is connected", lambda: self.browser.execute_script(
            'return !!document.querySelector("[data-phx-main].phx-connected")'))

    def text(self, name):
        return self.browser.execute_script("const e = document.getElementById(arguments[0]); return e && e.innerText", name)

    def click(self, name):
        wait_for(f"there is {name}", lambda: self.browser.find_element(By.ID, name).click() or True)

    def step(self, name, effect):
        """Clicks, and waits for the effect, a condition or the name of an element whose text has to change."""
        before = self.text(effect) if isinstance(effect, str) else None
        start = time.monotonic()
        self.click(name)
        if isinstance(effect, str):
            wait_for(f"{name} changes {effect}", lambda: self.text(effect) != before, 5)
        else:
            wait_for(f"{name} has an effect", effect, 5)
        self.slowest = max(self.slowest, (time.monotonic() - start, name))

    def has(self, name):
        return lambda: bool(self.browser.find_elements(By.ID, name))

    def lacks(self, name):
        return lambda: not self.browser.find_elements(By.ID, name)

    def peek(self, tag):
        # What the server has to do after the effect, such as to be told which components are gone.
        time.sleep(0.35)
        self.application.ask(f"peek {tag}")
        page = self.browser.execute_script(pages.SHOWN)
        self.pages.append({**page, "tag": tag, "key": self.application.ask(f"key {page['id']}")})

    def type(self, name, text):
        self.browser.find_element(By.ID, name).send_keys(text)

    def home(self, tag):
        """All that the first page has, once for each time that it is mounted."""
        item = lambda i, part: f"{part}-{i}"
        for _ in range(3):
            self.step("inc", "count")
        self.peek(f"{tag}-inc")
        self.step("dec", "count")
        self.step("inc10", "count")
        self.type("f-name", "Ann")
        self.type("f-email", "ann.example")
        self.type("f-password", "s3cret")
        self.peek(f"{tag}-typed")
        first = self.browser.execute_script('return document.querySelector("#items > li").id').split("-")[1]
        quantity = lambda: self.browser.execute_script(
            'return document.querySelector("#items > li .qty").innerText')
        before = quantity()
        self.step(item(first, "more"), lambda: quantity() != before)
        self.step(item(first, "toggle"), lambda: self.text(item(first, "toggle")) == "hide")
        self.peek(f"{tag}-component")
        count = lambda: self.browser.execute_script('return document.querySelectorAll("#items > li").length')
        before = count()
        self.step("add-item", lambda: count() == before + 1)
        self.step("rotate", "tags")
        self.peek(f"{tag}-added")
        self.step("stats", lambda: "visitors" in (self.text("stats-out") or ""))
        self.step("beat", "beats")
        self.step("beat", "beats")
        self.peek(f"{tag}-nested")
        self.step("flash", self.has("flash-info"))
        self.step("drop-item", self.lacks(item(first, "item")))
        self.peek(f"{tag}-dropped")
        for number in range(10, 13):
            self.application.ask(f"news {number}")
        wait_for("there is news", lambda: "12" in (self.text("last") or ""), 5)
        self.step("del-1", self.lacks("messages-1"))
        self.peek(f"{tag}-news")
        self.browser.find_element(By.ID, "f-email").clear()
        self.type("f-email", "ann@example.com")
        self.step("save", lambda: "Saved Ann" in (self.text("flash-info") or ""))
        self.peek(f"{tag}-saved")

    def cart(self, tag):
        self.step("nav-cart", self.has("lines"))
        self.connected()
        self.peek(f"{tag}-cart")
        self.step("plus-mug", "lines")
        self.step("plus-pen", "lines")
        self.step("resort", "sort")
        self.peek(f"{tag}-sorted")
        self.browser.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(os.path.abspath(__file__))
        wait_for("a file is picked", lambda: "check.py" in (self.text("up") or ""), 5)
        self.step("do-upload", "uploaded")
        self.peek(f"{tag}-uploaded")
        self.step("nav-home", self.has("count"))
        self.connected()
        self.peek(f"{tag}-home")
        self.step("inc", "count")
        self.peek(f"{tag}-home-inc")


def main(folder, reel):
    # So that whatever ends this ends the application as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    work = tempfile.mkdtemp(prefix="reel-phoenix-")
    application = Application(os.path.abspath(folder), os.path.abspath(reel), work)
    shop, heartbeat = None, Heartbeat(application)
    try:
        heartbeat.start()
        shop = Shop(application)
        shop.peek("joined")
        shop.home("at-first")
        shop.cart("at-first")

        print("reel is stopped for 20 seconds")
        end = time.monotonic() + 20
        application.signal_reel(signal.SIGSTOP)
        shop.step("inc", "count")
        shop.peek("stopped-first")
        application.ask("flood 5000 5000")
        shop.home("stopped")
        shop.cart("stopped")
        while time.monotonic() < end:
            shop.step("inc", "count")
            shop.peek("stopped-inc")
        application.signal_reel(signal.SIGCONT)
        shop.peek("went-on")
        application.settle()
        shop.home("after-stop")
        print(f"messages left out: {application.ask('left_out')}")
        application.settle()

        print("reel is killed")
        application.kill_reel()
        for _ in range(3):
            shop.step("inc", "count")
        shop.peek("killed")
        application.records()
        shop.step("inc", "count")
        shop.step("beat", "beats")
        shop.peek("after-kill")
        shop.cart("after-kill")
        shop.home("after-kill")
        application.settle()

        print("reel is removed and killed")
        os.remove(application.reel)
        application.kill_reel()
        application.records("waiting")
        shop.cart("removed")
        shop.home("removed")
        application.put_reel()
        application.records()
        shop.step("inc", "count")
        shop.peek("put-back")
        shop.cart("after-removal")
        shop.home("after-removal")

        print("a view crashes")
        crashed = shop.text("count")
        shop.step("crash", lambda: shop.text("count") not in (None, crashed))
        shop.connected()
        shop.peek("after-crash")
        shop.step("inc", "count")
        shop.peek("after-crash-inc")

        print("the page is loaded again, and then its visit gets a name")
        shop.load()
        shop.cart("again")
        shop.name_visit("tab-1")
        shop.cart("named")
        shop.load()
        shop.step("inc", "count")
        shop.name_visit("tab-1")
        shop.cart("named-too")
        heartbeat.stop()
        print("the slowest click took {:.2f} s: {}".format(*shop.slowest))
        application.settle()
        shop.browser.get("about:blank")
        application.stop()
        print(f"recorded in {application.store}")
        same = pages.compare(shop.browser, reel, application.store, shop.pages)
    finally:
        if shop:
            shop.browser.quit()
        application.end()
    with open(os.path.join(work, "outages"), "w") as file:
        file.writelines(f"{since} {until}\n" for since, until in application.outages)
    result = subprocess.run(["elixir", os.path.join(HERE, "compare.exs"), reel, application.store, work,
                             f"http://127.0.0.1:{application.port}"])
    sys.exit(result.returncode or not same)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

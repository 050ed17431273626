"""Makes the pictures of the README: `make screenshots`."""

import pathlib
import shutil
import tempfile
import unittest

from support import PHONE, ROOT, SAMPLES, Browser, reel, serve

# Small enough for pictures of less than 150 kB.
WINDOW = (1080, 640)
PICTURES = ROOT / "Pictures"
TEMPLATE = pathlib.Path(__file__).with_name("Rec.CatalogLive.mustache")


class Screenshots(unittest.TestCase):
    def test_screenshots(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="reel-pictures-")))
        (folder / "store").mkdir()
        (folder / "templates").mkdir()
        shutil.copy(TEMPLATE, folder / "templates")
        for sample in sorted((SAMPLES / "phoenix-replay-0.6").glob("*.recording")):
            reel("import", sample, "-o", folder / "store" / f"{sample.stem}.reel")
        program = serve(folder / "store", "--templates", folder / "templates")
        self.addCleanup(program.stop)
        url = program.addresses[0]
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.take(Browser((1200, 480)), "list", url)
        self.take(Browser((1280, 600)), "player", f"{url}recordings/catalogue?event=170")
        self.take(Browser(WINDOW, dark=True), "player-dark", f"{url}recordings/contact-form?event=201")
        self.take(Browser(PHONE), "player-phone", f"{url}recordings/catalogue?event=170")

    def take(self, browser, name, url):
        with browser:
            if "/recordings/" in url:
                browser.get(url)
                browser.until_read()
                browser.until_event(int(url.rsplit("=", 1)[1]))
                if browser.all("iframe"):
                    browser.until("Number(document.querySelector('.page-panel').dataset.event) > 0")
                browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
            else:
                browser.get(url)
            browser.save_screenshot(str(PICTURES / f"{name}.png"))

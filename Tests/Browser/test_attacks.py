"""A recording full of attacks is listed, replayed and exported, and nothing of it runs."""

import http.server
import threading

from selenium.webdriver.common.keys import Keys

import attacks
from support import DESKTOP, ELSEWHERE, BrowserTest, Patient, reel

TEMPLATE = """<!DOCTYPE html>
<html><head><title>{{title}}</title></head><body data-title="{{title}}">
<h1>{{title}}</h1><a id="link" href="{{title}}">{{title}}</a><p title='{{title}}'>{{url}}</p>
<ul>{{#items}}<li>{{.}}</li>{{/items}}</ul><textarea>{{title}}</textarea><p>{{huge}}</p>
{{#components}}<p>{{module}} {{id}}</p>{{/components}}</body></html>
"""


class Canary(Patient, http.server.ThreadingHTTPServer):
    """Hears what an attack that works would send."""

    def __init__(self):
        heard = self.heard = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                heard.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/javascript")
                self.end_headers()
                self.wfile.write(b"top.hit = 1")

            do_POST = do_GET

            def log_message(self, *arguments):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class AttackTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.canary = Canary()
        cls.addClassCleanup(cls.canary.shutdown)
        bare, cls.count = attacks.recording(cls.canary.url)
        cls.bare = cls.folder / "bare.reel"
        cls.bare.write_bytes(bare)
        cls.file = cls.folder / "attack.reel"
        reel("compact", cls.bare, "-o", cls.file)
        (cls.folder / "templates").mkdir()
        (cls.folder / "templates" / "Attack.Live.mustache").write_text(TEMPLATE)
        (cls.folder / "store").mkdir()
        (cls.folder / "store" / "attack.reel").write_bytes(cls.file.read_bytes())
        cls.with_template = cls.served(cls.folder / "store", "--templates", cls.folder / "templates")
        cls.without = cls.served(cls.folder / "store")

    def assertNothingRan(self, browser):
        self.assertIsNone(browser.execute_script("return window.hit ?? null"))
        self.assertEqual(self.canary.heard, [])
        # That the browser has refused to run a link is what is wanted.
        self.assertEqual([text for text in browser.problems() if "Blocked script execution" not in text], [])

    def test_the_canary_hears_what_runs(self):
        browser = self.browser(DESKTOP)
        page = self.folder / "canary.html"
        page.write_text(attacks.texts(self.canary.url)[0] + "<img src='http://elsewhere.example/image'>")
        browser.get(page.as_uri())
        browser.until("window.hit === 1")
        browser.until(lambda driver: len(self.canary.heard) >= 2, "what the attack sends")
        browser.until(lambda driver: "http://elsewhere.example/image" in ELSEWHERE.heard, "what the page asks for elsewhere")
        self.canary.heard.clear()
        ELSEWHERE.heard.clear()

    def test_the_list_and_the_player_show_them(self):
        browser = self.browser(DESKTOP)
        for base in (self.with_template, self.without):
            browser.get(base)
            self.assertEqual(len(browser.all("tbody tr")), 1)
            player = browser.one("tbody th a").get_attribute("href")
            browser.get(f"{base}?text=%3Cscript%3Etop.hit%3D1%3C%2Fscript%3E&view=%22onfocus%3Dhit()%20autofocus%3D%22")
            self.assertNothingRan(browser)
            self.play_through(browser, player, 1 if base == self.with_template else 7)
            self.assertNothingSerious(browser, "the player of attacks")

    def test_the_exported_page_shows_them(self):
        page = self.folder / "attack.html"
        reel("export", self.file, "--to", "html", "-o", page)
        browser = self.browser(DESKTOP)
        self.play_through(browser, page.as_uri(), 7)

    def click_on_link(self, browser):
        """Clicks on what a template has made a link of, when it would run."""
        browser.switch_to.frame(browser.one("iframe:not([hidden])"))
        link = browser.one("#link")
        if (link.get_attribute("href") or "").startswith("javascript:") and link.is_displayed():
            link.click()
        browser.switch_to.default_content()
        # Who has clicked on the page has the player's keys again.
        browser.until("document.activeElement?.tagName !== 'IFRAME'")

    def play_through(self, browser, address, step):
        browser.get(address)
        browser.until_read()
        browser.key(Keys.HOME)
        for event in range(0, self.count, step):
            browser.key(Keys.ARROW_RIGHT * (1 if event == 0 else step))
            browser.until_event(event)
            if event % 7 == 2 and event < self.count - 1 and browser.all("iframe"):
                # This page and no other is on its way: the frames do not change places under the pointer.
                browser.until(f"document.querySelector('.page-panel').dataset.event === '{event}'")
                self.click_on_link(browser)
        browser.key(Keys.END)
        browser.until_event(self.count - 1)
        self.assertNothingRan(browser)
        browser.click("#tab-event")
        browser.until("document.querySelector('#tab-panel-event .tree [role=treeitem]') !== null")
        browser.click("#tab-assigns")
        # The text of a megabyte is opened, and found.
        browser.one('#tab-panel-assigns input[type="search"]').send_keys("<script>")
        browser.until("document.querySelector('#tab-panel-assigns .tree mark') !== null")
        browser.execute_script("document.querySelector('#tab-panel-assigns [data-path$=huge]').click()")
        browser.until("document.querySelector('#tab-panel-assigns pre') !== null")
        self.assertIn("more", browser.text("#tab-panel-assigns .row.text p"))
        # What cannot be seen is shown by its picture or its code.
        shown = browser.execute_script("return document.body.textContent")
        self.assertNotRegex(shown, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
        for notation in ("elixir", "erlang", "json"):
            self.assertIn("<script>", browser.copied(notation))
        self.assertNothingRan(browser)

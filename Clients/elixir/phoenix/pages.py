"""What a browser shows, held against what recordings have of it."""
import collections
import json
import pathlib
import subprocess

# What means the same becomes the same: attributes in their order, without those that LiveView's client adds and what only the
# browser knows; and without what is never recorded, the values of passwords.
NORMAL = """
const added = /^(data-phx-(id|component|view|session|static|loading|ref|skip|stream|pruned|has-|parent-id|root-id|sticky|update|hook|magic).*|data-phx-main|phx-change-loading|data-reply)$/;
function normal(root) {
  const copy = root.cloneNode(true);
  for (const element of copy.querySelectorAll("*")) {
    if (element.id === "tip") element.removeAttribute("style");
    if (element.type === "password") element.removeAttribute("value");
    const classes = [...element.classList].filter((name) => !name.startsWith("phx-"));
    if (element.hasAttribute("class")) element.setAttribute("class", classes.join(" "));
    if (element.hasAttribute("class") && classes.length === 0) element.removeAttribute("class");
    const attributes = [...element.attributes].map(({ name, value }) => [name, value])
      .filter(([name]) => !added.test(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const { name } of [...element.attributes]) element.removeAttribute(name);
    for (const [name, value] of attributes) element.setAttribute(name, value);
  }
  return copy.innerHTML;
}
"""
SHOWN = NORMAL + """
const root = document.querySelector("[data-phx-main]");
return { id: root.id, html: normal(root), title: document.title, ms: Date.now() };"""
RECORDED = NORMAL + """
const page = new DOMParser().parseFromString(arguments[0], "text/html");
const root = page.getElementById(arguments[1]);
return { html: root && normal(root), title: page.title };"""


def recordings(reel, store):
    """By their ids: when they started and ended, and which of their regions have joined when."""
    found = {}
    for path in pathlib.Path(store).glob("[!.]*.reel"):
        document, info = (json.loads(subprocess.run([reel, *command, path], stdout=subprocess.PIPE, check=True).stdout)
                          for command in (["json"], ["info", "--json"]))
        events, start = document["events"], document["connected_at"]
        joined = {event["payload"]["id"]: start + event["offset"] for event in reversed(events) if event["type"] == "page_join"}
        # One that was cut short knows nothing of what came after.
        end = start + events[-1]["offset"] if info["reason"] == "interrupted" else float("inf")
        found[path.stem] = {"path": path, "start": start, "end": end, "joined": joined, "events": events}
    return found


def compare(browser, reel, store, peeks):
    """Prints how each peek compares, and returns whether each page that its recording is sure of is what the browser had."""
    every, counts = recordings(reel, store), {}
    for peek in peeks:
        recording, found = every.get(peek["key"]), None
        if recording is None or not recording["joined"].get(peek["id"], float("inf")) <= peek["ms"] <= recording["end"]:
            outcome = "outside"
        else:
            moment = f"{peek['ms'] - recording['start']}ms"
            page = subprocess.run([reel, "page", "--raw", recording["path"], "--at", moment], capture_output=True, text=True)
            found = browser.execute_script(RECORDED, page.stdout, peek["id"])
            same = found["html"] == peek["html"] and found["title"] == peek["title"]
            outcome = "unsure" if page.returncode != 0 else "same" if same else "different"
        counts[outcome] = counts.get(outcome, 0) + 1
        print(f"{outcome:10} page {peek['tag']}")
        if outcome == "different":
            print(f"    browser:  {peek['title']!r} {peek['html']}\n    recorded: {found['title']!r} {found['html']}")
    kinds = collections.Counter(event["type"] for each in every.values() for event in each["events"])
    print(f"events: {dict(kinds)}\npages: {counts}")
    return "different" not in counts and "same" in counts

#!/usr/bin/env python3
"""Makes the documentation site of what is in this repository, and checks its links.

    site.py OUTPUT [--build BUILD] [--base PATH]

Every page in Markdown becomes a page, under its own path. What the pages link to is shown beside them: sources, pictures, and all
vectors. With the modules of a finished build, in BUILD, the libraries' documentation is made as well, by DocC. It needs a server,
under which the site's first page has the path PATH; everything else opens from disk as well. The site loads nothing from elsewhere.

The exit status is 1 when a link leads nowhere: to a file, a heading or a section (`recording.md §4.1`) that is not there.
"""

import argparse
import collections
import html
import html.parser
import json
import pathlib
import posixpath
import re
import shutil
import subprocess
import sys
import urllib.parse

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.util import ClassNotFound

import api

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VECTORS = "Vectors/manifest.json"

# The pages on the left: a heading, and what its pages begin with, in order. A page belongs to the longest beginning.
SECTIONS = [
    ("Start", ["README.md", "Documentation/tour.md"]),
    ("Guides", ["Clients/elixir/guide.md", "Documentation/", "Sources/", "Examples/"]),
    ("Specification", [
        "Spec/README.md", "Spec/recording.md", "Spec/terms.md", "Spec/registry.md", "Spec/pages.md", "Spec/json.md",
        "Spec/port.md", "Spec/phoenix-replay.md", "Spec/vectors.md", "Spec/"]),
    ("Other languages", ["Clients/", "Spec/readers/"]),
    ("Vectors", ["Vectors/"]),
    ("Project", ["Benchmarks/", "Samples/", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "Tests/", ""]),
]
TOP = [("Guides", "Documentation/README.md"), ("Specification", "Spec/README.md"), ("Vectors", "Vectors/browse.html")]
# Shorter than their headings.
NAMES = {"README.md": "Reel", "Documentation/README.md": "All guides"}

formatter = HtmlFormatter(nowrap=True)


def tracked():
    """The files that git knows, with those that are new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode().split("\0")
    return {name for name in names if name and (ROOT / name).is_file()}


def slug(heading):
    """A heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def colored(code, language):
    try:
        return highlight(code, get_lexer_by_name(language, stripnl=False), formatter)
    except ClassNotFound:
        return html.escape(code, quote=False)


class Site:
    def __init__(self, output, build, base):
        self.output, self.build, self.base = output, build, base
        self.files = tracked()
        self.folders = {str(parent) for name in self.files for parent in pathlib.PurePosixPath(name).parents}
        self.problems = []
        self.markdown = MarkdownIt("commonmark", {"html": False, "highlight": lambda code, language, _: colored(code, language)})
        self.markdown.enable(["table", "strikethrough"])
        self.pages = {name: self.parse(name) for name in sorted(self.files) if self.is_page(name)}
        # What is shown because a page links to it: sources, folders, pictures.
        self.shown = {}
        self.has_api = False

    @staticmethod
    def is_page(name):
        return name.endswith(".md")

    # Addresses

    def address(self, name):
        """Where a file is on the site."""
        if name in self.pages:
            folder, base = posixpath.split(name)
            return posixpath.join(folder, "index.html" if base == "README.md" else base[:-3] + ".html")
        if name in self.folders:
            readme = posixpath.join(name, "README.md").removeprefix("./")
            return self.address(readme) if readme in self.pages else posixpath.join(name, "index.html")
        if name.endswith((".png", ".html")) or name.startswith("Vectors/") and not name.endswith((".py", ".escript")):
            return name
        return f"{name}.html"

    def relative(self, address, page):
        """A link from the page at one address to another address."""
        return posixpath.relpath(address, posixpath.dirname(page) or ".")

    # Reading

    def parse(self, name):
        """A page: its tokens, its title, its headings and their anchors, its sections by number."""
        tokens = self.markdown.parse((ROOT / name).read_text())
        headings, sections, taken, title = [], {}, collections.Counter(), None
        for index, token in enumerate(tokens):
            if token.type != "heading_open":
                continue
            text = "".join(part.content for part in tokens[index + 1].children if part.type in ("text", "code_inline"))
            anchor = slug(text)
            taken[anchor] += 1
            if taken[anchor] > 1:
                anchor = f"{anchor}-{taken[anchor] - 1}"
            token.attrSet("id", anchor)
            token.meta["anchor"] = anchor
            level = int(token.tag[1])
            if level == 1 and title is None:
                title = text
            headings.append((level, text, anchor))
            number = re.match(r"(\d+(?:\.\d+)*)\.? ", text)
            if number:
                sections[number[1]] = anchor
        return {"tokens": tokens, "title": title or name, "headings": headings, "sections": sections}

    # Writing

    def render(self, name):
        """A page's text, its links leading to pages of the site."""
        page = self.pages[name]
        here = self.address(name)
        for token in page["tokens"]:
            if token.type == "inline":
                for part in token.children:
                    if part.type == "link_open":
                        part.attrSet("href", self.link(name, here, part.attrGet("href")))
                    elif part.type == "image":
                        part.attrSet("src", self.link(name, here, part.attrGet("src")))
                        part.attrSet("loading", "lazy")
                    elif part.type == "code_inline" and part.markup == "``" and part.content.startswith("/"):
                        # DocC's symbols: /Module/Type/member(label:)-(Type)
                        part.content = re.sub(r"-\(.*\)$", "", part.content).split("/", 2)[-1].replace("/", ".")
        text = self.markdown.renderer.render(page["tokens"], self.markdown.options, {})
        text = text.replace("<table>", '<div class="table"><table>').replace("</table>", "</table></div>")
        text = re.sub(
            r'(<h[2-6] id="([^"]+)">)(.*?)(</h[2-6]>)',
            r'\1\3<a class="anchor" href="#\2" aria-label="Link to this heading">#</a>\4', text)
        return self.with_sections(name, here, text)

    def link(self, name, here, target):
        """A link of a page as one of the site."""
        parts = urllib.parse.urlsplit(target)
        if parts.scheme or parts.netloc:
            if parts.scheme not in ("http", "https", "mailto"):
                self.problems.append(f"{name}: {target} is no link for a page")
            return target
        if not parts.path:
            return target
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), urllib.parse.unquote(parts.path)))
        if path not in self.files and path not in self.folders:
            self.problems.append(f"{name}: {target} leads to no file of the repository")
            return target
        if path not in self.pages and path != VECTORS:
            self.shown.setdefault(path, name)
        if path in self.folders and self.address(path) == posixpath.join(path, "index.html"):
            self.shown.setdefault(path, name)
        return self.relative(self.address(path), here) + (f"#{parts.fragment}" if parts.fragment else "")

    def with_sections(self, name, here, text):
        """Makes links of what the specification calls its pages and sections: `recording.md §4.1`, and `§4.1` of the page itself."""
        folder = posixpath.dirname(name)

        def replaced(match):
            document, gap, numbers = match["document"], match["gap"] or "", match["numbers"] or match["own"]
            if not numbers:
                target = posixpath.join("Spec", document)
                if not name.startswith("Spec/") or target not in self.pages or target == name or document == "README.md":
                    return match[0]
                return f'<a href="{self.relative(self.address(target), here)}">{document}</a>'
            target = name
            if document:
                target = posixpath.join("Spec", document) if document != "README.md" else None
                if target not in self.pages:
                    return match[0]
            elif not name.startswith("Spec/"):
                return match[0]

            def linked(number):
                anchor = self.pages[target]["sections"].get(number[1])
                if anchor is None:
                    if document:
                        self.problems.append(f"{name}: {document} has no §{number[1]}")
                    return number[0]
                address = "" if target == name else self.relative(self.address(target), here)
                return f'<a href="{address}#{anchor}">§{number[1]}</a>'

            return (document or "") + gap + re.sub(r"§(\d+(?:\.\d+)*)", linked, numbers)

        sections = r"§\d+(?:\.\d+)*(?:(?:,| and| to| or)\s+§\d+(?:\.\d+)*)*"
        pattern = re.compile(
            rf"(?P<document>[\w-]+\.md)(?:(?P<gap>\s+)(?P<numbers>{sections}))?|(?P<own>{sections})")
        # Text between tags; not in code, not in links, not in headings.
        out, depth = [], 0
        for piece in re.split(r"(<[^>]*>)", text):
            if piece.startswith("<"):
                tag = re.match(r"</?(\w+)", piece)
                if tag and tag[1] in ("a", "code", "pre", "h1", "h2", "h3", "h4"):
                    depth += -1 if piece.startswith("</") else 1
            elif depth == 0 and not re.search(r"RFC \d+,? $", piece):
                piece = pattern.sub(replaced, piece)
            out.append(piece)
        return "".join(out)

    def navigation(self, here):
        """The pages, by section."""
        by_section = {heading: [] for heading, _ in SECTIONS}
        for name in self.pages:
            places = [
                (len(start), heading, order)
                for heading, starts in SECTIONS for order, start in enumerate(starts) if name.startswith(start)]
            _, heading, order = max(places)
            by_section[heading].append((order, not name.endswith("README.md"), name))
        parts = []
        for heading, entries in by_section.items():
            links = [(self.address(name), NAMES.get(name, self.pages[name]["title"])) for _, _, name in sorted(entries)]
            if heading == "Vectors":
                links.insert(0, ("Vectors/browse.html", "Browse them"))
            if heading == "Guides" and self.has_api:
                links.append(("api/index.html", "Swift API"))
            items = "".join(
                f'<li><a href="{self.relative(address, here)}"{self.current(address, here)}>{html.escape(title)}</a></li>'
                for address, title in links)
            parts.append(f"<h2>{heading}</h2><ul>{items}</ul>")
        return "".join(parts)

    @staticmethod
    def current(address, here):
        return ' aria-current="page"' if address == here else ""

    def write(self, here, title, body, headings=(), wide=False, scripts=()):
        """Writes a page of the site."""
        up = lambda address: self.relative(address, here)
        top = [(text, self.address(name) if name in self.pages else name) for text, name in TOP]
        if self.has_api:
            top.append(("API", "api/index.html"))
        top = "".join(f'<a href="{up(address)}"{self.current(address, here)}>{text}</a>' for text, address in top)
        deep = [(level, text, anchor) for level, text, anchor in headings if level in (2, 3)]
        if len(deep) > 40:
            deep = [entry for entry in deep if entry[0] == 2]
        contents = ""
        if len(deep) > 1 and not wide:
            items = "".join(
                f'<li{" class=deep" if level == 3 else ""}><a href="#{anchor}">{html.escape(text)}</a></li>'
                for level, text, anchor in deep)
            contents = f'<nav class="contents" aria-label="On this page"><div><p>On this page</p><ul>{items}</ul></div></nav>'
        name = "Reel" if title == "Reel" else f"{title} · Reel"
        target = self.output / here
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(name)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{up('site.css')}">
<body>
<a class="skip" href="#main">Skip to the text</a>
<header class="top"><a class="name" href="{up('index.html')}">Reel</a><nav aria-label="Site">{top}</nav></header>
<div class="columns">
<nav class="pages" aria-label="Pages"><details open><summary>Pages</summary>{self.navigation(here)}</details></nav>
<div class="reading{' wide' if wide else ''}"><main id="main">
{body}
</main>{contents}</div>
</div>
<script src="{up('pages.js')}"></script>
{''.join(f'<script src="{up(script)}"></script>' for script in scripts)}
</body>
</html>
""")

    def make(self):
        self.output.mkdir(parents=True)
        for asset in ("site.css", "filter.js", "pages.js"):
            shutil.copy(HERE / asset, self.output)
        self.has_api = bool(self.build) and api.make(self.build, self.output / "api", ROOT, self.base)
        bodies = {name: self.render(name) for name in self.pages}
        for name, body in bodies.items():
            page = self.pages[name]
            self.write(self.address(name), page["title"], body, page["headings"])
        self.make_vectors()
        if self.has_api:
            items = "".join(f'<li><a href="documentation/{module.lower()}/">{module}</a></li>' for module in api.MODULES)
            self.write("api/index.html", "Swift API", "<h1>Swift API</h1><p>The libraries, each after those that it imports. "
                       f"Their pages are made by DocC and need a server.</p><ul>{items}</ul>")
        done = set()
        while set(self.shown) - done:
            for path in sorted(set(self.shown) - done):
                done.add(path)
                self.show(path)
        self.check()

    def show(self, path):
        """Writes what a page links to and is no page itself."""
        here = self.address(path)
        if path in self.folders:
            inside = sorted({
                posixpath.join(path, name[len(path) + 1:].split("/")[0]) for name in self.files if name.startswith(f"{path}/")})
            items = "".join(f'<li><a href="{self.link(path + "/x", here, posixpath.basename(name))}"><code>'
                            f"{posixpath.basename(name)}</code></a></li>" for name in inside)
            self.write(here, path, f"<h1>{path}/</h1><ul>{items}</ul>")
        elif here == path:
            if not (self.output / here).exists():
                (self.output / here).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / path, self.output / here)
        else:
            data = (ROOT / path).read_bytes()
            try:
                text = data.decode()
            except UnicodeDecodeError:
                body = f"<p>{len(data):,} bytes that are no text.</p>"
            else:
                try:
                    code = highlight(text, get_lexer_for_filename(path, stripnl=False), formatter)
                except ClassNotFound:
                    code = html.escape(text, quote=False)
                body = f'<pre tabindex="0"><code>{code}</code></pre>'
            self.write(here, path, f"<h1><code>{path}</code></h1>{body}", wide=True)

    # Vectors

    def make_vectors(self):
        """The vectors, a page for each group of them, and one of all groups."""
        vectors = json.loads((ROOT / VECTORS).read_text())["vectors"]
        groups = collections.defaultdict(list)
        for vector in vectors:
            parts = vector["id"].split("/")
            groups[parts[0], parts[1] if len(parts) > 2 else ""].append(vector)
        families = collections.defaultdict(list)
        for (family, group), members in groups.items():
            families[family].append((group, members))
            self.write_group(family, group, members)
        here = "Vectors/browse.html"
        body = [
            f"<h1>{len(vectors):,} vectors</h1>"
            f'<p>Files, valid and invalid, with what a reader is to make of each. '
            f'<a href="{self.relative(self.address("Spec/vectors.md"), here)}">vectors.md</a> says how a reader is checked with '
            "them.</p>"
            '<p><label>Find groups <input class="filter" type="search" autocomplete="off"></label></p>'
            '<p class="count" role="status"></p>']
        headings = []
        for family, members in sorted(families.items()):
            headings.append((2, family, family))
            body.append(f'<h2 id="{family}">{family}</h2><div class="table"><table><thead><tr><th>group</th><th>vectors</th>'
                        "<th>one of them shows</th></tr></thead><tbody>")
            for group, vectors in sorted(members):
                address = self.relative(self.group_address(family, group), here)
                shows = vectors[0]["shows"]
                words = html.escape(" ".join([family, group, *(vector["shows"] for vector in vectors)]).lower())
                body.append(f'<tr data-text="{words}"><td><a href="{address}">{group or family}</a></td><td>{len(vectors):,}</td>'
                            f"<td>{html.escape(shows)}</td></tr>")
            body.append("</tbody></table></div>")
        self.write(here, "All vectors", "".join(body), headings, scripts=["filter.js"])

    @staticmethod
    def group_address(family, group):
        return f"Vectors/browse/{family}/{group or 'index'}.html"

    def write_group(self, family, group, vectors):
        here = self.group_address(family, group)
        title = f"{family}/{group}" if group else family
        body = [
            f"<h1>{title}</h1>"
            '<p><label>Find <input class="filter" type="search" autocomplete="off"></label></p>'
            '<p class="count" role="status"></p>']
        body += [self.vector(vector, here) for vector in vectors]
        self.write(here, title, "".join(body), wide=True, scripts=["filter.js"])

    def vector(self, vector, here):
        path = f"Vectors/{vector['file']}"
        data = (ROOT / path).read_bytes()
        target = self.output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        shows = html.escape(vector["shows"])
        facts = [self.section_link(vector["section"], here), f"<span>{vector['input']}</span>"]
        if "error" in vector:
            errors = [vector["error"], *vector.get("alternatives", [])]
            facts.append('<span><b class="refused">refused</b> ' + ", or ".join(
                f"<code>{error['kind']}</code>" + (f" at byte {error['offset']}" if "offset" in error else "")
                for error in errors) + "</span>")
        else:
            facts.append('<b class="accepted">read</b>')
        facts.append(f'<a href="{self.relative(path, here)}" download>{len(data):,} bytes</a>')
        parts = [f"<p>{shows}</p>", f'<p class="facts">{" ".join(facts)}</p>', f'<pre tabindex="0">{hex_dump(data)}</pre>']
        if "otp" in vector:
            parts.append(f'<p class="facts">Erlang/OTP 25: {html.escape(vector["otp"])}</p>')
        outputs = {**vector.get("expect", {}), **({"salvage": vector["salvage"]} if "salvage" in vector else {})}
        for output, text in outputs.items():
            if isinstance(text, dict):
                text = (ROOT / "Vectors" / text["file"]).read_text()
            parts.append(f"<details><summary>{html.escape(output)}</summary><pre tabindex=\"0\">{html.escape(shortened(text))}</pre></details>")
        words = html.escape(f"{vector['id']} {vector['shows']} {vector.get('error', {}).get('kind', '')}".lower())
        anchor = vector["id"]
        return (f'<section class="vector" id="{anchor}" data-text="{words}"><h2>{anchor}'
                f'<a class="anchor" href="#{anchor}" aria-label="Link to this vector">#</a></h2>{"".join(parts)}</section>')

    def section_link(self, section, here):
        """A vector's section: `terms.md §3.3`."""
        match = re.fullmatch(r"([\w-]+\.md) §(\d+(?:\.\d+)*)", section)
        page = f"Spec/{match[1]}" if match else None
        if page not in self.pages or match[2] not in self.pages[page]["sections"]:
            self.problems.append(f"{VECTORS}: {section} is no section")
            return html.escape(section)
        address = f"{self.relative(self.address(page), here)}#{self.pages[page]['sections'][match[2]]}"
        return f'<a href="{address}">{section}</a>'

    # Links

    def check(self):
        """Follows every link of every page to a file of the site, and to an anchor in it."""
        found = {}
        for path in self.output.rglob("*.html"):
            address = path.relative_to(self.output).as_posix()
            if not address.startswith("api/") or address == "api/index.html":
                found[address] = Links(path.read_text())
        count, outside = 0, set()
        for address, links in found.items():
            for duplicate in links.duplicates:
                self.problems.append(f"{address}: the anchor {duplicate} is there twice")
            for target in links.targets:
                parts = urllib.parse.urlsplit(target)
                if parts.scheme or parts.netloc:
                    outside.add(target)
                    continue
                count += 1
                path = posixpath.normpath(posixpath.join(posixpath.dirname(address), urllib.parse.unquote(parts.path)))
                path = path if parts.path else address
                if (self.output / path).is_dir():
                    path = posixpath.join(path, "index.html")
                if not (self.output / path).is_file():
                    self.problems.append(f"{address}: {target} leads nowhere")
                elif parts.fragment and path in found and urllib.parse.unquote(parts.fragment) not in found[path].anchors:
                    self.problems.append(f"{address}: {target} leads to no heading")
        size = sum(path.stat().st_size for path in self.output.rglob("*") if path.is_file())
        print(f"{len(found):,} pages, {size / 1e6:.1f} MB, {count:,} links of which {len(set(self.problems))} are broken; "
              f"{len(outside)} lead elsewhere and were not followed")


class Links(html.parser.HTMLParser):
    """The links and anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.targets, self.anchors, self.duplicates = [], set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for key, value in attributes:
            if key in ("href", "src"):
                self.targets.append(value)
            elif key == "id":
                if value in self.anchors:
                    self.duplicates.add(value)
                self.anchors.add(value)


def hex_dump(data, limit=256):
    """The first bytes of a file, as hexdump -C shows them."""
    lines = []
    for start in range(0, min(len(data), limit), 16):
        row = data[start : start + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{start:04x}  {row[:8].hex(' '):23}  {row[8:].hex(' '):23}  {text}")
    if len(data) > limit:
        lines.append(f"... {len(data) - limit:,} more bytes")
    return html.escape("\n".join(lines) or "no bytes", quote=False)


def shortened(text, limit=4000):
    return text if len(text) <= limit else f"{text[:limit]} ... {len(text) - limit:,} more characters"


def main():
    parser = argparse.ArgumentParser(description="Makes the documentation site, and checks its links.")
    parser.add_argument("output", type=pathlib.Path, help="the folder of the site; what is in it is replaced")
    parser.add_argument("--build", type=pathlib.Path, help="the folder of a finished build, for the libraries' documentation")
    parser.add_argument("--base", default="/", help="the path of the first page, where the site is served (default: /)")
    options = parser.parse_args()
    if options.output.exists() and any(options.output.iterdir()) and not (options.output / "site.css").exists():
        parser.error(f"{options.output} is no site: it would be replaced")
    # Made beside the site that is there, which is replaced when all is done.
    output = options.output.resolve()
    new, old = output.with_name(f"{output.name}.new"), output.with_name(f"{output.name}.old")
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    site = Site(new, options.build, options.base)
    site.make()
    if output.exists():
        output.rename(old)
    new.rename(output)
    shutil.rmtree(old, ignore_errors=True)
    for problem in sorted(set(site.problems)):
        print(problem, file=sys.stderr)
    sys.exit(1 if site.problems else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Keeps Spec/rules.md: every MUST of the pages in Spec/, and what shows it.

    rules.py            fails on a MUST without something that shows it, and on anything in the table that is not so
    rules.py --write    brings the table up to date: new rules get empty cells, which are to be filled in by hand

A rule is shown by vectors, named by patterns of their ids, or by a test, named by its path: rules for writers and
recorders have no file that a reader could refuse.
"""

import argparse
import difflib
import fnmatch
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "Spec" / "rules.md"
MANIFEST = ROOT / "Vectors" / "manifest.json"
NO_RULES = {"rules.md", "README.md", "first-hour.md"}
INTRODUCTION = """# Rules

Every sentence of these pages with a MUST, and what shows it: vectors, by patterns of their ids, or a test, by its path,
where there is no file that a reader could be shown. `make vectors` fails on a MUST that nothing shows.
`Vectors/generator/rules.py --write` brings this table up to date.
"""
HEAD = "| § | rule | shown by |\n| --- | --- | --- |\n"


def paragraphs(text):
    """The paragraphs, list items and table rows of a page, each with its section; not code, and not what explains."""
    section, lines, in_code = "", [], False
    for line in [*text.splitlines(), ""]:
        if line.startswith("```"):
            in_code = not in_code
        heading = re.match(r"#+ ([0-9.]+) ", line)
        starts = not line.strip() or in_code or line.startswith(("#", "```", ">", "|")) or re.match(r" *([-*]|\d+\.) ", line)
        if starts and lines:
            yield section, " ".join(each.strip() for each in lines)
            lines = []
        section = heading[1].rstrip(".") if heading else section
        if line.strip() and not in_code and not line.startswith(("#", "```", ">")):
            lines.append(line)


def rules(page):
    """The sentences of a page that have a MUST, each with its section."""
    for section, text in paragraphs(page.read_text()):
        if text.startswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", text)[1:-1]]
            sentences = [": ".join(cell for cell in cells if cell)]
        else:
            text = re.sub(r"^([-*]|\d+\.) ", "", text)
            sentences = re.split(r"(?<=[.;])\s+(?=[A-Z_`\[*])", text)
        for index, sentence in enumerate(sentences):
            if re.search(r"\bMUST\b", sentence):
                # A short one needs what it refers to.
                sentence = " ".join(sentences[max(0, index - 1) : index + 1]) if len(sentence) < 80 else sentence
                yield section, sentence.strip().replace("|", "\\|")


def pages():
    return sorted(path for path in (ROOT / "Spec").glob("*.md") if path.name not in NO_RULES)


def table():
    """What the table says: the page, section and rule of each row, and what shows it."""
    rows, page = {}, None
    for line in TABLE.read_text().splitlines() if TABLE.exists() else []:
        page = line[3:] if line.startswith("## ") else page
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 3 and page and cells[0] not in ("§", "---"):
            rows[page, cells[0], cells[1]] = cells[2]
    return rows


def shown_by(key, rows):
    """What shows a rule; that of the rule most like it when its words have changed."""
    if key in rows:
        return rows[key]
    others = {rule: shown for (page, _, rule), shown in rows.items() if page == key[0]}
    close = difflib.get_close_matches(key[2], others, n=1, cutoff=0.7)
    return others[close[0]] if close else ""


def write():
    rows = table()
    text = INTRODUCTION
    for page in pages():
        found = list(dict.fromkeys(rules(page)))
        if found:
            text += f"\n## {page.name}\n\n{HEAD}"
            text += "".join(f"| {s} | {rule} | {shown_by((page.name, s, rule), rows)} |\n" for s, rule in found)
    TABLE.write_text(text)


def differences():
    rows = table()
    ids = [vector["id"] for vector in json.loads(MANIFEST.read_text())["vectors"]]
    expected = {(page.name, section, rule) for page in pages() for section, rule in rules(page)}
    for page, section, rule in sorted(expected - rows.keys()):
        yield f"{page} §{section}: nothing shows: {rule}"
    for page, section, rule in sorted(rows.keys() - expected):
        yield f"{page} §{section}: there is no such rule any more: {rule}"
    for (page, section, rule), shown in sorted(rows.items()):
        names = re.findall(r"`([^`]+)`", shown)
        if not names and (page, section, rule) in expected:
            yield f"{page} §{section}: nothing shows: {rule}"
        for name in names:
            if not fnmatch.filter(ids, name) and not (ROOT / name).exists():
                yield f"{page} §{section}: neither a vector nor a file: {name}"


def main():
    parser = argparse.ArgumentParser(description="Check or update Spec/rules.md.")
    parser.add_argument("--write", action="store_true", help="bring the table up to date")
    if parser.parse_args().write:
        write()
    found = list(differences())
    for difference in found:
        print(difference)
    if found:
        raise SystemExit(f"{len(found)} differences")
    print(f"{len(table())} rules, each with what shows it")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Tests Documentation/analysis.md: records visits, runs the page's commands and queries, and compares the answers.

    test.py REEL [--events N] [--print]

The answers have to be those of the simulation that made the visits. With the page's own number of events, they have to be the
page's tables as well; --print prints these tables.
"""

import argparse
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import duckdb

import visits

PAGE = pathlib.Path(__file__).resolve().parents[2] / "Documentation" / "analysis.md"
# Of which the page shows the answers.
EVENTS = 1_000_000


def blocks():
    """The page's fenced blocks: language and text."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.M | re.S)


def formatted(description, rows):
    """An answer as the page shows it."""
    cells = [[column[0] for column in description]] + [[str(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    return ["  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]).rstrip()
            for row in cells]


def quantile(values, share):
    """The smallest value that at least so large a share of all values does not exceed."""
    values = sorted(values)
    return values[max(1, math.ceil(share * len(values))) - 1]


def expected(shop):
    """The answers as the simulation knows them, as rows of the page's queries."""
    counts = {name: len(waits) for name, waits in shop.waits.items()}
    return {
        "errors": {(name, count) for name, count in shop.before_errors.items()},
        "funnel": {(step, count) for step, count in shop.reached.items()},
        "renders": {(name, counts[name], quantile(waits, 0.5), quantile(waits, 0.99), max(waits))
                    for name, waits in shop.waits.items()},
        "leaving": {(name, count) for name, count in shop.left_without_paying.items()},
        "vain": {(name, count) for name, count in shop.in_vain.items()},
    }


def main():
    parser = argparse.ArgumentParser(description="Tests Documentation/analysis.md.")
    parser.add_argument("reel", type=pathlib.Path, help="the tool")
    parser.add_argument("--events", type=int, default=EVENTS, help="how many events are recorded (default: %(default)s)")
    parser.add_argument("--print", action="store_true", help="print the page's tables")
    options = parser.parse_args()
    reel = options.reel.resolve()
    failures = []

    def done(what, start):
        print(f"{time.monotonic() - start:7.1f} s  {what}", flush=True)

    with tempfile.TemporaryDirectory(prefix="reel-analysis-") as name:
        folder = pathlib.Path(name)
        (folder / "bin").mkdir()
        (folder / "bin" / "reel").symlink_to(reel)
        environment = dict(os.environ, PATH=f"{folder / 'bin'}:{os.environ['PATH']}")
        shop = visits.Visits(options.events)
        start = time.monotonic()
        visits.record(reel, folder / "recordings", shop)
        done(f"{shop.event_count:,} events of {shop.session_count:,} visits recorded", start)
        database = duckdb.connect()
        os.chdir(folder)
        answers, query = {}, None
        for language, text in blocks():
            start = time.monotonic()
            if language == "sh":
                subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=environment, check=True)
                done("to lines", start)
            elif language == "sql" and (match := re.match(r"-- (\w+)\n", text)):
                result = database.execute(text)
                query = match[1]
                answers[query] = (result.description, result.fetchall())
                done(f"the question '{query}'", start)
            elif language == "sql":
                database.execute(text)
                count = database.execute("SELECT count(*) FROM events").fetchone()[0]
                done(f"{count:,} events to {(folder / 'events.parquet').stat().st_size / 1e6:.1f} MB of Parquet", start)
                if count != shop.event_count:
                    failures.append(f"{count:,} events in the Parquet file, {shop.event_count:,} were recorded")
                gaps = database.execute(
                    "SELECT count(*) FROM (SELECT id FROM events GROUP BY id HAVING max(index) + 1 <> count(*))").fetchone()[0]
                if gaps:
                    failures.append(f"{gaps} sessions whose indexes have gaps")
            elif language == "text" and query:
                shown = text.splitlines()
                description, rows = answers[query]
                lines = formatted(description, rows)
                if options.print:
                    print(f"-- {query}", *lines, sep="\n")
                elif options.events == EVENTS and shown != lines:
                    failures.append("\n".join([f"{query}: the page shows", *shown, "and the answer is", *lines]))
        for query, wanted in expected(shop).items():
            # What the simulation does not know, such as percentages, is in the page's table only.
            width = len(next(iter(wanted)))
            found = {tuple(row[:width]) for row in answers[query][1]}
            if found != wanted:
                failures.append(f"{query}: missing {sorted(wanted - found)[:5]}, wrong {sorted(found - wanted)[:5]}")
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"{len(answers)} questions, {len(failures)} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

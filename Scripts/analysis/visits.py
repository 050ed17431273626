"""Visits of a shop that never was: sessions as terms for `reel record`, and what is true of them.

Everything comes from a seed, so that the same visits are made everywhere and always.
"""

import collections
import random
import struct
import subprocess
import threading


class Atom(str):
    """An atom of Erlang's."""


def encoded(term):
    """A term as the External Term Format has it (Spec/terms.md), without the leading 131."""
    if isinstance(term, Atom):
        text = term.encode()
        return b"w" + bytes([len(text)]) + text
    if isinstance(term, str):
        text = term.encode()
        return b"m" + struct.pack(">I", len(text)) + text
    if isinstance(term, int):
        if 0 <= term < 256:
            return b"a" + bytes([term])
        if -(1 << 31) <= term < 1 << 31:
            return b"b" + struct.pack(">i", term)
        size = (term.bit_length() + 7) // 8
        return b"n" + bytes([size, 0]) + term.to_bytes(size, "little")
    if isinstance(term, tuple):
        return b"h" + bytes([len(term)]) + b"".join(map(encoded, term))
    if isinstance(term, dict):
        return b"t" + struct.pack(">I", len(term)) + b"".join(encoded(part) for pair in term.items() for part in pair)
    raise TypeError(f"{term!r} is no term of these visits")


def frame(term):
    data = b"\x83" + encoded(term)
    return struct.pack(">I", len(data)) + data


# What a visitor does next, and how likely that is; None is the end.
NEXT = {
    "start": [("search", 5), ("open", 4), (None, 0.4)],
    "search": [("search", 3), ("open", 6), (None, 0.1)],
    "open": [("search", 3), ("open", 4), ("add", 3), (None, 0.04)],
    "add": [("search", 3), ("open", 4), ("remove", 1), ("checkout", 0.5), (None, 0.05)],
    "remove": [("search", 2), ("open", 3), (None, 0.1)],
    "checkout": [("coupon", 3), ("pay", 4), ("open", 4), (None, 0.5)],
    "coupon": [("coupon", 2), ("pay", 6), (None, 1)],
    "pay": [("search", 3), (None, 4)],
}
# How long the server takes to answer, in milliseconds: the middle, and how much it varies.
WAIT = {"search": (140, 0.7), "coupon": (60, 0.5), "pay": (400, 0.6)}
WORDS = ["mug", "cup", "plate", "bowl", "tea pot", "jug"]


class Visits:
    """Visits until there are as many events as asked for, and what a query has to find in them."""

    def __init__(self, events, seed=1):
        self.wanted, self.random = events, random.Random(seed)
        self.session_count = self.event_count = 0
        # Each question's answer, as the simulation knows it.
        self.before_errors = collections.Counter()
        self.reached = collections.Counter()
        self.waits = collections.defaultdict(list)
        self.left_without_paying = collections.Counter()
        self.in_vain = collections.Counter()

    def messages(self):
        """The messages of all visits."""
        while self.event_count < self.wanted:
            yield from self.visit(f"visit-{self.session_count:06}")
            self.session_count += 1

    def visit(self, key):
        rng, now, basket, total = self.random, 1_000, 0, 0
        name, latest, funnel, paid, repeats = "start", None, 0, False, []
        yield Atom("start"), key, {
            Atom("view"): Atom("Elixir.Shop.CartLive"), Atom("url"): "/",
            Atom("assigns"): {Atom("basket"): 0, Atom("total"): 0}}, now
        start, self.event_count = now, self.event_count + 1
        while True:
            names, weights = zip(*NEXT[name])
            name = rng.choices(names, weights)[0]
            if name is None and latest is None:
                # Nobody did anything: Reel keeps no such session.
                name = "search"
            if name is None:
                break
            params = {
                "search": lambda: {"text": rng.choice(WORDS)}, "coupon": lambda: {"code": "SPRING"},
            }.get(name, lambda: {"sku": f"sku-{rng.randrange(200)}"})()
            now += int(rng.lognormvariate(7.5, 1))
            times = 1
            if name == "coupon" and rng.random() < 0.3:
                # The button seems to do nothing, so it is pressed again and again.
                times = rng.randrange(3, 7)
            for _ in range(times):
                now += 0 if times == 1 else rng.randrange(150, 400)
                yield Atom("event"), key, Atom("event"), {Atom("name"): name, Atom("params"): params}, now
                self.event_count += 1
                repeats = [*(entry for entry in repeats if entry[:2] == (name, params)), (name, params, now)][-3:]
                if len(repeats) == 3 and now - repeats[0][2] <= 2_000:
                    self.in_vain[name] += 1
                happened = now
                if times == 1:
                    if rng.random() < 0.3:
                        yield Atom("event"), key, Atom("info"), {Atom("tag"): Atom("stock")}, now
                        self.event_count += 1
                    middle, spread = WAIT.get(name, (12, 0.4))
                    now += 1 + int(rng.lognormvariate(0, spread) * middle)
                    basket = max(0, basket + {"add": 1, "remove": -1}.get(name, 0))
                    total += rng.randrange(1, 50)
                    yield (Atom("event"), key, Atom("render"),
                           {Atom("assigns"): {Atom("basket"): basket, Atom("total"): total}}, now)
                    self.event_count += 1
                    self.waits[name].append(now - happened)
            latest, paid = name, paid or name == "pay"
            steps = ["open", "add", "checkout", "pay"]
            if funnel < 4 and name == steps[funnel]:
                funnel += 1
            if rng.random() < {"coupon": 0.08, "pay": 0.03}.get(name, 0.001):
                level = Atom("error") if rng.random() < 0.9 else Atom("critical")
                yield Atom("event"), key, Atom("log"), {Atom("level"): level, Atom("message"): "no answer"}, now
                self.event_count += 1
                self.before_errors[name] += 1
            if rng.random() < {"pay": 0.02}.get(name, 0.0005):
                yield Atom("event"), key, Atom("exit"), {Atom("reason"): "RuntimeError"}, now
                self.event_count += 1
                self.before_errors[name] += 1
                break
        yield Atom("stop"), key, now
        for step in ["open", "add", "checkout", "pay"][:funnel]:
            self.reached[step] += 1
        if not paid:
            self.left_without_paying[latest] += 1


def record(reel, store, visits):
    """Records visits into a store through `reel record`, and waits until all of it is stored."""
    program = subprocess.Popen(
        [reel, "record", store, "--no-sync", "--max-events", "1000000"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    outcomes = collections.Counter()

    def listen():
        while head := program.stdout.read(4):
            answer = program.stdout.read(struct.unpack(">I", head)[0])
            # {stopped, Key, {stored, Id}, Counts}
            if answer[3:].startswith(b"w\x07stopped"):
                outcomes["stored" if b"w\x06stored" in answer[12:] else "other"] += 1
            elif answer[3:].startswith(b"w\x05error"):
                outcomes["error"] += 1

    listener = threading.Thread(target=listen)
    listener.start()
    pending = []
    for message in visits.messages():
        pending.append(frame(message))
        if len(pending) == 1_000:
            program.stdin.write(b"".join(pending))
            pending.clear()
    program.stdin.write(b"".join(pending))
    program.stdin.close()
    listener.join()
    status = program.wait()
    if status or outcomes != {"stored": visits.session_count}:
        raise SystemExit(f"reel record ended with {status}: {dict(outcomes)} of {visits.session_count} sessions")

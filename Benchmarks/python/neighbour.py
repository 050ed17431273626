#!/usr/bin/env python3
"""What Python has from PyPI: erlang_py, all Python, and erlpack, C++.

Says its name, then reads names of works, a line each, does the work once for the PhoenixReplay file FILE, and answers with how
many nanoseconds that took, or with why it cannot be done. What was made is given back afterwards and does not count.
"""

import gzip
import importlib
import platform
import sys
import time


def load(name):
    """The module, or why there is none."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        return error


def main():
    with gzip.open(sys.argv[1]) as file:
        external = file.read()
    erlang, erlpack = load("erlang"), load("erlpack")
    terms = {}

    def term(decode):
        """The term as each library has it, decoded once."""
        if decode not in terms:
            terms[decode] = decode(external)
        return terms[decode]

    works = {
        "erlang_py decode": (erlang, lambda: (erlang.binary_to_term, external)),
        "erlang_py encode": (erlang, lambda: (erlang.term_to_binary, term(erlang.binary_to_term))),
        "erlpack decode": (erlpack, lambda: (erlpack.unpack, external)),
        "erlpack encode": (erlpack, lambda: (erlpack.pack, term(erlpack.unpack))),
    }
    print("Python", platform.python_version(), flush=True)
    for line in sys.stdin:
        module, prepare = works[line.strip()]
        try:
            if isinstance(module, ImportError):
                raise module
            work, argument = prepare()
            start = time.perf_counter_ns()
            made = work(argument)
            answer = time.perf_counter_ns() - start
            del made
        except Exception as error:
            answer = f"{line.strip()}: {error}"
        print(answer, flush=True)


if __name__ == "__main__":
    main()

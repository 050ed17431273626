"""Puts mistakes into a Swift file, all of them at once: each is made when its number is chosen by an environment variable.

A mistake in a body, of a function, an initializer or an accessor, gives the body a branch of its own:

    func twice(_ number: Int) -> Int { number * 2 }
    func twice(_ number: Int) -> Int { if chosenMistake == 7 { number * 3 } else { number * 2 } }

and one in the value of a static property gives that a choice. `swift format` sees to where bodies start and end: at the
indentation of their declaration.
"""

import os
import re

VARIABLE = "REEL_MISTAKE"
# What each module with mistakes gets, as a file of its own. Bodies that are @inlinable need the attribute.
CHOICE = f"""\
import Foundation

@usableFromInline let chosenMistake = Int(ProcessInfo.processInfo.environment["{VARIABLE}"] ?? "")
"""

WORDS = "public|package|internal|fileprivate|private|static|final|override|required|convenience|mutating|nonisolated"
DECLARATION = rf"^( *)(?:@\w+(?:\(.*?\))? |(?:{WORDS}) )*"
WITH_BODY = re.compile(DECLARATION + r"(?:func |init[?<(]|subscript[<(]|(?:get|set)\b.* \{|var \w+: [^={\n]*\{)", re.M)
WITH_VALUE = re.compile(DECLARATION + r"static (?:let|var) \w+(?:: [^=\n]*)? = (.*)$", re.M)


class Misplaced(Exception):
    pass


def bodies(source):
    """Where the bodies of the file's declarations start and end, without their braces; those inside others later."""
    for declaration in WITH_BODY.finditer(source):
        line = source[declaration.start() : source.find("\n", declaration.end())]
        if " { " in line and line.endswith("}"):
            yield declaration.start() + line.index(" { ") + 2, declaration.start() + len(line) - 1
            continue
        opening = re.compile(rf"^{declaration[1]}(?! ).*\{{$", re.M).search(source, declaration.start())
        if opening:
            yield opening.end(), source.index("\n" + declaration[1] + "}", opening.end()) + 1


def place(source, text, mistake):
    """Where the innermost body or value starts and ends that holds what a mistake changes; and whether it is a body."""
    common = len(os.path.commonprefix([text, mistake]))
    start = source.index(text) + common
    end = start + len(text) - common - len(os.path.commonprefix([text[common:][::-1], mistake[common:][::-1]]))
    for value in WITH_VALUE.finditer(source):
        if value.start(2) <= start and end <= value.end(2):
            return *value.span(2), False
    around = [body for body in bodies(source) if body[0] <= start and end <= body[1]]
    if not around:
        raise Misplaced("it is in no body and no value of a static property")
    return *around[-1], True


def with_mistakes(source, mistakes):
    """The source with mistakes, which are numbers, texts, and what takes the place of each text."""
    places = {}
    for number, text, mistake in mistakes:
        start, end, is_body = place(source, text, mistake)
        changed = source.replace(text, mistake)
        wrong = changed[start : end + len(changed) - len(source)]
        places.setdefault((start, end, is_body), []).append((number, wrong))
    done = len(source)
    for (start, end, is_body), mutants in sorted(places.items(), reverse=True):
        if end > done:
            raise Misplaced("a body with mistakes is in another one with mistakes")
        done = start
        right = source[start:end]
        if is_body:
            choice = "".join(f"if chosenMistake == {number} {{{wrong}}} else " for number, wrong in mutants)
            choice = f" {choice}{{{right}}} "
        else:
            choice = "".join(f"chosenMistake == {number} ? {wrong} : " for number, wrong in mutants) + right
        source = source[:start] + choice + source[end:]
    return source

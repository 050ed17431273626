#!/usr/bin/env python3
"""Answers the requests of Spec/vectors.md §5 with the package beside it, so that it can be checked:

    reel vectors check --reader 'python3 Spec/readers/python/answers.py'
"""

import json
import sys

import reel
from reel import Map, ReelError
from reel.from_json import JSONReader, json_document


def members(data):
    found, offset = [], 0
    while offset < len(data) or not found:
        member = reel.member_at(data, offset)
        if member.fields:
            length, end = len(reel.member_content(data, member)), member.end
        else:
            length, end = 0, offset
            pieces = reel.gzip_content(data, offset)
            try:
                while True:
                    length += len(next(pieces))
            except StopIteration as stop:
                end = stop.value
        found.append({"offset": offset, "length": end - offset, "contentLength": length, "fields": member.fields})
        offset = end
    return json.dumps(found)


def states(recording):
    count = sum(isinstance(frame, reel.Event) for frame in recording)
    texts = []
    for state in map(recording.state, range(count)):
        assigns = reel.tagged(Map(state.assigns.values()))
        components = Map((key, Map(assigns.values())) for key, assigns in state.components.values())
        url = json.dumps(state.url)
        unsure = "" if state.unsure is None else f',"unsure":{state.unsure}'
        texts.append(f'{{"assigns":{assigns},"components":{reel.tagged(components)},"url":{url}{unsure}}}')
    return f"[{','.join(texts)}]"


def answer(kind, output, data):
    mapping = {"tagged": reel.tagged, "plain": reel.plain}.get(output)
    if kind == "term" and mapping:
        return mapping(reel.decode(data[:]))
    if kind == "term" and output == "canonical":
        return reel.canonical(reel.decode(data[:])).hex()
    if kind in ("tagged-json", "json") and output == "canonical":
        return reel.canonical(JSONReader(data[:], tags=kind == "tagged-json").read()).hex()
    if kind == "members" and output == "members":
        return members(data)
    if kind == "recording" and output == "salvage":
        salvaged = reel.salvage(data)
        return "".join(reel.document(salvaged.frames, reel.tagged, salvaged.lost))
    if kind == "recording" and output == "states":
        return states(reel.Recording(data))
    if kind == "recording" and mapping:
        return "".join(reel.document(reel.Recording(data), mapping))
    if kind == "recording" and output == "lines":
        recording = reel.Recording(data)
        return f"[{','.join(reel.lines(recording))}]"
    if kind == "phoenix-replay" and mapping:
        return "".join(reel.document(reel.phoenix_replay(data), mapping))
    if kind == "json-document" and mapping:
        return "".join(reel.document(json_document(data), mapping))
    return None


def main():
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for line in sys.stdin:
        kind, output, path = line.rstrip("\n").split("\t")
        try:
            text = answer(kind, output, reel.open_data(path))
            print("skip" if text is None else f"ok\t{text}", flush=True)
        except ReelError as error:
            print(f"error\t{error.kind}\t{error.offset}", flush=True)
        except OSError:
            print("error\tinputOutput", flush=True)


if __name__ == "__main__":
    main()

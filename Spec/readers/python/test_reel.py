"""Tests of what the vectors do not ask: the package's entry point and its command."""

import gzip
import json
import subprocess
import sys
import unittest
from pathlib import Path

import reel

VECTORS = Path(__file__).resolve().parents[3] / "Vectors"
EXAMPLE = VECTORS / "recordings" / "forms" / "example.reel"


class OpenTests(unittest.TestCase):
    def test_events_come_in_their_order(self):
        events = reel.open(EXAMPLE)
        self.assertEqual(events.header.fields.get("id"), b"demo-1")
        self.assertEqual([(event.index, event.offset, event.kind) for event in events][:2], [(0, 0, "mount"), (1, 1200, "event")])
        self.assertEqual(events.summary.events, 5)

    def test_events_can_be_read_again(self):
        events = reel.open(EXAMPLE)
        self.assertEqual(len(list(events)), len(list(events)))

    def test_a_file_of_phoenix_replay_is_read_like_a_recording(self):
        events = reel.open(VECTORS / "phoenix-replay" / "recording" / "0.6.recording")
        self.assertEqual(next(iter(events)).kind, "mount")

    def test_a_json_document_is_read_like_a_recording(self):
        for name in "bare.json", "gzip.json.gz", "space.json":
            events = reel.open(VECTORS / "json" / "documents" / name)
            self.assertEqual([(event.offset, event.kind) for event in events], [(0, "mount"), (7, "event")], name)
            self.assertEqual((events.header.fields.get("view"), events.summary.reason), ("Elixir.Demo.CounterLive", "imported"))

    def test_a_document_nests_as_deep_as_its_recording(self):
        for field, payload, valid in (1021, 1021, True), (1022, 0, False), (0, 1022, False):
            nested = [b"[" * depth + b"]" * depth or b"1" for depth in (field, payload)]
            document = b'{"deep":%s,"events":[{"offset":0,"type":"x","payload":%s}]}' % tuple(nested)
            if valid:
                _, event, _ = reel.json_document(document)
                reel.decode(reel.canonical([(event.offset, event.kind, event.payload)]))
            else:
                with self.assertRaises(reel.ReelError) as caught:
                    reel.json_document(document)
                self.assertEqual(caught.exception.kind, "limitExceeded")

    def test_a_document_in_gzip_whose_checksum_is_wrong_is_read_up_to_there(self):
        for events, count in (b'{"offset":0,"type":"x","payload":1}', 1), (b"", None):
            data = bytearray(gzip.compress(b'{"events":[' + events + b"]}"))
            data[-8] ^= 1
            if count is not None:
                self.assertEqual(len(reel.json_document(bytes(data))), 2 + count)
            else:
                with self.assertRaises(reel.ReelError) as caught:
                    reel.json_document(bytes(data))
                self.assertEqual(caught.exception.kind, "checksum")

    def test_an_error_comes_after_the_events_before_it(self):
        found = []
        with self.assertRaises(reel.ReelError) as caught:
            for event in reel.open(VECTORS / "recordings" / "member" / "crc.reel"):
                found.append(event.index)
        self.assertEqual((found, caught.exception.kind), ([0, 1, 2], "checksum"))

    def test_what_is_no_recording_is_an_error(self):
        with self.assertRaises(reel.ReelError) as caught:
            reel.open(VECTORS / "recordings" / "nothing" / "text.reel")
        self.assertEqual(caught.exception.kind, "notARecording")


class CommandTests(unittest.TestCase):
    def test_lines_are_those_of_the_specification(self):
        vectors = json.loads((VECTORS / "manifest.json").read_text())["vectors"]
        asked = [vector for vector in vectors if "lines" in vector.get("expect", {})]
        self.assertGreater(len(asked), 5)
        for vector in asked:
            output = subprocess.run([sys.executable, "-m", "reel", VECTORS / vector["file"]], capture_output=True, check=True)
            lines = [json.loads(line) for line in output.stdout.splitlines()]
            self.assertEqual(lines, json.loads(vector["expect"]["lines"]), vector["id"])

    def test_what_is_wrong_is_said_in_a_line(self):
        path = VECTORS / "recordings" / "nothing" / "empty.reel"
        output = subprocess.run([sys.executable, "-m", "reel", path], capture_output=True, text=True)
        self.assertEqual((output.returncode, output.stdout), (1, ""))
        self.assertIn("notARecording at byte 0", output.stderr)


if __name__ == "__main__":
    unittest.main()

"""Recordings of every form, and every rule of recording.md §4 to §10 broken once."""

import recordings_events
import recordings_forms
import recordings_frames
import recordings_members


def vectors():
    for module in (recordings_forms, recordings_events, recordings_frames, recordings_members):
        yield from module.vectors()

"""Recordings of every form, and every rule of recording.md §4 to §10 broken once, and states (§7)."""

import recordings_corners
import recordings_events
import recordings_forms
import recordings_frames
import recordings_lines
import recordings_members
import recordings_order
import recordings_states


def vectors():
    for module in (
        recordings_forms,
        recordings_events,
        recordings_frames,
        recordings_members,
        recordings_states,
        recordings_lines,
        recordings_corners,
        recordings_order,
    ):
        yield from module.vectors()

"""Pages (pages.md): merges by every rule, what cannot be merged, and keyframes that hold a page."""

import pages_assets
import pages_document
import pages_keyframes
import pages_parts
import pages_refused
import pages_rows
import pages_streams


def vectors():
    for module in (pages_parts, pages_rows, pages_streams, pages_document, pages_refused, pages_keyframes, pages_assets):
        yield from module.vectors()

"""What the modules of the family `json` share.

A text that is to be refused has `@@` where its error is.
"""

from etf import canonical
from vector import Vector

HERE = b"@@"


def to_bytes(text):
    return text.encode() if isinstance(text, str) else text


def valid(kind, name, text, value, shows, section):
    otp = "Erlang/OTP has native records from 29 on (terms.md §7)." if b'"$record"' in to_bytes(text) else None
    return Vector(
        f"json/{name}", kind, to_bytes(text), section, shows, expect={"canonical": canonical(value).hex()}, otp=otp
    )


def refused(kind, name, text, error, shows, section="json.md §5.4"):
    before, mark, after = to_bytes(text).partition(HERE)
    if not mark or HERE in after:
        raise ValueError(f"{name}: where is the error?")
    offset = len(before)
    return Vector(f"json/{name}", kind, before + after, section, shows, error=(error, offset))

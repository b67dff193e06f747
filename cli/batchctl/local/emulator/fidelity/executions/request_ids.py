"""Ids of requests, drawn quickly: they need only be told apart, and nobody's right hangs on one."""

import random


def new_request_id() -> str:
    """A UUID of version 4."""
    digits = f"{random.getrandbits(128):032x}"
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

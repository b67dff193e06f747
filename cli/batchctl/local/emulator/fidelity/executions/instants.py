"""The present, as AWS writes it."""

import functools
import time


def now_iso() -> str:
    """RFC 3339 with milliseconds; many times as fast as MiniStack's own, and asked several times a state."""
    second, milliseconds = divmod(time.time_ns() // 1_000_000, 1000)
    return f"{_text(second)}.{milliseconds:03}Z"


@functools.lru_cache(maxsize=2)
def _text(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))

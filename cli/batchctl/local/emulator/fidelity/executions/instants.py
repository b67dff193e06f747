"""The present, as AWS writes it."""

from datetime import UTC, datetime


def now_iso() -> str:
    """RFC 3339 with milliseconds; several times as fast as MiniStack's own, and asked several times a state."""
    return f"{datetime.now(UTC).isoformat(timespec='milliseconds')[:-6]}Z"

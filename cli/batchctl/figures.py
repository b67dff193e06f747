"""How numbers are told to a person: counts with their noun, sizes, shares, and times as a clock has them."""

from datetime import UTC, datetime


def duration(seconds: float) -> str:
    """3:12, 1:02:09; below ten seconds 4.2 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    return clock(seconds)


def clock(seconds: float) -> str:
    """3:12, 0:04, 1:02:09."""
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def pace(rows: float, seconds: float) -> str:
    """Rows a second, with as many digits as say something; nothing of no rows."""
    return rate(rows / seconds) if rows and seconds > 0 else ""


def rate(rows_per_second: float) -> str:
    """7.2 rows/s, 312 rows/s, 0.04 rows/s."""
    digits = 0 if rows_per_second >= 100 else 1 if rows_per_second >= 0.1 else 3
    return f"{rows_per_second:,.{digits}f} rows/s"


def rows(count: int) -> str:
    """1 row, 2,000 rows."""
    return counted(count, "row")


def minute(moment: str) -> str:
    """14:56 UTC of a moment in ISO 8601."""
    return f"{datetime.fromisoformat(moment):%H:%M} UTC"


def size(size_bytes: float) -> str:
    """1.2 MiB."""
    for unit in ("bytes", "KiB", "MiB"):
        if size_bytes < 1024:
            return f"{size_bytes:,.0f} {unit}" if unit == "bytes" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f} GiB"


def share(part: float, whole: float) -> str:
    """A percentage that is 0 or 100 only if it is."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1:
        return "<0.1%"
    if 99.9 < percent < 100:
        return ">99.9%"
    return f"{percent:.1f}%" if 0 < percent < 1 or 99 < percent < 100 else f"{percent:.0f}%"


def day(moment: str) -> str:
    """2026-11-21 14:56, in UTC, of a moment in ISO 8601; another text as it is."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M}"
    except ValueError:
        return moment


def counted(number: int, noun: str) -> str:
    """1 column, 2,000 columns."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

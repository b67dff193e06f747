"""How figures are told to people: money, time, shares, sizes."""

from datetime import UTC, datetime

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
_CENT = 0.01
_LEAST_SHOWN = 0.0001


def money(usd: float) -> str:
    """To cents; below a cent to four digits."""
    if 0 < usd < _LEAST_SHOWN:
        return "under $0.0001"
    return f"${usd:.4f}" if 0 < usd < _CENT else f"${usd:,.2f}"


def duration(seconds: float) -> str:
    """0.4 s, 42 s, 3:12 or 1:02:05, and days from two of them on."""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s" if seconds < 10 and seconds != int(seconds) else f"{seconds:.0f} s"
    if seconds >= 2 * _DAY:
        return f"{seconds / _DAY:.1f} days"
    minutes, rest = divmod(round(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def share(part: float, whole: float) -> str:
    """A percentage that is 0 or 100 only if it is."""
    if not whole:
        return "0%"
    percent = 100 * part / whole
    if 0 < percent < 1 or 99 < percent < 100:
        return f"{percent:.1f}%" if 0.05 <= percent <= 99.95 else ("<0.1%" if percent < 1 else ">99.9%")
    return f"{percent:.0f}%"


def size(size_bytes: int) -> str:
    """Bytes in the largest unit that they fill."""
    return next(
        (f"{size_bytes / scale:.1f} {name}" for scale, name in _UNITS if size_bytes >= scale), f"{size_bytes} bytes"
    )


def moment(text: str) -> str:
    """A time as the batches table writes it, to the minute, in UTC."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return text


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 row`, `2,000 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"

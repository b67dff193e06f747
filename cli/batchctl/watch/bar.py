"""The bar of a batch: glyphs tell its rows apart without colour."""

from dataclasses import dataclass

ANSWERED, FAILED, IN_FLIGHT, OPEN = "█", "x", "▒", "░"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a batch by what has become of them."""

    total: int | None
    answered: int
    failed: int
    in_flight: int


def cells(counts: Counts, width: int) -> str:
    """A bar of that many characters. What there is of failed rows and of rows in flight has at least one cell."""
    if not counts.total:
        return OPEN * width
    failed = min(_share(counts.failed, counts.total, width), width - bool(counts.in_flight))
    in_flight = min(_share(counts.in_flight, counts.total, width), width - failed)
    answered = min(width * counts.answered // counts.total, width - failed - in_flight)
    is_over = counts.answered + counts.failed >= counts.total
    open_ = 0 if is_over else width - answered - failed - in_flight
    # What rounding leaves over belongs to those that are answered, if all rows are done and any is.
    answered += width - answered - failed - in_flight - open_ if counts.answered else 0
    bar = ANSWERED * answered + FAILED * failed + IN_FLIGHT * in_flight
    return bar.ljust(width, OPEN)


def _share(count: int, total: int, width: int) -> int:
    return min(width, max(1, round(width * count / total))) if count else 0

"""Lambda handler of the customer scorer's one task."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from customer_cells import Unreadable, read_date, read_number
from customer_score import Profile, confidence, reasons, score, segment

T = TypeVar("T")


class NothingToScore(ValueError):
    """No figure of the row could be read, and a score of nothing would be invented."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer `{last_purchase_date, order_count, total_spent, as_of}` with the entry's output fields.

    Scores are as of `as_of`, else of today. What cannot be read is left out, lowers the confidence and is told.
    """
    problems: list[str] = []
    today = _read(event, "as_of", read_date, problems) or datetime.now(UTC).date()
    profile = Profile(
        _days(_read(event, "last_purchase_date", read_date, problems), today, problems),
        _read(event, "order_count", read_number, problems),
        _read(event, "total_spent", read_number, problems),
    )
    points = profile.points
    if not any(points.values()):
        raise NothingToScore("; ".join(problems) or "The row has no last purchase, order count or amount spent.")
    return {
        "score": score(points),
        "segment": segment(points),
        **{f"{name}_points": value for name, value in points.items()},
        "score_confidence": confidence(points),
        "reasons": [*reasons(profile), *problems],
    }


def _read(event: dict[str, Any], field: str, read: Callable[[str], T], problems: list[str]) -> T | None:
    text = str(event.get(field) if event.get(field) is not None else "").strip()
    try:
        return read(text) if text else None
    except Unreadable as exc:
        problems.append(f"{field}: {exc}")
        return None


def _days(last: date | None, today: date, problems: list[str]) -> int | None:
    if last and last > today:
        problems.append(f"last_purchase_date: {last} is after {today}")
        return None
    return (today - last).days if last else None

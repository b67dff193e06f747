"""A customer's value from three figures: how recent, how frequent and how large the purchases are (RFM).

The thresholds are fixed, so that a row's score does not depend on the other rows, and can be checked by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# At least (of days: at most) so much is worth so many points; anything else one.
RECENCY_DAYS = {5: 30, 4: 90, 3: 180, 2: 365}
ORDERS = {5: 20, 4: 10, 3: 5, 2: 2}
SPENT = {5: 5000, 4: 1000, 3: 250, 2: 50}
WEIGHTS = {"recency": 35, "frequency": 35, "monetary": 30}  # per cent
MOST_POINTS = 5


@dataclass(frozen=True)
class Profile:
    """What is known of a customer; None is unknown."""

    days_since_purchase: int | None
    orders: float | None
    spent: float | None

    @property
    def points(self) -> dict[str, int | None]:
        """The points of each figure, 1 to 5."""
        days, orders, spent = self.days_since_purchase, self.orders, self.spent
        return {
            "recency": None if days is None else _points({n: -most for n, most in RECENCY_DAYS.items()}, -days),
            "frequency": None if orders is None else _points(ORDERS, orders),
            "monetary": None if spent is None else _points(SPENT, spent),
        }


def score(points: Mapping[str, int | None]) -> int:
    """Return 0 to 100: the weighted mean of the points that are known."""
    known = {name: value for name, value in points.items() if value is not None}
    weight = sum(WEIGHTS[name] for name in known)
    gained = sum(WEIGHTS[name] * (value - 1) for name, value in known.items())
    return round(100 * gained / (weight * (MOST_POINTS - 1)))


def confidence(points: Mapping[str, int | None]) -> float:
    """Return the share of the score's weight that rests on known figures."""
    return sum(WEIGHTS[name] for name, value in points.items() if value is not None) / 100


def segment(points: Mapping[str, int | None]) -> str:
    """Return what to call such customers; without recency or frequency nobody can tell."""
    recency, frequency = points["recency"], points["frequency"]
    if recency is None or frequency is None:
        return "unknown"
    if recency >= 4:
        return "champion" if frequency >= 4 else "loyal" if frequency == 3 else "promising"
    if recency == 3:
        return "loyal" if frequency >= 3 else "occasional"
    return "at_risk" if frequency >= 3 else "dormant"


def reasons(profile: Profile) -> list[str]:
    """Return a sentence for each figure, known or not."""
    told = {
        "recency": f"last purchase {profile.days_since_purchase} days ago",
        "frequency": f"{_shown(profile.orders)} orders",
        "monetary": f"{_shown(profile.spent)} spent",
    }
    return [
        f"{name}: {f'{told[name]}, {value} of {MOST_POINTS} points' if value else 'unknown, left out of the score'}"
        for name, value in profile.points.items()
    ]


def _points(thresholds: Mapping[int, float], value: float) -> int:
    return next((points for points, least in thresholds.items() if value >= least), 1)


def _shown(value: float | None) -> str:
    return f"{value:,.2f}".removesuffix(".00") if value is not None else "?"

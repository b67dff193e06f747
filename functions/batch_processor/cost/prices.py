"""What is asked for what a batch does: AWS's prices, all of them in prices.json, and the registered price of its target."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from batch_processor.cost.money import money
from batch_processor.cost.shapes import Cost, Usage

_FILE = Path(__file__).with_name("prices.json")
_MILLION = 1_000_000
_DIGITS = 6


class Price(TypedDict):
    """What a target asks, in US dollars: for each call, or for a million tokens of either kind. `as_of` is a date."""

    per_call_usd: NotRequired[float]
    input_per_million_usd: NotRequired[float]
    output_per_million_usd: NotRequired[float]
    as_of: NotRequired[str]


class PriceList:
    """The prices of one Region on one date; `as_of` names both."""

    def __init__(self, path: Path = _FILE) -> None:
        document = json.loads(path.read_text(encoding="utf-8"))
        self._prices: dict[str, dict[str, Any]] = document["prices"]
        self.date: str = document["date"]
        self.region: str = document["region"]

    @property
    def as_of(self) -> str:
        return f"{self.region}, {self.date}"

    @property
    def names(self) -> tuple[str, ...]:
        """What has a price."""
        return tuple(self._prices)

    def dollars(self, usage: Mapping[str, float]) -> dict[str, float]:
        """What each kind of usage costs; usage without a price, as a count for information, costs nothing here."""
        return {
            name: usage.get(name, 0) * price["usd"] / price["per"]
            for name, price in self._prices.items()
            if usage.get(name)
        }


@cache
def price_list() -> PriceList:
    """The prices of prices.json."""
    return PriceList()


def cost_of(usage: Usage, price: Price | None = None) -> Cost:
    """What that usage costs, the target's with it if its price is known."""
    orchestration = sum(price_list().dollars(usage).values())  # type: ignore[arg-type]
    target = target_usd(usage, price)
    cost = Cost(
        usd=round(orchestration + (target or 0), _DIGITS),
        orchestration_usd=round(orchestration, _DIGITS),
        usage=rounded(usage),
        priced_on=price_list().date,
    )
    return cost if target is None else {**cost, "target_usd": round(target, _DIGITS)}


def target_usd(usage: Usage, price: Price | None) -> float | None:
    """What the target asks; None if its price is not known, or is by the token and no answer has told of tokens."""
    if not price:
        return None
    if "per_call_usd" in price:
        return usage.get("target_call", 0) * price["per_call_usd"]
    tokens = usage.get("input_tokens", 0), usage.get("output_tokens", 0)
    if usage.get("target_call") and not any(tokens):
        return None
    asked = price.get("input_per_million_usd", 0), price.get("output_per_million_usd", 0)
    return sum(count * usd / _MILLION for count, usd in zip(tokens, asked, strict=True))


def rounded(usage: Usage) -> Usage:
    """The usage without what is none, in figures that people can read."""
    told: Any = {name: round(count, 4) for name, count in usage.items() if count}  # type: ignore[call-overload]
    result: Usage = {name: int(count) if count == int(count) else count for name, count in told.items()}  # type: ignore[assignment]
    return result


def cost_text(cost: Cost) -> str:
    """The cost in a sentence."""
    if "target_usd" in cost:
        parts = f"{money(cost['orchestration_usd'])} on AWS, {money(cost['target_usd'])} for its target"
        return f"The batch cost {money(cost['usd'])}: {parts}, by prices of {cost['priced_on']}."
    return (
        f"The batch cost {money(cost['usd'])} on AWS by prices of {cost['priced_on']}, without its target, whose price is "
        "not known."
    )

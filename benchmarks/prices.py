"""What AWS asks for: every price is in prices.json, none in code."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("prices.json")


class PriceList:
    """The prices of one Region on one date; `as_of` names both."""

    def __init__(self, path: Path = _FILE) -> None:
        document = json.loads(path.read_text())
        self._prices: dict[str, dict[str, Any]] = document["prices"]
        self.as_of = f"{document['region']}, {document['date']}"

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

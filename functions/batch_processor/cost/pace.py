"""How fast rows can go: by what the configuration allows at once, and by AWS's default quotas of quotas.json."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from batch_processor.cost.work import Work

QUOTAS = Path(__file__).with_name("quotas.json")


@dataclass(frozen=True, slots=True)
class Pace:
    """Rows a second, and what holds them to it."""

    rows_per_second: float
    binds: str


def pace_of(work: Work, at_once: int, seconds_per_call: float, region: str, *, is_agent: bool) -> Pace:
    """The least of all paces; `at_once` is how many rows the batch may run at a time."""
    rows = max(work.rows, 1)
    calls = max(work.calls / rows, 1e-9)
    quotas = _quotas(region)
    paces = [
        Pace(at_once / (seconds_per_call * calls), f"max_concurrency: {at_once:,} rows at a time"),
        *(_quota(quotas, name, uses) for name, uses in _uses(work, rows, calls, seconds_per_call, is_agent=is_agent)),
    ]
    return min(paces, key=lambda pace: pace.rows_per_second)


def _uses(
    work: Work, rows: int, calls: float, seconds_per_call: float, *, is_agent: bool
) -> Iterator[tuple[str, float]]:
    """What a row uses of each quota."""
    if work.is_express:
        yield "ExpressChildStart", work.row_batches / rows
        yield "DynamoDBTableWrite", work.item_writes / rows
    else:
        yield "StateTransition", work.transitions / rows
        if work.row_batches:
            yield "MapChildStart", work.row_batches / rows
        if is_agent:
            yield "StartExecution", calls
    if not is_agent:
        yield "LambdaConcurrency", seconds_per_call * calls


def assumed_seconds(target_type: str) -> float:
    """How long a call is taken to last where nobody knows."""
    return float(_document()["assumptions"]["seconds"][target_type])


def _quota(quotas: dict[str, float], name: str, uses_per_row: float) -> Pace:
    return Pace(quotas[name] / max(uses_per_row, 1e-9), f"{_document()['titles'][name]}: {quotas[name]:,} by default")


def _quotas(region: str) -> dict[str, float]:
    document = _document()
    own = next((found for names, found in document["regions"].items() if region in names.split(", ")), None)
    return {**(own or document["regions"]["other Regions"]), **document["everywhere"]}


@cache
def _document() -> Any:
    return json.loads(QUOTAS.read_text(encoding="utf-8"))

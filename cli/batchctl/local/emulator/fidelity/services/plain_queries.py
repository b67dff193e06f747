"""Conditions on keys that are texts, which MiniStack reads anew for each item of a partition.

The first item of a request goes MiniStack's way, which refuses what is wrong with the condition. What holds for the others is
a comparison of two texts: DynamoDB orders them by their UTF-8, and so does Python.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ministack.services import dynamodb

Item = dict[str, Any]
Matcher = Callable[[Item], bool]

_SLOT = "KeyConditionExpression"
_OF_KEYS = re.compile(r"(#?\w+) = (:\w+)(?: AND (#?\w+) BETWEEN (:\w+) AND (:\w+))?")


class _Read(NamedTuple):
    """A condition of a request, and what it comes to; None where that is MiniStack's to say."""

    expression: str
    values: Any
    names: Any
    matches: Matcher | None

    def is_of(self, expression: str, values: Any, names: Any) -> bool:
        return self.expression is expression and self.values is values and self.names is names


def _matcher(expression: str, values: Any, names: Any) -> Matcher | None:
    found = _OF_KEYS.fullmatch(expression)
    if not found or not isinstance(values, dict):
        return None
    names = names or {}
    texts = [_text(values.get(reference)) for reference in found.group(2, 4, 5) if reference]
    if None in texts:
        return None
    partition, sort = (names.get(name, name) for name in found.group(1, 3))

    def has_partition(item: Item) -> bool:
        return bool(_text(item.get(partition)) == texts[0])

    def is_in_range(item: Item) -> bool:
        text = _text(item.get(sort))
        return text is not None and texts[1] <= text <= texts[2] and has_partition(item)

    return is_in_range if sort else has_partition


def _text(value: Any) -> Any:
    return value.get("S") if isinstance(value, dict) else None


def apply() -> None:
    """Read the condition of a request once."""
    evaluate: Callable[..., bool] = dynamodb._evaluate_condition
    last = _Read("", None, None, None)

    def evaluate_once(
        expr: str, item: Item, attr_values: Any, attr_names: Any, slot: str = "ConditionExpression"
    ) -> bool:
        nonlocal last
        if slot != _SLOT:
            return evaluate(expr, item, attr_values, attr_names, slot)
        read = last
        if read.is_of(expr, attr_values, attr_names) and read.matches:
            return read.matches(item)
        holds = evaluate(expr, item, attr_values, attr_names, slot)
        last = _Read(expr, attr_values, attr_names, _matcher(expr, attr_values, attr_names))
        return holds

    dynamodb._evaluate_condition = evaluate_once

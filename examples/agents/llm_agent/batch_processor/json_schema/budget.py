# Copied by `make generated` from functions/batch_processor/json_schema/budget.py:
# change that, not this file.
"""Bounds the work of checking a value by a schema, in steps, so that the same check always ends at the same place.

Nested alternatives can double the work at every level, and a long list under a long list of alternatives multiplies both.
A step is about what it takes to evaluate one keyword on one small value; longer work counts as several.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

# Some seconds on a whole processor, some ten on a function's share; the largest answer of a payload takes less by far.
MOST_STEPS: Final = 400_000
_NODES_A_STEP = 20  # of a value that jsonschema writes into a message
_NAMES_A_STEP = 20  # that are looked up
_CHARACTERS_A_NODE = 512
_CHOICES_A_STEP = 400  # that a text is compared with
_STEPS_A_VIOLATION = 8
_BY_VALUE: Final = {"required": _NAMES_A_STEP, "properties": _NAMES_A_STEP, "anyOf": 2, "allOf": 2, "oneOf": 2}
_BY_INSTANCE: Final = {"items": 2, "contains": 2, "propertyNames": 2, "unevaluatedItems": 1, "unevaluatedProperties": 1}
_BY_REFERENCE: Final = {"$ref": 4, "$dynamicRef": 8}
_BY_PATTERNS: Final = ("patternProperties", "additionalProperties")
_PATTERNS_A_STEP = 3

Check = Callable[[Any, Any, Any, Any], Any]


class TooManySteps(Exception):
    """A check that takes more steps than it may; the message names the schema's place that took most, and no value."""


class _Budget:
    def __init__(self, most: int, root: Any) -> None:
        self.left, self.most, self._root = most, most, root
        self._taken: Counter[tuple[int, str]] = Counter()
        self._weights: dict[int, int] = {}

    def spend(self, steps: int, schema: Any, keyword: str) -> None:
        self._taken[id(schema), keyword] += steps
        self.left -= steps
        if self.left < 0:
            (most_taken, keyword), _ = self._taken.most_common(1)[0]
            place = next((at for at, inner in _places(self._root, "") if id(inner) == most_taken), "")
            raise TooManySteps(
                f"checking it takes more than {self.most:,} steps, most of them at {place}/{keyword} of the schema; "
                "have fewer alternatives there, or a shorter answer"
            )

    def weight(self, value: Any) -> int:
        """How many values are in the value, long texts counting as several."""
        if isinstance(value, str):
            return 1 + len(value) // _CHARACTERS_A_NODE
        if not isinstance(value, Mapping | list):
            return 1
        if id(value) not in self._weights:
            inner = value.values() if isinstance(value, Mapping) else value
            self._weights[id(value)] = 1 + sum(map(self.weight, inner))
        return self._weights[id(value)]


_budget: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def bounded(schema: Any, most_steps: int = MOST_STEPS) -> Iterator[None]:
    """Whatever is checked by the schema within takes at most so many steps together, else TooManySteps is raised."""
    token = _budget.set(_Budget(most_steps, schema))
    try:
        yield
    finally:
        _budget.reset(token)


def counted(keyword: str, check: Check) -> Check:
    """The check of a keyword, which takes its steps off the budget, if there is one."""

    def evaluate(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        budget = _budget.get()
        if budget is None:
            yield from check(validator, value, instance, schema) or ()
            return
        budget.spend(_steps(budget, keyword, value, instance, schema), schema, keyword)
        for error in check(validator, value, instance, schema) or ():
            # A new one: most of jsonschema's own messages, which nobody reads, have the whole value in them. One from
            # further inside only passes through.
            is_new = not isinstance(error.validator, str)
            costs = _STEPS_A_VIOLATION + budget.weight(instance) // _NODES_A_STEP if is_new else 1
            budget.spend(costs, schema, keyword)
            yield error

    return evaluate


def _steps(budget: _Budget, keyword: str, value: Any, instance: Any, schema: Any) -> int:
    steps = 1 + _BY_REFERENCE.get(keyword, 0)
    if keyword in _BY_VALUE:
        steps += len(value) // _BY_VALUE[keyword]
    if keyword in _BY_INSTANCE and isinstance(instance, Mapping | list):
        steps += len(instance) // _BY_INSTANCE[keyword]
    if keyword in _BY_PATTERNS and isinstance(instance, Mapping):
        steps += len(instance) * (1 + len(schema.get("patternProperties", ()))) // _PATTERNS_A_STEP
    if keyword == "enum":
        steps += len(value) // (_CHOICES_A_STEP if isinstance(instance, str) else 1)
    if keyword == "uniqueItems" or (keyword in ("const", "enum") and not isinstance(instance, str)):
        steps += budget.weight(instance) // _NODES_A_STEP
    elif keyword in ("pattern", "format"):
        steps += budget.weight(instance)
    return steps


def _places(schema: Any, at: str) -> Iterator[tuple[str, Any]]:
    yield at, schema
    if isinstance(schema, Mapping | list):
        for step, inner in schema.items() if isinstance(schema, Mapping) else enumerate(schema):
            yield from _places(inner, f"{at}/{str(step).replace('~', '~0').replace('/', '~1')}")

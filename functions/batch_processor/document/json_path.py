"""Ways into JSON values: names and indexes, followed one after the other."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final

Step = str | int


class Missing(Enum):
    """The type of `MISSING`, which is no JSON value and so differs from null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


def follow(steps: Sequence[Step], value: Any) -> Any:
    """Return what stands at the end of the steps, or MISSING where a step leads nowhere."""
    for step in steps:
        if isinstance(step, str):
            value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
        else:
            inside = isinstance(value, list) and -len(value) <= step < len(value)
            value = value[step] if inside else MISSING
    return value

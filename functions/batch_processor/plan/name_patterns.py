"""Lists of names with `*`, separated by commas, as the stack's parameters have them; an empty one names nothing."""

import re
from collections.abc import Iterable
from fnmatch import translate


def names(patterns: str) -> list[str]:
    """The names in a list, in which a comma at the end is none."""
    return [name for name in patterns.split(",") if name]


def matches(text: str, patterns: str) -> bool:
    """Whether one of the names in the list is that of the text."""
    return any(re.match(translate(name), text) for name in names(patterns))


def with_name(patterns: str, name: str) -> str:
    """The list with one more name at its end."""
    return ",".join([*names(patterns), name])


def alternatives(patterns: Iterable[str]) -> str:
    """The names as a sentence has them."""
    return " or ".join(patterns)

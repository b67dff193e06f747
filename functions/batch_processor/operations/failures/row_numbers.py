"""Which rows somebody asks for: "5", "5-20" or "5,9,11-13"."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidArguments

_PART = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")


def ranges_of(text: str) -> list[tuple[int, int]]:
    """The ranges, first and last included, in order; InvalidArguments if the text is none."""
    matches = [(part, _PART.fullmatch(part.strip())) for part in text.split(",")]
    if wrong := [part.strip() for part, match in matches if not match or not _is_range(match)]:
        told = f"{', '.join(map(repr, wrong))} names no rows; rows are counted from 1, without the header: 5, 5-20 or 5,9,11-13"
        raise InvalidArguments("get_rows", [Problem("/rows", told)])
    return sorted((int(match[1]), int(match[2] or match[1])) for _, match in matches if match)


def numbers_from(ranges: Sequence[tuple[int, int]], first: int, total: int) -> Iterator[int]:
    """The rows of the ranges from `first` on, each once, up to the last of all."""
    at = first
    for low, high in ranges:
        yield from range(max(at, low), min(high, total) + 1)
        at = max(at, high + 1)


def page_of(ranges: Sequence[tuple[int, int]], first: int, total: int, count: int) -> list[int]:
    """The first `count` of them."""
    return list(islice(numbers_from(ranges, first, total), count))


def _is_range(match: re.Match[str]) -> bool:
    low, high = int(match[1]), int(match[2] or match[1])
    return 1 <= low <= high

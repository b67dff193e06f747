"""Whether what was answered once is asked again: within a batch (`deduplicate`), and in later ones (`cache`)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Field, Tag

from batch_processor.document.shape import MARK, WHOLE, Finding, Shape, expected

MOST_CACHE_DAYS = 365
_DEFAULT_DAYS = 30


@dataclass(frozen=True)
class RepetitionOptions:
    """None for what the configuration leaves to the target: both are done where its answers are declared deterministic."""

    deduplicate: bool | None = None
    cache: bool | None = None
    cache_days: int = _DEFAULT_DAYS


class CacheShape(Shape):
    """Takes answers of earlier batches, and says how old they may be."""

    model_config = ConfigDict(title="Cache")

    max_age_days: Annotated[
        int, Field(ge=1, le=MOST_CACHE_DAYS), WHOLE, expected(f"a whole number of days, 1 to {MOST_CACHE_DAYS}")
    ] = Field(default=_DEFAULT_DAYS, description="Days after which an answer is not taken any more.")


def _days_advice(given: Any) -> str:
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return f'for answers of up to {given} days write {{"max_age_days": {given}}}' if is_number else ""


_Flag = Annotated[bool, expected("true, false or an object {max_age_days}", _days_advice)]
CacheForm = Annotated[
    Annotated[CacheShape, Tag(f"{MARK}object")] | Annotated[_Flag, Tag(f"{MARK}flag")],
    Discriminator(lambda value: f"{MARK}object" if isinstance(value, Mapping | CacheShape) else f"{MARK}flag"),
]


def repetition(deduplicate: bool | None, cache: CacheShape | bool | None) -> RepetitionOptions:
    """What the two keys say, None where they are not given."""
    if isinstance(cache, CacheShape):
        return RepetitionOptions(deduplicate, True, cache.max_age_days)
    return RepetitionOptions(deduplicate, cache)


def repetition_problems(given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the problem of a cache without a table, which is where the answers are."""
    if given.get("storage_mode") == "inline" and given.get("cache") not in (None, False):
        yield Finding(
            ("cache",),
            "answers are taken from the results table, and storage_mode inline keeps none there; leave storage_mode to auto",
        )

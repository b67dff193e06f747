"""How the rows of a distributed batch are to be run: `execution_tier`, which stands in one of several places."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args

from batch_processor.contract import WantedTier
from batch_processor.document.shape import Finding, Location, one_of
from batch_processor.document.wording import shown

TIERS: tuple[WantedTier, ...] = get_args(WantedTier)
ExecutionTier = Annotated[WantedTier, one_of(*TIERS)]
TIER_DESCRIPTION = (
    "`express` runs the rows of a distributed batch in Express executions, at least once each; `standard` in executions of the "
    "row batch machine; `auto` in Express ones where the target is declared idempotent and its rows surely fit."
)
_KEY = "execution_tier"
_SECTIONS = ("execution_config", "processing_config")
_PLACES: tuple[Location, ...] = ((_KEY,), *((section, _KEY) for section in _SECTIONS))


def tier_place(document: Any) -> Location:
    """Where a raw document of any kind says it first; the top level if it does not."""
    return next((place for place, _ in _wanted(document)), _PLACES[0])


def says_tier(document: Any) -> bool:
    """Whether a raw document of any kind says it, wherever."""
    return any(True for _ in _wanted(document))


def without_tier(document: Mapping[str, Any]) -> dict[str, Any]:
    """The raw document without what it says of it."""
    kept = {name: value for name, value in document.items() if name != _KEY}
    for name in _SECTIONS:
        if isinstance(section := kept.get(name), Mapping):
            kept[name] = {key: value for key, value in section.items() if key != _KEY}
    return kept


def tier_problems(given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield two tiers in one document, and `express` beside what no Express execution can do."""
    wanted = list(_wanted(given))
    if not wanted:
        return
    first, tier = wanted[0]
    for place, other in wanted[1:]:
        if other != tier:
            yield Finding(
                place, f"{shown(other)} is not what '{'/'.join(map(str, first))}' says, {shown(tier)}; keep one of them"
            )
    if tier == "express":
        yield from (Finding(first, told) for told in _obstacles(given))


def _obstacles(given: Mapping[str, Any]) -> Iterator[str]:
    for key in ("map_mode", "storage_mode"):
        if given.get(key) == "inline":
            yield f"express runs the rows of distributed batches only, and {key} is inline; leave {key} or this key to auto"
    sections = (section for name in _SECTIONS if isinstance(section := given.get(name), Mapping))
    if any(section.get("continue_on_error") is False for section in sections):
        yield (
            "express children run beside each other and end no batch, and continue_on_error is false; leave that out, or this "
            "key to auto"
        )


def _wanted(document: Any) -> Iterator[tuple[Location, Any]]:
    for place in _PLACES:
        section = document
        for name in place[:-1]:
            section = section.get(name) if isinstance(section, Mapping) else None
        if isinstance(section, Mapping) and section.get(_KEY) is not None:
            yield place, section[_KEY]

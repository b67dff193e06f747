"""Finds probably misspelt keys of entries: entries may have unknown keys, so nothing else reports them."""

import difflib
from collections.abc import Iterator
from typing import Any

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import shown
from batch_processor.registry.entry import Entry, Part

# Two letters changed places in a word of six: `stauts`. Keys that mean something else, `output_schema` in place of
# `input_schema`, are less alike.
_LEAST_LIKENESS = 0.82


def misspelt_keys(part: Part, at: str = "") -> Iterator[Problem]:
    """Yield the keys of an entry, or of a part of it that stands at a pointer, that are nearly known ones."""
    known = _known(part)
    given = {*part.model_fields_set, *(part.model_extra or {})}
    for key in part.model_extra or {}:
        free = {word.lower(): word for name, word in known.items() if name not in given and word not in given}
        near = difflib.get_close_matches(key[:100].lower(), free, n=1, cutoff=_LEAST_LIKENESS)
        if near and key not in known.values():
            said = f"{shown(key)} is kept and means nothing here; did you mean '{free[near[0]]}'?"
            yield Problem(f"{at}/{escaped(key)}", said)
    for name in part.model_fields_set:
        if name in known:
            yield from _inside(getattr(part, name), f"{at}/{escaped(known[name])}")


def _known(part: Part) -> dict[str, str]:
    """The keys by the names of their fields; those for the agent itself have none."""
    fields = {name: field.alias or name for name, field in type(part).model_fields.items()}
    texts = [path[0] for path in part.json_texts] if isinstance(part, Entry) else []
    return {**{name: name for name in texts if name not in fields.values()}, **fields}


def _inside(value: Any, at: str) -> Iterator[Problem]:
    if isinstance(value, Part):
        yield from misspelt_keys(value, at)
    elif isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _inside(inner, f"{at}/{escaped(step)}")

"""Paths as the user writes them: the singular queries of RFC 9535, which name at most one value."""

from collections.abc import Sequence
from typing import Final

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath_rfc9535.selectors import (
    FilterSelector,
    IndexSelector,
    JSONPathSelector,
    NameSelector,
    SliceSelector,
    WildcardSelector,
)

from batch_processor.document.json_path import Step

# About the same paths for a JSON Schema, which can only match a pattern; `parse_singular_query` decides.
SINGULAR_QUERY_PATTERN: Final = (
    r"""^\$(\s*(\.[^\s.\[\]'"*?@(),:]+|\[\s*('([^'\\]|\\.)*'|"([^"\\]|\\.)*"|-?[0-9]+)\s*\]))*$"""
)

_KINDS: Final[dict[type[JSONPathSelector], str]] = {
    WildcardSelector: "a wildcard",
    SliceSelector: "a slice",
    FilterSelector: "a filter",
}
_environment = JSONPathEnvironment()


def parse_singular_query(text: str) -> tuple[Step, ...]:
    """Return the names and indexes of a singular query such as `$.a['b c'][-1]`; ValueError names the fault.

    An index below zero counts from the end of the array, as RFC 9535 has it.
    """
    try:
        segments = _environment.compile(text).segments
    except JSONPathError as exc:
        raise ValueError(
            f"{_shown(text)} is no JSONPath: {_fault(exc)}; write it as $.details.items[0] or $['a b']"
        ) from exc
    except RecursionError as exc:
        raise ValueError(f"{_shown(text)} is nested too deeply for a JSONPath") from exc
    return tuple(_step(text, segments, position) for position in range(len(segments)))


def _step(text: str, segments: Sequence[JSONPathSegment], position: int) -> Step:
    segment = segments[position]
    if not isinstance(segment, JSONPathRecursiveDescentSegment) and len(segment.selectors) == 1:
        match segment.selectors[0]:
            case NameSelector(name=name):
                return name
            case IndexSelector(index=index):
                return index
    raise ValueError(
        f"{_shown(text)} has the segment {_shown(_source(text, segments, position))}, {_kind(segment)}, "
        "which may give several values; use only names, as .name or ['name'], and indexes, as [0] or [-1]"
    )


def _kind(segment: JSONPathSegment) -> str:
    if isinstance(segment, JSONPathRecursiveDescentSegment):
        return "a descendant segment"
    if len(segment.selectors) > 1:
        return "a union"
    return _KINDS[type(segment.selectors[0])]


def _source(text: str, segments: Sequence[JSONPathSegment], position: int) -> str:
    following = segments[position + 1 : position + 2]
    end = _start(text, following[0]) if following else len(text)
    return text[_start(text, segments[position]) : end].strip()


def _start(text: str, segment: JSONPathSegment) -> int:
    at = segment.token.index
    return at - 1 if text[at - 1] == "." and text[at] not in ".[" else at


def _fault(error: JSONPathError) -> str:
    reason = str(error.args[0])
    return f"{reason} at character {error.token.index + 1}" if error.token else reason


def _shown(text: str) -> str:
    return f'"{text[:80]}…"' if len(text) > 80 else f'"{text}"'

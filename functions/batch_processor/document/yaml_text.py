"""Reads YAML as what JSON could have said: texts, numbers, true, false, null, lists and objects with named keys.

A plain word is what it would be in JSON, else a text: `no`, `007`, `1_000`, `2026-01-01` and `12:30` stay as they are written.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from batch_processor.document.wording import shown

_JSON_WORD = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_NULLS = ("", "~")
_UNQUOTED_ADVICE = "; indent by blanks and not by tabs, and write a text that begins with @, ` or % in quotes"
_DEEPEST = 100
# Characters that aliases may add to a document: a few lines of them can stand for more than any memory holds.
_MOST_REPEATED = 100_000


class YamlError(ValueError):
    """What is wrong, with line and column."""


def read_yaml(text: str) -> Any:
    """The document; YamlError for what is no YAML, and for tags, merge keys, keys given twice and endless aliases."""
    # Imported where it is used: most configurations are JSON.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Reader(yaml.parse(text, Loader=loader)).document()
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None) or getattr(exc, "context_mark", None)
        told = getattr(exc, "problem", None) or str(exc).partition("\n")[0]
        advice = _UNQUOTED_ADVICE if "cannot start any token" in told else ""
        raise YamlError(f"{told}{_at(mark) if mark else ''}{advice}") from exc


class _Anchored(NamedTuple):
    """What an alias stands for: how many characters it is written with, and how many levels it goes down."""

    value: Any
    size: int
    height: int


class _Reader:
    """Makes values of a parser's events, of which it reads no more than a sound document has."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = self._noted(events)
        self._anchored: dict[str, _Anchored] = {}
        self._repeated = self._deepest = self._read_until = 0

    def _noted(self, events: Iterator[Any]) -> Iterator[Any]:
        for event in events:
            self._read_until = event.end_mark.index
            yield event

    def document(self) -> Any:
        next(self._events)  # the stream's begin
        if _kind(next(self._events)) != "DocumentStart":
            raise YamlError("there is nothing in it")
        value = self._value(next(self._events), 0)
        next(self._events)  # the document's end
        if _kind(last := next(self._events)) != "StreamEnd":
            raise YamlError(f"a second document begins{_at(last.start_mark)}; keep one")
        return value

    def _value(self, event: Any, depth: int) -> Any:
        self._reach(depth, event)
        if _kind(event) == "Alias":
            return self._repeat(event, depth)
        if event.tag is not None:
            raise YamlError(f"tags as {event.tag} are not read{_at(event.start_mark)}; leave it out")
        return self._anchor(event, depth) if event.anchor else self._made(event, depth)

    def _reach(self, depth: int, event: Any) -> None:
        if depth > _DEEPEST:
            raise YamlError(f"it is nested deeper than {_DEEPEST} levels{_at(event.start_mark)}; make it flatter")
        self._deepest = max(self._deepest, depth)

    def _anchor(self, event: Any, depth: int) -> Any:
        deepest, self._deepest, repeated = self._deepest, depth, self._repeated
        value = self._made(event, depth)
        size = self._read_until - event.start_mark.index + self._repeated - repeated
        self._anchored[event.anchor] = _Anchored(value, size, self._deepest - depth)
        self._deepest = max(self._deepest, deepest)
        return value

    def _made(self, event: Any, depth: int) -> Any:
        match _kind(event):
            case "SequenceStart":
                return [self._value(item, depth + 1) for item in self._until("SequenceEnd")]
            case "MappingStart":
                return self._object(depth)
        return _plain(event) if event.implicit[0] else event.value

    def _object(self, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for event in self._until("MappingEnd"):
            key = _key(event)
            if key in made:
                raise YamlError(f"the key {shown(key)} is given more than once in one object{_at(event.start_mark)}")
            made[key] = self._value(next(self._events), depth + 1)
        return made

    def _until(self, end: str) -> Iterator[Any]:
        while _kind(event := next(self._events)) != end:
            yield event

    def _repeat(self, event: Any, depth: int) -> Any:
        if event.anchor not in self._anchored:
            raise YamlError(f"*{event.anchor} stands for nothing above it{_at(event.start_mark)}")
        anchored = self._anchored[event.anchor]
        self._reach(depth + anchored.height, event)
        self._repeated += anchored.size
        if self._repeated > _MOST_REPEATED:
            raise YamlError(
                f"aliases repeat more than {_MOST_REPEATED:,} characters{_at(event.start_mark)}; write less"
            )
        return anchored.value


def _kind(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")


def _key(event: Any) -> str:
    if _kind(event) != "Scalar" or event.tag is not None:
        raise YamlError(f"a key must be a text{_at(event.start_mark)}")
    if event.value == "<<" and event.implicit[0]:
        raise YamlError(f"merge keys (<<) are not read{_at(event.start_mark)}; write the keys themselves")
    key: str = event.value
    return key


def _plain(event: Any) -> Any:
    text: str = event.value
    if text in _NULLS:
        return None
    if not _JSON_WORD.fullmatch(text):
        return text
    try:
        return json.loads(text)
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise YamlError(f"the number is too long{_at(event.start_mark)}; write it in quotes") from None


def _at(mark: Any) -> str:
    return f" at line {mark.line + 1}, column {mark.column + 1}"

"""What is worth knowing of a schema that can be used: where it says less, or more, than whoever wrote it may think."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import nearest, shown
from batch_processor.json_schema.formats import EXAMPLES, FORMATS
from batch_processor.json_schema.keywords import ANNOTATIONS, ASSERTIONS, subschemas
from batch_processor.json_schema.patterns import pattern_notes

_WANTS_OFFSET = ("date-time", "time")
# Of JSON Schema, and not checked: they are meant as they are written.
_UNCHECKED: Final = ("idn-hostname", "iri", "iri-reference", "uri-template", "relative-json-pointer")
_OTHER_NAMES: Final = {"url": "uri", "guid": "uuid", "timestamp": "date-time"}
# Keywords of OpenAPI and of generators that say nothing of a value.
_HARMLESS: Final = (
    "example",
    "discriminator",
    "xml",
    "externalDocs",
    "enumNames",
    "tsType",
    "propertyOrdering",
    "strict",
)


def schema_notes(schema: Mapping[str, Any]) -> list[Problem]:
    """Notes on a schema in which `schema_problems` finds nothing, each with its JSON pointer."""
    notes = [*_of_the_whole(schema), *pattern_notes(schema)]
    for pointer, inner in subschemas(schema):
        notes += [*_format_notes(inner, pointer), *_keyword_notes(inner, pointer)]
    return notes


def _of_the_whole(schema: Mapping[str, Any]) -> Iterator[Problem]:
    if not ASSERTIONS & schema.keys():
        yield Problem("", "the schema says nothing of an answer: every one fits; list its properties")


def _format_notes(schema: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    name = schema.get("format")
    if name in _WANTS_OFFSET:
        yield Problem(
            f"{pointer}/format",
            f"the format {name} wants an offset, as {EXAMPLES[name]} has Z; an answer without one, as programs write times "
            "that have no zone, does not fit. Take the format out if such answers are as good",
        )
    elif isinstance(name, str) and name not in (*FORMATS, *_UNCHECKED) and (meant := _meant_format(name)):
        yield Problem(f"{pointer}/format", f"the format {shown(name)} is not checked; did you mean '{meant}'?")


def _meant_format(name: str) -> str | None:
    if name.lower() in _OTHER_NAMES:
        return _OTHER_NAMES[name.lower()]
    return next(iter(difflib.get_close_matches(name.lower(), FORMATS, n=1, cutoff=0.8)), None)


def _keyword_notes(schema: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    known = ASSERTIONS | ANNOTATIONS
    for key in schema:
        if key in known or key in _HARMLESS or key.startswith("x-"):
            continue
        meant = nearest(key, sorted(known - schema.keys()))
        if meant and _alike(key, meant):
            yield Problem(
                f"{pointer}/{escaped(key)}", f"{shown(key)} is no keyword of JSON Schema; did you mean '{meant}'?"
            )


def _alike(key: str, keyword: str) -> bool:
    return abs(len(key) - len(keyword)) <= 2 and key[:1].lower() == keyword[:1].lower()

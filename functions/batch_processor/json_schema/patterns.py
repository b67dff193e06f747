"""Patterns in schemas that RE2 does not take: told, or only noted where the schema says the same without them.

Pydantic writes such a pattern beside the type number of a Decimal, Zod one beside the format email.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.regexes import TOO_MANY_REPETITIONS, lacking, regex_fault
from batch_processor.document.wording import shown
from batch_processor.json_schema.formats import FORMATS
from batch_processor.json_schema.keywords import members, subschemas

_NUMBERS = {"number", "integer"}


def pattern_problems(schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the patterns that RE2 does not take, those aside without which the schema says the same."""
    for pointer, inner, alternatives in _with_alternatives(schema):
        pattern = inner.get("pattern")
        if isinstance(pattern, str) and (fault := regex_fault(pattern)):
            if lack := lacking(pattern):
                if not _said_by(inner, alternatives):
                    yield _problem(f"{pointer}/pattern", pattern, lack, _advice(inner, lack))
            else:
                yield _problem(f"{pointer}/pattern", pattern, fault)
        for name in members(inner, "patternProperties"):
            if fault := regex_fault(name):
                at = f"{pointer}/patternProperties/{escaped(name)}"
                yield _problem(at, name, lacking(name) or fault, "name the properties, or use additionalProperties")


def pattern_notes(schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the patterns that no answer is checked by, with what says the same."""
    for pointer, inner, alternatives in _with_alternatives(schema):
        pattern = inner.get("pattern")
        if not isinstance(pattern, str) or not (lack := lacking(pattern)):
            continue
        if said_by := _said_by(inner, alternatives):
            yield Problem(f"{pointer}/pattern", f"the pattern is not checked: {lack}; {said_by}")


def _with_alternatives(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], list[Any]]]:
    """Yield each schema within the schema with its JSON pointer, and the alternatives to it."""
    located = dict(subschemas(schema))
    for pointer, inner in located.items():
        holder, _, rest = pointer.rpartition("/")
        parent, _, keyword = holder.rpartition("/")
        listed = located[parent].get(keyword) if rest.isdecimal() and keyword in ("anyOf", "oneOf") else []
        yield pointer, inner, [other for other in listed or () if other is not inner]


def _said_by(schema: Mapping[str, Any], alternatives: list[Any]) -> str | None:
    """What says the same as the schema's pattern, as far as anything does."""
    if isinstance(name := schema.get("format"), str):
        return f"the format {name} says the same" if name in FORMATS else f"nor is the format {shown(name)}"
    if "enum" in schema or "const" in schema:
        return "what values there may be is listed"
    if (types := _types(schema)) and "string" not in types:
        return "it is for texts, and the type is another"
    if any(_types(other) & _NUMBERS for other in alternatives):
        return "the type number beside it says the same"
    return None


def _types(schema: Any) -> set[str]:
    types = schema.get("type") if isinstance(schema, Mapping) else None
    return {types} if isinstance(types, str) else set(map(str, types)) if isinstance(types, list) else set()


def _advice(schema: Mapping[str, Any], lack: str) -> str:
    if lack == TOO_MANY_REPETITIONS:
        return "limit the length by maxLength"
    lookalike = "" if "string" not in _types(schema) else ", or say what it is by a format (email, uuid, date-time, …)"
    return f"drop the pattern if the type is enough{lookalike}, or write one that has nothing of the kind"


def _problem(at: str, pattern: str, fault: str, advice: str = "") -> Problem:
    told = f"{shown(pattern)} is no regular expression that can be used: {fault}"
    return Problem(at, f"{told}; {advice}" if advice else told)

"""Tells what is wrong with a JSON Schema before any answer is checked by it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.regexes import regex_fault
from batch_processor.document.soundness import unsound
from batch_processor.document.wording import shown, suggestion
from batch_processor.json_schema.dialect import DIALECT, make_validator
from batch_processor.json_schema.reasons import reason

# Beyond it a schema is no description of a row any more, and reading it would take longer than the row.
MOST_BYTES = 128 * 1024
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
# Where 2020-12 has schemas within schemas.
_SCHEMA = (
    "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames", "then",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED_SCHEMAS = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
# Schemas of earlier versions are read as 2020-12, which refuses what they mean otherwise: `items` of a list by its
# metaschema, and these, which it would pass over.
_READ_AS_2020_12 = (
    DIALECT,
    "https://json-schema.org/draft/2019-09/schema",
    *(
        f"{scheme}://json-schema.org/draft-{number}/schema"
        for scheme in ("http", "https")
        for number in ("07", "06", "04")
    ),
)
_OTHERS = {
    "additionalItems": "write the first items as prefixItems, and items for the others",
    "dependencies": "write dependentRequired or dependentSchemas",
    "divisibleBy": "write multipleOf",
    "$recursiveRef": "write $dynamicRef",
    "nullable": 'write "type": ["string", "null"]',
}
_PROBES: tuple[Any, ...] = ({}, [], "", 0, None, True)
_Found = tuple[str, Mapping[str, Any]]


def schema_problems(schema: Any) -> list[Problem]:
    """Everything that keeps answers from being checked by the schema, each with its JSON pointer; nothing for a good one.

    A schema may refer to its own parts only: nothing is fetched.
    """
    if not isinstance(schema, dict):
        return [Problem("", f"expected a JSON Schema, an object {{…}}, got {shown(schema)}")]
    if problems := list(unsound(schema)):
        return problems
    unsound_parts = list(_metaschema_problems(schema))
    problems = [*_size_problems(schema), *_dialect_problems(schema), *unsound_parts, *_inner_problems(schema)]
    if not unsound_parts:
        # Only in what is a schema can references be followed, and values be tried.
        problems += _reference_problems(schema)
        problems = problems or list(_endless(schema))
    return list(dict.fromkeys(problems))


def _size_problems(schema: Mapping[str, Any]) -> Iterator[Problem]:
    size = len(json.dumps(schema, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        yield Problem("", f"the schema takes {size:,} bytes, at most {MOST_BYTES:,} are taken; shorten it")


def _dialect_problems(schema: Mapping[str, Any]) -> Iterator[Problem]:
    named = schema.get("$schema", DIALECT)
    if isinstance(named, str) and named.rstrip("#") not in _READ_AS_2020_12:
        yield Problem("/$schema", f"schemas are read as JSON Schema 2020-12, not as {shown(named)}; write {DIALECT}")


def _metaschema_problems(schema: Mapping[str, Any]) -> Iterator[Problem]:
    # Its own formats (uri-reference, regex) are checked further on, in our own words.
    metaschema = Draft202012Validator(Draft202012Validator.META_SCHEMA, format_checker=FormatChecker(formats=()))
    for error in metaschema.iter_errors(schema):
        yield Problem("".join(f"/{escaped(step)}" for step in error.absolute_path), _told(error))


def _told(error: ValidationError) -> str:
    named = error.instance if isinstance(error.instance, list) else [error.instance]
    strange = [name for name in named if isinstance(name, str) and name not in _TYPES]
    if error.absolute_path and error.absolute_path[-1] == "type" and strange:
        return f"{shown(strange[0])} is no type of JSON; {suggestion(strange[0], _TYPES)}"
    return reason(error)


def _inner_problems(schema: Mapping[str, Any]) -> Iterator[Problem]:
    for pointer, inner in _subschemas(schema, ""):
        for keyword, advice in _OTHERS.items():
            if keyword in inner:
                yield Problem(f"{pointer}/{keyword}", f"JSON Schema 2020-12 has no {keyword}; {advice}")
        if pointer and "$schema" in inner:
            yield Problem(f"{pointer}/$schema", "the whole schema is of one version; take this one out")
        if "unevaluatedProperties" in inner and "patternProperties" in inner:
            yield Problem(
                f"{pointer}/unevaluatedProperties", "beside patternProperties write additionalProperties instead"
            )
        yield from _pattern_problems(pointer, inner)


def _pattern_problems(pointer: str, schema: Mapping[str, Any]) -> Iterator[Problem]:
    patterns = {f"{pointer}/pattern": schema["pattern"]} if isinstance(schema.get("pattern"), str) else {}
    for pattern in _members(schema, "patternProperties"):
        patterns[f"{pointer}/patternProperties/{escaped(pattern)}"] = pattern
    for at, pattern in patterns.items():
        if fault := regex_fault(pattern):
            yield Problem(at, f"{shown(pattern)} is no regular expression that can be used: {fault}")


def _reference_problems(schema: dict[str, Any]) -> Iterator[Problem]:
    resource: Resource[Any] = DRAFT202012.create_resource({**schema, "$schema": DIALECT})
    registry: Registry[Any] = Registry()
    schemas = {id(inner) for _, inner in _subschemas(resource.contents, "")}
    yield from _unresolved(resource.contents, "", registry.resolver_with_root(resource), schemas)


def _unresolved(schema: Any, pointer: str, resolver: Any, schemas: set[int]) -> Iterator[Problem]:
    advice = "put the part that is meant under $defs and write #/$defs/name"
    for keyword in ("$ref", "$dynamicRef"):
        if keyword not in schema:
            continue
        reference = shown(schema[keyword])
        try:
            found = resolver.lookup(schema[keyword]).contents
        except Unresolvable:
            nowhere = "leads nowhere in this schema, and nothing is fetched from elsewhere"
            yield Problem(f"{pointer}/{keyword}", f"{reference} {nowhere}; {advice}")
        else:
            # What stands elsewhere was not looked at.
            if not isinstance(found, bool) and id(found) not in schemas:
                yield Problem(f"{pointer}/{keyword}", f"{reference} leads to where JSON Schema has no schema; {advice}")
    for at, inner in _children(schema, pointer):
        yield from _unresolved(inner, at, resolver.in_subresource(DRAFT202012.create_resource(inner)), schemas)


def _endless(schema: Mapping[str, Any]) -> Iterator[Problem]:
    validator = make_validator(schema)
    for pointer, inner in _subschemas(schema, ""):
        if "$ref" not in inner and pointer:
            continue
        try:
            for probe in _PROBES:
                # By reference, so that what it refers to is found from the root.
                list(validator.evolve(schema={"$ref": f"#{quote(pointer)}"}).iter_errors(probe))
        except RecursionError:
            yield Problem(
                pointer, "the schema refers to itself for one and the same value; refer to it from a property or item"
            )


def _subschemas(schema: Mapping[str, Any], pointer: str) -> Iterator[_Found]:
    yield pointer, schema
    for at, inner in _children(schema, pointer):
        yield from _subschemas(inner, at)


def _children(schema: Mapping[str, Any], pointer: str) -> Iterator[_Found]:
    """The schemas directly within the schema, true and false and what is none left out, and where."""
    found = [(keyword, schema[keyword]) for keyword in _SCHEMA if keyword in schema]
    lists = [(key, schema[key]) for key in _SCHEMAS if isinstance(schema.get(key), list)]
    found += [(f"{key}/{at}", inner) for key, inners in lists for at, inner in enumerate(inners)]
    found += [
        (f"{key}/{escaped(name)}", inner) for key in _NAMED_SCHEMAS for name, inner in _members(schema, key).items()
    ]
    return ((f"{pointer}/{at}", inner) for at, inner in found if isinstance(inner, dict))


def _members(schema: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = schema.get(key)
    return found if isinstance(found, dict) else {}

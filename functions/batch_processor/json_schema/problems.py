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
from batch_processor.document.soundness import unsound
from batch_processor.document.wording import shown, suggestion
from batch_processor.json_schema.budget import TooManySteps, bounded
from batch_processor.json_schema.dialect import DIALECT, make_validator
from batch_processor.json_schema.keywords import TYPES, children, subschemas
from batch_processor.json_schema.patterns import pattern_problems
from batch_processor.json_schema.reasons import reason
from batch_processor.json_schema.wrapped import wrapper_problem

# A larger schema is no description of a row any more, and reading it would take longer than the row.
MOST_BYTES = 128 * 1024
# Schemas of these versions are read as 2020-12. What means something else there is refused: `items` with a list by the
# metaschema, and the replaced keywords, which 2020-12 would ignore, by us.
_READ_AS_2020_12 = (
    DIALECT,
    "https://json-schema.org/draft/2019-09/schema",
    *(
        f"{scheme}://json-schema.org/draft-{number}/schema"
        for scheme in ("http", "https")
        for number in ("07", "06", "04")
    ),
)
_REPLACED_KEYWORDS = {
    "additionalItems": "write the first items as prefixItems, and items for the others",
    "dependencies": "write dependentRequired or dependentSchemas",
    "divisibleBy": "write multipleOf",
    "$recursiveRef": "write $dynamicRef",
    "nullable": 'write "type": ["string", "null"]',
}
_PROBES: tuple[Any, ...] = ({}, [], "", 0, None, True)


def schema_problems(schema: Any) -> list[Problem]:
    """Everything that keeps answers from being checked by the schema, each with its JSON pointer; [] for a good one.

    A schema may refer to its own parts only: nothing is fetched.
    """
    if not isinstance(schema, dict):
        return [Problem("", f"expected a JSON Schema, an object {{…}}, got {shown(schema)}")]
    if problems := list(unsound(schema)):
        return problems
    if wrapped := wrapper_problem(schema):
        return [wrapped]
    unsound_parts = list(_metaschema_problems(schema))
    problems = [*_size_problems(schema), *_dialect_problems(schema), *unsound_parts, *_inner_problems(schema)]
    problems += pattern_problems(schema)
    if not unsound_parts:
        # Only in a sound schema can references be followed, and values be tried.
        problems += _reference_problems(schema)
        problems = problems or list(_endless_references(schema))
    return list(dict.fromkeys(problems))


def _size_problems(schema: Mapping[str, Any]) -> Iterator[Problem]:
    size = len(json.dumps(schema, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        yield Problem("", f"the schema takes {size:,} bytes, at most {MOST_BYTES:,} are taken; shorten it")


def _dialect_problems(schema: Mapping[str, Any]) -> Iterator[Problem]:
    dialect = schema.get("$schema", DIALECT)
    if isinstance(dialect, str) and dialect.rstrip("#") not in _READ_AS_2020_12:
        yield Problem("/$schema", f"schemas are read as JSON Schema 2020-12, not as {shown(dialect)}; write {DIALECT}")


def _metaschema_problems(schema: Mapping[str, Any]) -> Iterator[Problem]:
    # Its own formats (uri-reference, regex) are checked further on, in our own words.
    metaschema = Draft202012Validator(Draft202012Validator.META_SCHEMA, format_checker=FormatChecker(formats=()))
    for error in metaschema.iter_errors(schema):
        yield Problem("".join(f"/{escaped(step)}" for step in error.absolute_path), _metaschema_reason(error))


def _metaschema_reason(error: ValidationError) -> str:
    type_names = error.instance if isinstance(error.instance, list) else [error.instance]
    unknown = [name for name in type_names if isinstance(name, str) and name not in TYPES]
    if error.absolute_path and error.absolute_path[-1] == "type" and unknown:
        return f"{shown(unknown[0])} is no type of JSON; {suggestion(unknown[0], TYPES)}"
    return reason(error)


def _inner_problems(schema: Mapping[str, Any]) -> Iterator[Problem]:
    for pointer, inner in subschemas(schema):
        for keyword, advice in _REPLACED_KEYWORDS.items():
            if keyword in inner:
                yield Problem(f"{pointer}/{keyword}", f"JSON Schema 2020-12 has no {keyword}; {advice}")
        if pointer and "$schema" in inner:
            yield Problem(f"{pointer}/$schema", "the whole schema is of one version; take this one out")
        if "unevaluatedProperties" in inner and "patternProperties" in inner:
            yield Problem(
                f"{pointer}/unevaluatedProperties", "beside patternProperties write additionalProperties instead"
            )


def _reference_problems(schema: dict[str, Any]) -> Iterator[Problem]:
    resource: Resource[Any] = DRAFT202012.create_resource({**schema, "$schema": DIALECT})
    registry: Registry[Any] = Registry()
    schemas = {id(inner) for _, inner in subschemas(resource.contents)}
    yield from _unresolved(resource.contents, "", registry.resolver_with_root(resource), schemas)


def _unresolved(schema: Any, pointer: str, resolver: Any, schemas: set[int]) -> Iterator[Problem]:
    advice = "put the part that is meant under $defs and write #/$defs/name"
    for keyword in ("$ref", "$dynamicRef"):
        if keyword not in schema:
            continue
        reference = shown(schema[keyword])
        try:
            target = resolver.lookup(schema[keyword]).contents
        except Unresolvable:
            nowhere = "leads nowhere in this schema, and nothing is fetched from elsewhere"
            yield Problem(f"{pointer}/{keyword}", f"{reference} {nowhere}; {advice}")
        else:
            # Only where JSON Schema has schemas were they checked.
            if not isinstance(target, bool) and id(target) not in schemas:
                yield Problem(f"{pointer}/{keyword}", f"{reference} leads to where JSON Schema has no schema; {advice}")
    for at, inner in children(schema, pointer):
        yield from _unresolved(inner, at, resolver.in_subresource(DRAFT202012.create_resource(inner)), schemas)


def _endless_references(schema: Mapping[str, Any]) -> Iterator[Problem]:
    validator = make_validator(schema)
    with bounded(validator.schema):
        for pointer, inner in subschemas(schema):
            if "$ref" not in inner and pointer:
                continue
            try:
                for probe in _PROBES:
                    # By reference, so that what it refers to is found from the root.
                    list(validator.evolve(schema={"$ref": f"#{quote(pointer)}"}).iter_errors(probe))
            except RecursionError:
                yield Problem(
                    pointer,
                    "the schema refers to itself for one and the same value; refer to it from a property or item",
                )
            except TooManySteps as exc:
                yield Problem(pointer, f"no answer could be checked by the schema: {exc}")
                return

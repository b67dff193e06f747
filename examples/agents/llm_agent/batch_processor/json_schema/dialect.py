# Copied by `make generated` from functions/batch_processor/json_schema/dialect.py:
# change that, not this file.
"""The JSON Schema that checks answers: jsonschema's 2020-12 without what could take forever or be inexact.

Its patterns are RE2's, `multipleOf` is exact (19.99 is a multiple of 0.01), formats count, no reference is fetched, and
the steps of a check can be bounded (`budget`).
"""

import math
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry

from batch_processor.document.regexes import compile_regex, is_beyond_re2
from batch_processor.json_schema.budget import counted
from batch_processor.json_schema.formats import FORMATS

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
Errors = Iterator[ValidationError]
_FIELD = re.compile(r"[^\W\d][\w-]{0,63}")


class SafeViolation(ValidationError):
    """A violation whose message may be shown and logged: it holds nothing of the row."""


def shown_name(name: str) -> str:
    """A property's name in a message: quoted if it looks like a field's name; else its length, as it may be content."""
    return repr(name) if _FIELD.fullmatch(name) else f"a name of {len(name)} characters"


def make_validator(schema: Mapping[str, Any]) -> Validator:
    """The validator of values by the schema; the schema itself is not checked."""
    # With `$schema` jsonschema would go on with its own class from there.
    keywords = {keyword: value for keyword, value in schema.items() if keyword != "$schema"}
    validator: Validator = _Validator(keywords, registry=Registry(), format_checker=_formats())
    return validator


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Errors:  # noqa: ARG001
    # What RE2 lacks is registered only where the schema says the same by other means.
    if (
        validator.is_type(instance, "string")
        and not is_beyond_re2(pattern)
        and not compile_regex(pattern).matches(instance)
    ):
        yield ValidationError("pattern")


def _properties(validator: Any, properties: Mapping[str, Any], instance: Any, schema: Any) -> Errors:  # noqa: ARG001
    if validator.is_type(instance, "object"):
        for name in filter(instance.__contains__, properties):
            yield from _property(validator, name, properties[name], instance)


def _pattern_properties(validator: Any, patterns: Mapping[str, Any], instance: Any, schema: Any) -> Errors:  # noqa: ARG001
    if not validator.is_type(instance, "object"):
        return
    for pattern, subschema in patterns.items():
        regex = compile_regex(pattern)
        for name in filter(regex.matches, instance):
            yield from _property(validator, name, subschema, instance)


def _additional_properties(validator: Any, subschema: Any, instance: Any, schema: Any) -> Errors:
    if not validator.is_type(instance, "object"):
        return
    regexes = [compile_regex(pattern) for pattern in schema.get("patternProperties", {})]
    known = schema.get("properties", {})
    for name in instance:
        if name in known or any(regex.matches(name) for regex in regexes):
            continue
        yield from _property(validator, name, subschema, instance)


def _property(validator: Any, name: str, subschema: Any, instance: Any) -> Errors:
    # Where a property's schema is false, jsonschema does not say which property it is.
    if subschema is False:
        yield SafeViolation(f"{shown_name(name)} is no property here")
    else:
        yield from validator.descend(instance[name], subschema, path=name)


def _required(validator: Any, names: list[str], instance: Any, schema: Any) -> Errors:  # noqa: ARG001
    if validator.is_type(instance, "object"):
        yield from (SafeViolation(f"{name!r} is missing") for name in names if name not in instance)


def _multiple_of(validator: Any, unit: Any, instance: Any, schema: Any) -> Errors:  # noqa: ARG001
    if validator.is_type(instance, "number") and not _is_multiple(instance, unit):
        yield ValidationError("multipleOf")


def _enum(validator: Any, values: list[Any], instance: Any, schema: Any) -> Errors:  # noqa: ARG001
    # A text equals no other kind of value, so that the list can look for it by itself.
    if not (instance in values if isinstance(instance, str) else _identity(instance) in map(_identity, values)):
        yield ValidationError("enum")


def _unique_items(validator: Any, wanted: bool, instance: Any, schema: Any) -> Errors:  # noqa: ARG001
    # jsonschema compares each item with each other one where they cannot be sorted.
    if wanted and validator.is_type(instance, "array") and len(set(map(_identity, instance))) < len(instance):
        yield ValidationError("uniqueItems")


def _identity(value: Any) -> Any:
    """The same for values that JSON Schema takes for equal, as 1 and 1.0, and another one for all others, as true."""
    if isinstance(value, Mapping):
        return frozenset((name, _identity(inner)) for name, inner in value.items())
    return tuple(map(_identity, value)) if isinstance(value, list) else (type(value) is bool, value)


def _is_multiple(number: Any, unit: Any) -> bool:
    # As they are written: the fractions of 19.99 and 0.01 in binary would not do.
    return (isinstance(number, int) or math.isfinite(number)) and (
        Fraction(str(number)) / Fraction(str(unit))
    ).denominator == 1


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, is_valid in FORMATS.items():
        checker.checks(name)(lambda value, is_valid=is_valid: not isinstance(value, str) or is_valid(value))
    return checker


_OWN: Final = {
    "pattern": _pattern,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "required": _required,
    "multipleOf": _multiple_of,
    "enum": _enum,
    "uniqueItems": _unique_items,
}
_Validator: Final[Any] = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {keyword: counted(keyword, check) for keyword, check in {**Draft202012Validator.VALIDATORS, **_OWN}.items()},
)

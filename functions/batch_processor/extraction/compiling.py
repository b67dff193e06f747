"""Checks extraction rules as they are written, and brings them into the normal form that plans have."""

from collections.abc import Mapping
from typing import Any, cast

from batch_processor.contract.rules import METHODS, AnyRule, Field, MethodName, Path, Rule
from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import shown
from batch_processor.errors import InvalidConfiguration
from batch_processor.extraction.field_ways import read_field_rules
from batch_processor.extraction.pipelines import read_transform
from batch_processor.extraction.reading import Reading

_KEYS = ("method", "tool_name", "field_mappings", "paths")
_DOCUMENT_KEYS = ("extraction_methods", "fields")
_FORM = "{method, …}"
# The method of a rule that has a SchemaRegistry's fields; it may be left out.
_FIELDS = "fields"
# The methods that take all fields, under the names in the answer, if the rule names none.
_TAKE_ALL_FIELDS = ("structured_output", "direct")
# A key of `paths` beside the fields: the transform of all fields that have none of their own.
_TRANSFORM = "transform"


def rules_problems(rules: Any) -> list[Problem]:
    """Everything that is wrong with rules, each with its JSON pointer; nothing for good ones.

    Rules are a list of methods (`{method, tool_name, field_mappings | paths}`), in which `{method: fields, fields: […]}`
    stands for a SchemaRegistry's fields, or an object {extraction_methods: […], fields: […]}.
    """
    reading = Reading()
    _read(reading, rules)
    return reading.problems


def compile_rules(rules: Any) -> list[AnyRule]:
    """The rules in normal form; InvalidConfiguration carries all that is wrong with them."""
    reading = Reading()
    compiled = _read(reading, rules)
    if reading.problems:
        raise InvalidConfiguration(reading.problems)
    return compiled


def _read(reading: Reading, rules: Any) -> list[AnyRule]:
    if not isinstance(rules, Mapping):
        return reading.list(rules, "", lambda given, at: _rule(reading, given, at), _FORM)
    reading.check_keys(rules, _DOCUMENT_KEYS, "")
    if not any(key in rules for key in _DOCUMENT_KEYS):
        reading.tell("", "'extraction_methods' or 'fields' is missing: the rules")
    compiled: list[AnyRule] = []
    if "extraction_methods" in rules:
        methods = rules["extraction_methods"]
        compiled += reading.list(methods, "/extraction_methods", lambda given, at: _rule(reading, given, at), _FORM)
    if "fields" in rules:
        compiled.append(read_field_rules(reading, rules["fields"], "/fields"))
    return compiled


def _rule(reading: Reading, given: Mapping[str, Any], at: str) -> AnyRule:
    if "fields" in given and given.get("method", _FIELDS) == _FIELDS:
        reading.check_keys(given, ("method", "fields"), at)
        return read_field_rules(reading, given["fields"], f"{at}/fields")
    reading.check_keys(given, _KEYS, at)
    method = reading.choice(given, "method", METHODS, at)
    return _method(reading, given, at, cast("MethodName", method)) if method else Rule(by="direct")


def _method(reading: Reading, given: Mapping[str, Any], at: str, method: MethodName) -> Rule:
    rule = Rule(by=method)
    if tool_name := reading.tool_name(given, "tool_name", method, at):
        rule["tool_name"] = tool_name
    own_key, other_key = ("paths", "field_mappings") if method == "jmespath" else ("field_mappings", "paths")
    if other_key in given:
        reading.tell(f"{at}/{other_key}", f"{method} takes {own_key} instead")
    if own_key in given:
        rule["fields"] = _fields(reading, given[own_key], f"{at}/{own_key}", method)
    elif method not in _TAKE_ALL_FIELDS and other_key not in given:
        reading.tell(at, f"'{own_key}' is missing: where {method} finds each field")
    return rule


def _fields(reading: Reading, given: Any, at: str, method: MethodName) -> list[Field]:
    if not isinstance(given, Mapping) or not given:
        reading.tell(at, f"expected an object with a path for each field, got {shown(given)}")
        return []
    paths = dict(given)
    # If `transform` is the only key, it is a field of that name.
    common = paths.pop(_TRANSFORM) if method == "jmespath" and _has_common_transform(given) else None
    treatment = None if common is None else reading.text(common, f"{at}/{_TRANSFORM}", read_transform)
    fields = []
    for name, place in paths.items():
        path = _path(reading, place, f"{at}/{escaped(str(name))}", method)
        if treatment and "treatments" not in path:
            path["treatments"] = [treatment]
        fields.append(cast("Field", {"field": str(name), **path}))
    return fields


def _has_common_transform(paths: Mapping[str, Any]) -> bool:
    return len(paths) > 1 and isinstance(paths.get(_TRANSFORM), str)


def _path(reading: Reading, given: Any, at: str, method: MethodName) -> Path:
    if not isinstance(given, Mapping) or method != "jmespath":
        return reading.path(given, at, method)
    reading.check_keys(given, ("path", _TRANSFORM), at)
    path = reading.path(given.get("path"), f"{at}/path", method)
    if given.get(_TRANSFORM) is not None:
        treatment = reading.text(given[_TRANSFORM], f"{at}/{_TRANSFORM}", read_transform)
        path["treatments"] = [treatment] if treatment else []
    return path

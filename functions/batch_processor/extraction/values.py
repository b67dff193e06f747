"""Takes the values of a rule's fields out of one JSON document."""

import json
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any

from batch_processor.contract.rules import Field, Path, Treatment
from batch_processor.document.json_path import MISSING, Step
from batch_processor.extraction.places import follow_through
from batch_processor.extraction.transforms import TextFields, transform_named

# regexes and jmespath are imported with the first rule that needs them.


class Reached(IntEnum):
    """How far a rule got before it failed; of several reasons the furthest tells most."""

    NOTHING = 0
    DOCUMENT = 1
    VALUE = 2


class NotFound(Exception):
    """There is no value for a field; the message says why, and holds nothing of the answer."""

    def __init__(self, reason: str, reached: Reached = Reached.DOCUMENT) -> None:
        super().__init__(reason)
        self.reached = reached


def take_fields(fields: Iterable[Field], document: Any) -> tuple[dict[str, Any], list[NotFound]]:
    """The fields that the document has, and the reason for each field that is missing or null.

    Where a field is read by `parse_text`, the text's other fields come along, unless the rule names them itself.
    """
    named: dict[str, Any] = {}
    others: dict[str, Any] = {}
    missing = []
    for field in fields:
        name = field["field"]
        try:
            value = _treated_value(field, document, name)
            named[name] = _named(value, name)
            if value is None:
                missing.append(NotFound(f"{name}: null stands there", Reached.VALUE))
            if isinstance(value, TextFields):
                others = {**value, **others}
        except NotFound as exc:
            missing.append(NotFound(f"{name}: {exc}", exc.reached))
    return {**named, **{name: value for name, value in others.items() if name not in named}}, missing


def take_value(path: Path, document: Any, field: str) -> Any:
    """The treated value of one field. NotFound if there is none, or a treatment fails."""
    return _named(_treated_value(path, document, field), field)


def has_value(fields: Mapping[str, Any]) -> bool:
    """Whether any field has a value: nulls alone are none."""
    return any(value is not None for value in fields.values())


def _treated_value(path: Path, document: Any, field: str) -> Any:
    value = _search(path["expression"], document) if "expression" in path else _follow(path.get("steps", []), document)
    for treatment in path.get("treatments", []):
        if value is None:
            return None  # nothing can be made of null
        value = _treated(treatment, _named(value, field))
    return value


def _named(value: Any, field: str) -> Any:
    """The value; if it is a text's fields, the one with the label `field`."""
    if not isinstance(value, TextFields):
        return value
    try:
        return value.named(field)
    except ValueError as exc:
        raise NotFound(str(exc), Reached.VALUE) from exc


def _follow(steps: list[Step], document: Any) -> Any:
    value = follow_through(steps, document)
    if value is MISSING:
        raise NotFound(f"nothing stands at {_written(steps)}")
    return value


def _search(expression: str, document: Any) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        value = jmespath.search(expression, document)
    except (JMESPathError, TypeError, ValueError, RecursionError) as exc:  # whose messages quote the answer
        raise NotFound(f"{expression} fails on this answer ({type(exc).__name__})", Reached.VALUE) from None
    if value is None:
        raise NotFound(f"nothing stands at {expression}")
    return value


def _treated(treatment: Treatment, value: Any) -> Any:
    if "parse" in treatment:
        return _captured(treatment["parse"], value)
    name = treatment["transform"]
    transform = transform_named(name)
    assert transform, "rules are checked before they are used"
    try:
        return transform(value)
    except (ValueError, OverflowError) as exc:
        raise NotFound(f"{name}: {exc}", Reached.VALUE) from None


def _captured(pattern: str, value: Any) -> str:
    from batch_processor.document.regexes import compile_regex

    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    captured = (compile_regex(pattern).captured(text) or "").strip()
    if not captured:
        raise NotFound(f"{pattern} is not found", Reached.VALUE)
    return captured


def _written(steps: list[Step]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)

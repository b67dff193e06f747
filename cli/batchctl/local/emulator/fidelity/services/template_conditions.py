"""Fn::Join in the conditions of a template, which is how one asks whether a list of a parameter's is empty.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-join.html. MiniStack takes
the function itself for the value: such a list is never empty to it, and what only goes with a list is always there.
"""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers, stacks

Parameters = dict[str, dict[str, Any]]


def _joined(expression: Any, parameters: Parameters) -> Any:
    """The expression with the text in the place of each Fn::Join of parameters and texts; others are MiniStack's."""
    if isinstance(expression, list):
        return [_joined(item, parameters) for item in expression]
    if not isinstance(expression, dict):
        return expression
    if "Fn::Join" in expression:
        delimiter, items = expression["Fn::Join"]
        texts = _texts(items, parameters)
        return expression if texts is None else delimiter.join(texts)
    return {name: _joined(value, parameters) for name, value in expression.items()}


def _texts(items: Any, parameters: Parameters) -> list[str] | None:
    if isinstance(items, list):
        known = [_value(item, parameters) for item in items]
        return None if None in known else [text for text in known if text is not None]
    # A parameter that is a list is one text.
    value = _value(items, parameters)
    return None if value is None else [item.strip() for item in value.split(",")]


def _value(item: Any, parameters: Parameters) -> str | None:
    if isinstance(item, str):
        return item
    name = item.get("Ref")
    return parameters[name]["Value"] if name in parameters else None


def apply() -> None:
    """Wrap the evaluation of conditions, wherever it is called from."""
    evaluate: Callable[[dict[str, Any], Parameters], dict[str, bool]] = engine._evaluate_conditions

    def evaluate_joined(template: dict[str, Any], params: Parameters) -> dict[str, bool]:
        conditions = _joined(template.get("Conditions", {}), params)
        return evaluate({**template, "Conditions": conditions}, params)

    for module in (engine, changesets, handlers, stacks):
        module._evaluate_conditions = evaluate_joined

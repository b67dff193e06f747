"""jsonata-python 0.7, faster at what it does most: steps of evaluation, names in frames, and lists.

A row of a batch takes a few hundred steps. The library finds the kind of each by comparing it with one after the
other, looks up two callbacks through all frames, and makes a list or two with five attributes each.
"""

import json
from typing import Any

from jsonata import Jsonata
from jsonata.functions import Functions
from jsonata.utils import Utils


def _lookup(frame: Any, name: str) -> Any:
    missing = Utils.NONE
    while frame is not None:
        value = frame.bindings.get(name, missing)
        if value is not missing:
            return value
        frame = frame.parent
    return None


# By the kind of the step; an unknown kind yields nothing.
_STEPS: dict[str | None, Any] = {
    "path": Jsonata.evaluate_path,
    "binary": Jsonata.evaluate_binary,
    "unary": Jsonata.evaluate_unary,
    "name": Jsonata.evaluate_name,
    "string": lambda self, step, _input, _frame: self.evaluate_literal(step),
    "number": lambda self, step, _input, _frame: self.evaluate_literal(step),
    "value": lambda self, step, _input, _frame: self.evaluate_literal(step),
    "wildcard": lambda self, step, data, _frame: self.evaluate_wildcard(step, data),
    "descendant": lambda self, step, data, _frame: self.evaluate_descendants(step, data),
    "parent": lambda _self, step, _data, frame: frame.lookup(step.slot.label),
    "condition": Jsonata.evaluate_condition,
    "block": Jsonata.evaluate_block,
    "bind": Jsonata.evaluate_bind_expression,
    "regex": lambda self, step, _data, _frame: self.evaluate_regex(step),
    "function": lambda self, step, data, frame: self.evaluate_function(step, data, frame, Utils.NONE),
    "variable": Jsonata.evaluate_variable,
    "lambda": Jsonata.evaluate_lambda,
    "partial": Jsonata.evaluate_partial_application,
    "apply": Jsonata.evaluate_apply_expression,
    "transform": Jsonata.evaluate_transform_expression,
}


def _no_step(*_arguments: Any) -> None:
    return None


def _evaluate(_parsed: Any, step: Any, data: Any, frame: Any) -> Any:
    this = Jsonata.CURRENT.jsonata
    outer = this.input, this.environment
    this.input, this.environment = data, frame
    this.count_step()
    try:
        kind = getattr(step, "type", None)
        result = _STEPS.get(kind, _no_step)(this, step, data, frame)
        for item in getattr(step, "predicate", None) or ():
            result = this.evaluate_filter(item.expr, result, frame)
        if kind is not None and kind != "path" and getattr(step, "group", None) is not None:
            result = this.evaluate_group_expression(step.group, result, frame)
        return _unwrapped(step, result) if type(result) is Utils.JList else result
    finally:
        this.input, this.environment = outer


def _unwrapped(step: Any, result: Any) -> Any:
    if not result.sequence or result.tuple_stream:
        return result
    if step.keep_array:
        result.keep_singleton = True
    if not result:
        return None
    return result[0] if len(result) == 1 and not result.keep_singleton else result


def _is_function(value: Any) -> bool:
    return isinstance(value, Jsonata.JFunctionCallable)


def _as_json(value: Any, prettify: bool) -> str:
    if isinstance(value, Jsonata.JFunction):
        return ""
    style: dict[str, Any] = {"indent": "  "} if prettify else {"separators": (",", ":")}
    return json.dumps(value, cls=Functions.Encoder, ensure_ascii=False, **style)


def keep_characters() -> None:
    """Have `$string` leave characters as they are, as on AWS: the library escapes all but ASCII."""
    Functions._string = staticmethod(_as_json)


def apply() -> None:
    """Replace a step, the lookup, which recurses, the constructor of lists, and a question that imports a module."""
    keep_characters()
    Utils.is_function = staticmethod(_is_function)
    Jsonata.eval = _evaluate
    Jsonata.count_step = staticmethod(_no_step)
    Jsonata.Frame.lookup = _lookup
    for flag in ("sequence", "outer_wrapper", "tuple_stream", "keep_singleton", "cons"):
        setattr(Utils.JList, flag, False)
    Utils.JList.__init__ = list.__init__

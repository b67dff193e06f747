"""JSONata expressions parsed once per process, and timed by the processor time they use.

MiniStack parses an expression for every evaluation, and a second time when it yields null. A definition has a
few dozen expressions and a batch evaluates them for every row, so parsing was most of the work. Evaluation
leaves a syntax tree unchanged (checked for jsonata-python 0.7), so threads share it, and the functions; everything
else of an evaluation is made anew. Most expressions are a variable and some names: where nothing but objects lies on
the way, their value is looked up without the library.
"""

import copy
import functools
import re
import time
from collections.abc import Callable
from typing import Any

import jsonata
from jsonata.jexception import JException
from jsonata.utils import Utils
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.expressions import jsonata_library
from batchctl.local.emulator.fidelity.expressions.evaluation_failures import EvaluationFailed

# https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html allows one second. Here it is the
# thread's own processor time: forty iterations share two cores.
_MAXIMUM_SECONDS = 1.0
_STEPS_BETWEEN_CHECKS = 512
_PATH = re.compile(r"\$([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)", re.ASCII)
# Not among them: lists, which a path may flatten, and null, which the library has a value of its own for.
_PLAIN = frozenset((str, int, float, bool, dict))
_WORDS = frozenset(("and", "or", "in", "true", "false", "null", "function"))


@functools.lru_cache(maxsize=4096)
def _parsed(expression: str) -> Any:
    return jsonata.Jsonata.jsonata(expression)


def _time_limit() -> Callable[[], None]:
    started = time.thread_time()
    steps = 0

    def count_step() -> None:
        nonlocal steps
        steps += 1
        if steps % _STEPS_BETWEEN_CHECKS == 0 and time.thread_time() - started > _MAXIMUM_SECONDS:
            raise JException("D1012", -1, int(_MAXIMUM_SECONDS * 1000))

    return count_step


@functools.cache
def _functions() -> Any:
    frame = jsonata.Jsonata.Frame(jsonata.Jsonata.static_frame)
    registry = copy.copy(_parsed("1"))
    registry.environment = frame
    stepfunctions._register_sfn_jsonata_functions(registry)
    registry.register_lambda("eval", _refuse_eval)
    return frame


def _evaluator(expression: str) -> Any:
    evaluator = copy.copy(_parsed(expression))
    evaluator.environment = evaluator.create_frame(_functions())
    evaluator.count_step = _time_limit()
    # The only way to tell JSONata's null from its undefined.
    evaluator.set_output_convert_nulls(False)
    # The library looks up the evaluator of the thread; its constructor, skipped here, would have set it.
    jsonata.Jsonata.CURRENT.jsonata = evaluator
    return evaluator


def _refuse_eval(*_arguments: Any) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
    raise ValueError("Attempted to invoke a non-function: $eval")


def _bindings(data: Any, context: dict[str, Any], result: Any, error_output: Any) -> dict[str, Any]:
    # Two of its keys are MiniStack's own.
    visible = {name: value for name, value in context.items() if name not in ("variables", "QueryLanguage")}
    states = {"input": data, "context": visible}
    # On AWS each of these two exists only where it applies.
    if result is not None:
        states["result"] = result
    if error_output is not None:
        states["errorOutput"] = error_output
    variables = context.get("variables", {})
    nulls = {name: Utils.NULL_VALUE for name, value in variables.items() if value is None}
    return {**variables, **nulls, "states": states}


@functools.lru_cache(maxsize=4096)
def _path(expression: str) -> tuple[str, ...] | None:
    found = _PATH.fullmatch(expression)
    names = (found[1], *found[2].split(".")[1:]) if found else ()
    return None if not names or _WORDS.intersection(names) else names


def _at(names: tuple[str, ...], bindings: dict[str, Any]) -> Any:
    value: Any = bindings
    for name in names:
        if type(value) is not dict:
            return None
        value = value.get(name)
    return value if type(value) in _PLAIN else None


def evaluate(
    expression: str,
    data: Any,
    context: dict[str, Any] | None = None,
    result: Any = None,
    error_output: Any = None,
) -> Any:
    """The value of the text between `{%` and `%}`; any failure is States.QueryEvaluationError."""
    bindings = _bindings(data, context or {}, result, error_output)
    names = _path(expression)
    if names is not None and (value := _at(names, bindings)) is not None:
        return value
    try:
        value = _evaluator(expression).evaluate(None, bindings)
    except Exception as exc:
        code = getattr(exc, "error", None)
        message = f"{code}: {exc}" if isinstance(code, str) and code else str(exc)
        raise EvaluationFailed(expression, f"threw an error during evaluation. {message}") from exc
    if value is None:
        raise EvaluationFailed(expression, "returned nothing (undefined).")
    return Utils.convert_nulls(value)


def apply() -> None:
    """Replace the evaluation of expressions."""
    jsonata_library.apply()
    stepfunctions._evaluate_jsonata = evaluate

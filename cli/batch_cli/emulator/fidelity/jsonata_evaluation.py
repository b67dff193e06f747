"""JSONata expressions parsed once per process, and timed by the processor time they use.

MiniStack parses an expression for every evaluation, and a second time when it yields null. A definition has a
few dozen expressions and a batch evaluates them for every row, so parsing was most of the work. Evaluation
leaves a syntax tree unchanged (checked for jsonata-python 0.7), so threads share it; everything else of an
evaluation is made anew.
"""

import copy
import functools
import time
from collections.abc import Callable
from typing import Any

import jsonata
from jsonata.jexception import JException
from jsonata.utils import Utils
from ministack.services import stepfunctions

# https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html allows one second. Here it is the
# thread's own processor time: forty iterations share two cores.
_MAXIMUM_SECONDS = 1.0
_STEPS_BETWEEN_CHECKS = 512


@functools.lru_cache(maxsize=4096)
def _parsed(expression: str) -> Any:
    return jsonata.Jsonata.jsonata(expression)


def _time_limit() -> Callable[[Any, Any, Any], None]:
    started = time.thread_time()
    steps = 0

    def check(_expression: Any, _input: Any, _environment: Any) -> None:
        nonlocal steps
        steps += 1
        if steps % _STEPS_BETWEEN_CHECKS == 0 and time.thread_time() - started > _MAXIMUM_SECONDS:
            raise JException("D1012", -1, int(_MAXIMUM_SECONDS * 1000))

    return check


def _evaluator(expression: str) -> Any:
    evaluator = copy.copy(_parsed(expression))
    evaluator.environment = evaluator.create_frame(jsonata.Jsonata.static_frame)
    evaluator.environment.set_evaluate_entry_callback(_time_limit())
    # The only way to tell JSONata's null from its undefined.
    evaluator.set_output_convert_nulls(False)
    stepfunctions._register_sfn_jsonata_functions(evaluator)
    evaluator.register_lambda("eval", _refuse_eval)
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


def evaluate(
    expression: str,
    data: Any,
    context: dict[str, Any] | None = None,
    result: Any = None,
    error_output: Any = None,
) -> Any:
    """The value of the text between `{%` and `%}`; any failure is States.QueryEvaluationError."""
    try:
        value = _evaluator(expression).evaluate(None, _bindings(data, context or {}, result, error_output))
    except Exception as exc:
        code = getattr(exc, "error", None)
        message = f"{code}: {exc}" if isinstance(code, str) and code else str(exc)
        raise stepfunctions._ExecutionError("States.QueryEvaluationError", message) from exc
    if value is None:
        raise stepfunctions._ExecutionError(
            "States.QueryEvaluationError",
            f"JSONata expression did not return a result: {expression}",
        )
    return Utils.convert_nulls(value)


def apply() -> None:
    """Replace the evaluation of expressions."""
    stepfunctions._evaluate_jsonata = evaluate

"""JSONata by jsonata-python, where there is no wheel of jlens: parsed once per process, and timed by the processor time used.

MiniStack parses an expression for every evaluation, and a second time when it yields null. A definition has a
few dozen expressions and a batch evaluates them for every row, so parsing was most of the work. Evaluation
leaves a syntax tree unchanged (checked for jsonata-python 0.7), so threads share it, and the functions; everything
else of an evaluation is made anew.
"""

import copy
import functools
import time
from collections.abc import Callable, Mapping
from typing import Any

import jsonata
from jsonata.jexception import JException
from jsonata.utils import Utils
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.expressions import newer_syntax

# https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html allows one second. Here it is the
# thread's own processor time: forty iterations share two cores.
_MAXIMUM_SECONDS = 1.0
_STEPS_BETWEEN_CHECKS = 512


@functools.lru_cache(maxsize=4096)
def _parsed(expression: str) -> Any:
    newer_syntax.refuse(expression)
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


def evaluate(expressions: tuple[str, ...], bindings: Mapping[str, Any]) -> dict[str, Any]:
    """The values by the numbers of their expressions, as text; undefined ones are not there."""
    # The library takes a variable that is None for undefined.
    given = {name: Utils.NULL_VALUE if value is None else value for name, value in bindings.items()}
    values = {str(number): _evaluator(text).evaluate(None, given) for number, text in enumerate(expressions)}
    return {number: Utils.convert_nulls(value) for number, value in values.items() if value is not None}

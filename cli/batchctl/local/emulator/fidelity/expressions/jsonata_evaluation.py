"""JSONata expressions as Step Functions evaluates them, with one of two engines.

Most expressions are a variable and some names: where nothing but objects lies on the way, their value is looked up
without an engine. All others of a field are evaluated together.
"""

import functools
import re
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.expressions import jsonata_library, python_engine
from batchctl.local.emulator.fidelity.expressions.evaluation_failures import EvaluationFailed

Bindings = dict[str, Any]
# Of expressions and what they may read: the values by the numbers of their expressions, undefined ones left out.
Engine = Callable[[tuple[str, ...], Bindings], dict[str, Any]]

_PATH = re.compile(r"\$([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)", re.ASCII)
# Not among them: null. Lists on the way, which a path would flatten, are no objects.
_PLAIN = frozenset((str, int, float, bool, dict, list))
_WORDS = frozenset(("and", "or", "in", "true", "false", "null", "function"))
_ONLY = "0"


def bindings_of(data: Any, context: dict[str, Any] | None, result: Any, error_output: Any) -> Bindings:
    """What expressions may read: the variables and $states; two of the context's keys are MiniStack's own."""
    visible = dict(context or {})
    visible.pop("QueryLanguage", None)
    variables = visible.pop("variables", {})
    states = {"input": data, "context": visible}
    # On AWS each of these two exists only where it applies.
    if result is not None:
        states["result"] = result
    if error_output is not None:
        states["errorOutput"] = error_output
    return {**variables, "states": states}


@functools.lru_cache(maxsize=4096)
def path(expression: str) -> tuple[str, ...] | None:
    """The names that the expression is made of, if it is nothing else."""
    found = _PATH.fullmatch(expression)
    names = (found[1], *found[2].split(".")[1:]) if found else ()
    return None if not names or _WORDS.intersection(names) else names


def at(names: tuple[str, ...], bindings: Bindings) -> Any:
    """What is there; None if only an engine can tell."""
    value: Any = bindings
    for name in names:
        if type(value) is not dict:
            return None
        value = value.get(name)
    return value if type(value) in _PLAIN else None


def _chosen() -> Engine:
    try:
        from batchctl.local.emulator.fidelity.expressions import rust_engine
    except ModuleNotFoundError as exc:
        if exc.name != "jlens":
            raise
        return python_engine.evaluate

    def evaluate_all(expressions: tuple[str, ...], bindings: Bindings) -> dict[str, Any]:
        try:
            return rust_engine.evaluate(expressions, bindings)
        except rust_engine.Unfit:
            return python_engine.evaluate(expressions, bindings)

    return evaluate_all


engine: Engine = _chosen()


def value_of(expression: str, bindings: Bindings) -> Any:
    """The value of the text between `{%` and `%}`; any failure is States.QueryEvaluationError."""
    names = path(expression)
    if names is not None and (value := at(names, bindings)) is not None:
        return value
    try:
        values = engine((expression,), bindings)
    except Exception as exc:
        code = getattr(exc, "error", None) or getattr(exc, "code", None)
        message = f"{code}: {exc}" if isinstance(code, str) and code else str(exc)
        raise EvaluationFailed(expression, f"threw an error during evaluation. {message}") from exc
    if _ONLY not in values:
        raise EvaluationFailed(expression, "returned nothing (undefined).")
    return values[_ONLY]


def evaluate(
    expression: str,
    data: Any,
    context: dict[str, Any] | None = None,
    result: Any = None,
    error_output: Any = None,
) -> Any:
    """As `value_of`, with what MiniStack knows of a state."""
    return value_of(expression, bindings_of(data, context, result, error_output))


def apply() -> None:
    """Replace the evaluation of expressions."""
    jsonata_library.apply()
    stepfunctions._evaluate_jsonata = evaluate

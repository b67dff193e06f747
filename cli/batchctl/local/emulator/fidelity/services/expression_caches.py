"""What MiniStack reads anew for every request although it is the same each time: ARNs, policies, expressions of tables.

None of it depends on more than its text. A row of a batch has fifteen ARNs looked at, and one condition. Of a request's body
MiniStack asks one thing after the other to know what its caller must be allowed to do.
"""

import functools
import json
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ministack.core import arn, iam_actions, iam_evaluator, lambda_runtime
from ministack.services import dynamodb, lambda_svc

_MOST = 4096
# What is read of a function's ARN.
_OF_FUNCTIONS = (
    (lambda_runtime, "_lambda_function_account_region_from_arn"),
    (lambda_svc, "_lambda_function_account_region_from_arn"),
    (lambda_svc, "_lambda_function_name_and_qualifier_from_arn"),
)


def _remembered(read: Callable[..., Any]) -> Callable[..., Any]:
    return functools.lru_cache(maxsize=_MOST)(read)


def _copied(read: Callable[[str], list[Any]]) -> Callable[[str], list[Any]]:
    """As it is, but each caller gets a list of its own."""
    remembered = _remembered(lambda text: tuple(read(text)))
    return lambda text: list(remembered(text))


def _of_texts(read: Callable[[Any], Any], remembered: Callable[[str], Any]) -> Callable[[Any], Any]:
    # What is no text may be no key either, and is read or refused all the same.
    return lambda value: remembered(value) if isinstance(value, str) else read(value)


def _last(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """As it is, for one body after the other; those who ask must leave what they get as it is."""
    last: tuple[Any, Any] = (None, None)

    def read_once(body: Any) -> Any:
        nonlocal last
        known, document = last
        if body is not known:
            document = read(body)
            last = body, document
        return document

    return read_once


def _parse_arn() -> Callable[[Any], Any]:
    parse: Callable[[Any], Any] = arn.parse_arn
    return _of_texts(parse, _remembered(parse))


def apply() -> None:
    """Remember what was read, also for the modules that have imported the function already."""
    original, parse_arn = arn.parse_arn, _parse_arn()
    for name, module in [*sys.modules.items()]:
        if name.startswith("ministack.") and getattr(module, "parse_arn", None) is original:
            module.__dict__["parse_arn"] = parse_arn
    for module, name in _OF_FUNCTIONS:
        module.__dict__[name] = _remembered(module.__dict__[name])
    dynamodb._tokenize = _copied(dynamodb._tokenize)
    dynamodb._condition_syntax_error = _remembered(dynamodb._condition_syntax_error)
    parse_policy = iam_evaluator.parse_policy_document
    iam_evaluator.parse_policy_document = _of_texts(parse_policy, _copied(parse_policy))
    iam_actions.json = SimpleNamespace(**{**vars(json), "loads": _last(json.loads)})

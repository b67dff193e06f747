"""What MiniStack reads anew for every request although it is the same each time: ARNs, and expressions of tables.

None of it depends on more than its text. A row of a batch has fifteen ARNs looked at, and one condition.
"""

import functools
import sys
from collections.abc import Callable
from typing import Any

from ministack.core import arn, lambda_runtime
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


def _parse_arn() -> Callable[[Any], Any]:
    parse: Callable[[Any], Any] = arn.parse_arn
    remembered = _remembered(parse)
    # What is no text may be no key either, and is refused all the same.
    return lambda value: remembered(value) if isinstance(value, str) else parse(value)


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

"""EventBridge invokes a function only when the function's own policy lets it, once IAM is on (AUTH).

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html. MiniStack delivers to any
function, so that a forgotten AWS::Lambda::Permission would be found on AWS only.
"""

import contextvars
import logging
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, lambda_svc

logger = logging.getLogger("eventbridge")

_ACTION = "lambda:InvokeFunction"
_SERVICE = "events.amazonaws.com"
_rule_arn: contextvars.ContextVar[str] = contextvars.ContextVar("rule_arn", default="")


def _is_permitted(function_arn: str) -> bool:
    found = lambda_svc.function_policy_for_arn(function_arn)
    statements: list[dict[str, Any]] = found[0].get("Statement", []) if found else []
    context = iam_evaluator.EvalContext(
        principal_arn=_SERVICE,
        principal_type="Service",
        principal_account=get_account_id(),
        action=_ACTION,
        resource_arn=function_arn,
        region=get_region(),
        service_context={"aws:sourcearn": _rule_arn.get(), "aws:sourceaccount": get_account_id()},
    )
    return any(
        statement["Effect"] == "Allow"
        and iam_evaluator._service_principal_matches(statement.get("Principal"), _SERVICE)
        and statement["Action"] in (_ACTION, "lambda:*")
        and iam_evaluator._conditions_met(statement.get("Condition", {}), context)
        for statement in statements
    )


def apply() -> None:
    """Wrap the delivery to functions."""
    invoke_target: Callable[..., None] = eventbridge._invoke_target
    dispatch: Callable[[str, str], None] = eventbridge._dispatch_to_lambda

    def invoke_target_of_rule(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> None:
        token = _rule_arn.set(rule.get("Arn", ""))
        try:
            invoke_target(target, event, rule, view)
        finally:
            _rule_arn.reset(token)

    def dispatch_if_permitted(function_arn: str, payload: str) -> None:
        if app.AUTH and not _is_permitted(function_arn):
            logger.warning("%s may not invoke %s", _rule_arn.get(), function_arn)
            return
        dispatch(function_arn, payload)

    eventbridge._invoke_target = invoke_target_of_rule
    eventbridge._dispatch_to_lambda = dispatch_if_permitted

"""EventBridge reaches a function, topic or queue only when its own policy lets it, once IAM is on (AUTH).

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html. MiniStack delivers anyway, so
that a forgotten AWS::Lambda::Permission or topic policy would be found on AWS only.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge

logger = logging.getLogger("eventbridge")

_SERVICE = "events.amazonaws.com"
_ACTIONS = {"lambda": "lambda:InvokeFunction", "sns": "sns:Publish", "sqs": "sqs:SendMessage"}


def _is_permitted(target_arn: str, rule_arn: str) -> bool:
    service = target_arn.split(":")[2]
    action = _ACTIONS.get(service)
    if action is None:
        return True
    context = iam_evaluator.EvalContext(
        principal_arn=_SERVICE,
        principal_type="Service",
        principal_account=get_account_id(),
        action=action,
        resource_arn=target_arn,
        region=get_region(),
        service_context={"aws:sourcearn": rule_arn, "aws:sourceaccount": get_account_id()},
    )
    found = iam_evaluator._resource_policy(service, target_arn)
    applicable = [
        statement["Effect"]
        for statement in _statements(found[0] if found else None)
        if _names_eventbridge(statement.get("Principal"))
        and any(iam_evaluator.fnmatch_iam(action, pattern) for pattern in _as_list(statement.get("Action")))
        and iam_evaluator._conditions_met(statement.get("Condition", {}), context)
    ]
    return "Allow" in applicable and "Deny" not in applicable


def _statements(policy: str | dict[str, Any] | None) -> list[dict[str, Any]]:
    document = json.loads(policy) if isinstance(policy, str) and policy else policy or {}
    return _as_list(document.get("Statement", []))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _names_eventbridge(principal: Any) -> bool:
    everyone = principal == "*" or (isinstance(principal, dict) and "*" in _as_list(principal.get("AWS")))
    return everyone or bool(iam_evaluator._service_principal_matches(principal, _SERVICE))


def apply() -> None:
    """Wrap the delivery to targets."""
    invoke_target: Callable[..., None] = eventbridge._invoke_target

    def invoke_if_permitted(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> None:
        rule_arn = rule.get("Arn", "")
        if app.AUTH and not _is_permitted(target["Arn"], rule_arn):
            logger.warning("%s is not permitted to reach %s", rule_arn, target["Arn"])
            return
        invoke_target(target, event, rule, view)

    eventbridge._invoke_target = invoke_if_permitted

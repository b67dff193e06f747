"""What a role may do, judged once for all calls alike as long as its policies are the same."""

import json
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam

# By the policies' texts, so that whoever changes one, however, is heard at once.
_Key = tuple[str, str, str, str, tuple[str, ...]]
_MOST = 4096
# What of a policy asks for more than the action and the resource: the time, the session.
_VARIES = ("currenttime", "epochtime", "aws:userid", "aws:username", "principalarn", "${")
_allowed: set[_Key] = set()


def decision(context: Any, role: str) -> str:
    """What the role's policies say of a call: Allow, Deny or ImplicitDeny."""
    key: _Key = context.action, context.resource_arn, role, context.principal_account, _texts(role, context)
    if key in _allowed:
        return "Allow"
    policies = iam_evaluator._gather_role_policies(role, context.principal_account)
    decided = str(iam_evaluator.evaluate(context, policies).decision)
    if decided == "Allow" and not any(word in text.lower() for text in key[-1] for word in _VARIES):
        if len(_allowed) >= _MOST:
            _allowed.clear()
        _allowed.add(key)
    return decided


def _texts(role: str, context: Any) -> tuple[str, ...]:
    account = context.principal_account
    known = iam._roles.get_scoped(account, None, role) or {}
    attached = [
        iam_evaluator._resolve_managed_policy_document(arn, account) for arn in known.get("AttachedPolicies", [])
    ]
    documents = [*(known.get("InlinePolicies") or {}).values(), *attached]
    return tuple(document if isinstance(document, str) else json.dumps(document) for document in documents)

"""What a role may do, judged once for all calls alike as long as its policies are the same."""

import json

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

# Action, resource, role, account, region, and the policies' texts: whoever changes one, however, is heard at once.
_Key = tuple[str, str, str, str, str, tuple[str, ...]]
_MOST = 4096
# What of a policy asks for more than the action and the resource: the time, the session.
_VARIES = ("currenttime", "epochtime", "aws:userid", "aws:username", "principalarn", "${")
_allowed: set[_Key] = set()


def session_arn(session: str) -> str:
    """Who calls: a session, told by the role's name and its own."""
    return f"arn:aws:sts::{get_account_id()}:assumed-role/{session}"


def decision(action: str, resource: str, role: str, session: str) -> str:
    """What the role's policies say of a call by this session of it: Allow, Deny or ImplicitDeny."""
    account, region = get_account_id(), get_region()
    key: _Key = action, resource, role, account, region, _texts(role, account)
    if key in _allowed:
        return "Allow"
    context = iam_evaluator.EvalContext(
        principal_arn=session_arn(session),
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=region,
    )
    decided = str(iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(role, account)).decision)
    if decided == "Allow" and not any(word in text.lower() for text in key[-1] for word in _VARIES):
        if len(_allowed) >= _MOST:
            _allowed.clear()
        _allowed.add(key)
    return decided


def _texts(role: str, account: str) -> tuple[str, ...]:
    known = iam._roles.get_scoped(account, None, role) or {}
    attached = [
        iam_evaluator._resolve_managed_policy_document(arn, account) for arn in known.get("AttachedPolicies", [])
    ]
    documents = [*(known.get("InlinePolicies") or {}).values(), *attached]
    return tuple([document if isinstance(document, str) else json.dumps(document) for document in documents])

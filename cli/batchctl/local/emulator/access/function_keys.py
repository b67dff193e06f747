"""The temporary keys of functions, random with every start.

MiniStack derives key, secret and token of a function from the names of the function and its role, which are no secret;
without IAM it gives functions the root user's.
"""

import hashlib
import hmac
import secrets
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

_SEED = secrets.token_bytes(32)


def execution_credentials(config: dict[str, Any]) -> dict[str, str]:
    """A session of the function's role: the same for all of its processes, so that sessions do not pile up."""
    account_id, _ = lambda_runtime._account_region_from_function_config(config)
    function, role = config["FunctionArn"], config["Role"]
    key_id = f"ASIA{_derived('key', function, role)[:16].upper()}"
    secret, token = _derived("secret", function, role), _derived("token", function, role)
    role_name, session_name = role.rpartition("/")[2], config["FunctionName"][:64]
    sts.register_session(
        key_id,
        {
            "Arn": f"arn:aws:sts::{account_id}:assumed-role/{role_name}/{session_name}",
            "UserId": f"{role_name}:{session_name}",
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
    )
    return {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}


def _derived(purpose: str, function: str, role: str) -> str:
    return hmac.new(_SEED, f"{purpose} {function} {role}".encode(), hashlib.sha256).hexdigest()


def apply() -> None:
    """Replace MiniStack's."""
    lambda_runtime.execution_credentials = execution_credentials
    lambda_svc.execution_credentials = execution_credentials

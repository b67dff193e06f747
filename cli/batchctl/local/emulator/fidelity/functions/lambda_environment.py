"""The environment variables of Python functions: those that AWS sets, and which of them nobody else may.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html. Not set is AWS_LAMBDA_RUNTIME_API, the address of
an API that nothing here serves. PATH is the machine's own, and LAMBDA_TASK_ROOT the folder that has the code here.
"""

import json
import random
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import error_response_json
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

Config = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

RESERVED = frozenset(
    (
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    )
)  # fmt: skip

_FROM_MINISTACK = frozenset(
    ("AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
     "LAMBDA_TASK_ROOT", "_LAMBDA_FUNCTION_ARN", "_LAMBDA_TIMEOUT")
)  # fmt: skip


def log_group(config: Config) -> str:
    """The name of the log group that the function writes to."""
    return (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"


def new_log_stream(config: Config) -> str:
    """The name of the log stream of a new process of the function."""
    return f"{datetime.now(UTC):%Y/%m/%d}/[{config['Version']}]{secrets.token_hex(16)}"


def of_function(config: Config, log_stream: str) -> dict[str, str]:
    """The variables of a new process of the function, without those that MiniStack sets itself."""
    return {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        **_own(config),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_FUNCTION_NAME": config["FunctionName"],
        "AWS_LAMBDA_FUNCTION_VERSION": config["Version"],
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group(config),
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "_HANDLER": config["Handler"],
    }


def _own(config: Config) -> dict[str, str]:
    variables: dict[str, str] = (config.get("Environment") or {}).get("Variables") or {}
    return {name: value for name, value in variables.items() if name not in RESERVED}


def trace_id(traced: str | None) -> str:
    """The value of _X_AMZN_TRACE_ID for an invocation: AWS has one also where nothing is traced."""
    epoch = f"{int(time.time()):08x}"
    # Only to be told apart.
    drawn = f"{random.getrandbits(160):040x}"
    return traced or f"Root=1-{epoch}-{drawn[:24]};Parent={drawn[24:]};Sampled=0"


def refusal(variables: Iterable[str]) -> Response | None:
    """What a configuration with reserved names is answered."""
    reserved = sorted(RESERVED.intersection(variables))
    if not reserved:
        return None
    response: Response = error_response_json(
        "InvalidParameterValueException",
        "Lambda was unable to configure your environment variables because the environment variables you have provided "
        "contains reserved keys that are currently not supported for modification. Reserved keys used in this request: "
        f"{', '.join(reserved)}",
        400,
        content_type="application/json",
    )
    return response


def _named(request: Any) -> list[str]:
    environment = request.get("Environment") if isinstance(request, dict) else None
    return list((environment or {}).get("Variables") or {})


def apply() -> None:
    """Refuse reserved names where functions are configured: by the API, and by CloudFormation."""
    create: Callable[[Any], Any] = lambda_svc._create_function
    update: Callable[[str, Any], Any] = lambda_svc._update_config
    provision: Callable[..., Any] = provisioners._lambda_create

    def create_function(request: Any) -> Any:
        return refusal(_named(request)) or create(request)

    def update_config(name: str, request: Any) -> Any:
        return refusal(_named(request)) or update(name, request)

    def lambda_create(logical_id: str, properties: Any, stack_name: str) -> Any:
        refused = refusal(_named(properties))
        if refused is not None:
            raise ValueError(json.loads(refused[2])["message"])
        return provision(logical_id, properties, stack_name)

    # Nobody else sets them any more, and a worker gets its own values the way of the function's variables.
    lambda_runtime._RESERVED_RUNTIME_ENV_VARS = _FROM_MINISTACK
    lambda_svc._create_function = create_function
    lambda_svc._update_config = update_config
    provisioners._lambda_create = lambda_create
    kind = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    kind["create"] = lambda_create

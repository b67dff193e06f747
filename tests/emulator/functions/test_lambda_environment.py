"""The environment variables of Python functions."""

import re
from typing import Any

from tests.emulator.local_aws import LocalAws, task
from tests.emulator.observations import Items, error_of

ITEMS = Items()
item = ITEMS.item

SHOWN = [
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "LAMBDA_RUNTIME_DIR",
    "LANG",
    "TZ",
    "_HANDLER",
]


def environment(aws: LocalAws, **settings: Any) -> dict[str, str]:
    variables: dict[str, str] = aws.output({"Task": task(aws.function("return dict(os.environ)", **settings))})
    return variables


@item(
    "lambda_environment",
    {
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": "app.handler",
    },
)
def a_function_is_told_what_it_is(aws: LocalAws) -> Any:
    variables = environment(aws, MemorySize=256)
    return {name: variables.get(name) for name in SHOWN}


@item("lambda_environment", ["ok", True, True, "256"])
def a_function_knows_its_log_and_its_trace(aws: LocalAws) -> Any:
    body = (
        "return [context.function_name == os.environ['AWS_LAMBDA_FUNCTION_NAME'] and 'ok', "
        "context.log_group_name, context.log_stream_name, os.environ['_X_AMZN_TRACE_ID'], context.memory_limit_in_mb]"
    )
    same, group, stream, trace, memory = aws.output({"Task": task(aws.function(body, MemorySize=256))})
    is_log = group.startswith("/aws/lambda/") and re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream)
    return [same, bool(is_log), trace.startswith("Root=1-"), memory]


@item("lambda_environment", ["mine", [], "Europe/Vienna"])
def a_function_has_its_own_variables_and_none_of_the_emulators(aws: LocalAws) -> Any:
    variables = environment(aws, Environment={"Variables": {"OWN": "mine", "TZ": "Europe/Vienna"}})
    foreign = [name for name in ("GATEWAY_PORT", "STATE_DIR", "LOG_LEVEL", "LAMBDA_EXECUTOR") if name in variables]
    return [variables["OWN"], foreign, variables["TZ"]]


@item("lambda_environment", ["InvalidParameterValueException", "InvalidParameterValueException"])
def nobody_else_may_set_what_aws_sets(aws: LocalAws) -> Any:
    client, reserved = aws.client("lambda"), {"Variables": {"AWS_EXECUTION_ENV": "mine"}}
    return [
        error_of(aws.function, body="return 'refused'", Environment=reserved),
        error_of(client.update_function_configuration, FunctionName=aws.function("return 'ok'"), Environment=reserved),
    ]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

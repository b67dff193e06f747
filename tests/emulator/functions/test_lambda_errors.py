"""The errors of Python functions."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws, caught, task
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


def failure(aws: LocalAws, function: str) -> tuple[str, dict[str, Any]]:
    error = aws.output(caught(task(function)))
    return error["Error"], json.loads(error["Cause"])


@item("lambda_errors", ("KeyError", "'customer'"))
def an_exceptions_class_is_the_error(aws: LocalAws) -> Any:
    error, cause = failure(aws, aws.function("raise KeyError('customer')"))
    return error, cause["errorMessage"]


@item("lambda_errors", ["errorMessage", "errorType", "requestId", "stackTrace"])
def an_exceptions_cause_has_the_shape_of_aws(aws: LocalAws) -> Any:
    _, cause = failure(aws, aws.function("raise KeyError('customer')"))
    return sorted(cause)


@item("lambda_errors", "Runtime.ExitError")
def a_dead_runtime_has_its_own_error(aws: LocalAws) -> Any:
    return failure(aws, aws.function("os._exit(3)"))[0]


@item("lambda_errors", "Runtime.ImportModuleError")
def a_missing_dependency_has_its_own_error(aws: LocalAws) -> Any:
    return failure(aws, aws.function_with_code("import no_such_module"))[0]


@item("lambda_errors", "Runtime.MarshalError")
def a_result_that_is_no_json_has_its_own_error(aws: LocalAws) -> Any:
    return failure(aws, aws.function("return {1, 2}"))[0]


@item("lambda_errors", ["Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'", "", []])
def a_missing_handler_has_its_own_error(aws: LocalAws) -> Any:
    error, cause = failure(aws, aws.function_with_code("no_handler = 1"))
    return [error, *(cause[name] for name in ("errorMessage", "requestId", "stackTrace"))]


@item(
    "lambda_errors",
    ["Runtime.MalformedHandlerName", "Bad handler 'app': not enough values to unpack (expected 2, got 1)"],
)
def a_handlers_name_without_a_module_has_its_own_error(aws: LocalAws) -> Any:
    error, cause = failure(aws, aws.function("return 2", Handler="app"))
    return [error, cause["errorMessage"]]


@item("lambda_errors", ["Runtime.UserCodeSyntaxError", ['  File "/var/task/app.py" Line 1\n    def handler(:\n']])
def a_module_that_is_no_python_has_its_own_error(aws: LocalAws) -> Any:
    error, cause = failure(aws, aws.function_with_code("def handler(:\n"))
    return [error, cause["stackTrace"]]


@item("lambda_errors", ["  File \"/var/task/app.py\", line 5, in handler\n    raise KeyError('place')\n"])
def a_stack_trace_names_the_code_as_aws_does(aws: LocalAws) -> Any:
    return failure(aws, aws.function("raise KeyError('place')"))[1]["stackTrace"]


@item("lambda_errors", [True, False])
def only_older_runtimes_escape_what_is_not_ascii(aws: LocalAws) -> Any:
    runtimes = ("python3.13", "python3.11")
    causes = [
        aws.output(caught(task(aws.function("raise KeyError('für')", Runtime=runtime))))["Cause"]
        for runtime in runtimes
    ]
    return ["für" in cause for cause in causes]


@item("lambda_errors", "without providing a reason")
def a_runtime_that_ends_well_gives_no_reason(aws: LocalAws) -> Any:
    return failure(aws, aws.function("os._exit(0)"))[1]["errorMessage"].split("exited ")[-1]


DECIMALS = """
import collections, decimal
Point = collections.namedtuple("Point", "x y")

def handler(event, context):
    price = decimal.Decimal("7.25")
    return {"price": price, "text": b"bytes", "point": Point(1, [price]), "big": decimal.Decimal("1E+2")}
"""


@item("lambda_bootstrap", {"price": 7.25, "text": "bytes", "point": {"x": 1, "y": [7.25]}, "big": 100.0})
def an_answer_is_written_as_awslambdaric_does(aws: LocalAws) -> Any:
    return aws.output({"Task": task(aws.function_with_code(DECIMALS))})


@item("lambda_bootstrap", "Unable to marshal response: Object of type datetime is not JSON serializable")
def a_time_is_no_json(aws: LocalAws) -> Any:
    code = "import datetime\n\n\ndef handler(event, context):\n    return datetime.datetime(2026, 1, 1)\n"
    return failure(aws, aws.function_with_code(code))[1]["errorMessage"]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

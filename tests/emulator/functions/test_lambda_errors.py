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


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

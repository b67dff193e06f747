"""Tasks that invoke functions."""

from typing import Any

from tests.emulator.local_aws import LocalAws, task
from tests.emulator.observations import Items, caught_error

ITEMS = Items()
item = ITEMS.item


@item("lambda_tasks", "Lambda.TooManyRequestsException")
def a_throttled_function_has_its_own_error(aws: LocalAws) -> Any:
    function = aws.function("return 'throttled'")
    aws.client("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    return caught_error(aws, task(function))


@item("lambda_tasks", "1")
def a_text_that_looks_like_a_number_stays_a_text(aws: LocalAws) -> Any:
    return aws.output({"Task": task(aws.function("return '1'"))})


@item("lambda_tasks", ["ExecutedVersion", "Payload", "SdkHttpMetadata", "SdkResponseMetadata", "StatusCode"])
def a_functions_result_comes_in_an_envelope(aws: LocalAws) -> Any:
    whole = {**task(aws.function("return 1")), "Output": "{% $keys($states.result) %}"}
    return sorted(aws.output({"Task": whole}))


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

"""What Retry and Catch apply to."""

import time
from typing import Any

from tests.emulator.local_aws import LocalAws, caught, task
from tests.emulator.observations import TOO_MUCH, Items

ITEMS = Items()
item = ITEMS.item


@item("error_matching", "States.DataLimitExceeded")
def too_much_data_must_be_caught_by_name(aws: LocalAws) -> Any:
    large = task(aws.function(f"return 'x' * {TOO_MUCH}"))
    return aws.run(caught(large, "States.ALL")).get("error")


@item("error_matching", "States.Runtime")
def a_runtime_error_cannot_be_caught(aws: LocalAws) -> Any:
    unknown = {"Type": "Task", "Resource": "arn:aws:states:::nothing:doIt", "End": True}
    return aws.run(caught(unknown)).get("error")


@item("error_matching", True)
def a_retry_waits_no_longer_than_the_maximum_delay(aws: LocalAws) -> Any:
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 4, "MaxDelaySeconds": 1}
    failing = task(aws.function("raise ValueError('no')"), Retry=[{**retry, "MaxAttempts": 2}])
    started = time.monotonic()
    aws.run({"Task": failing})
    return time.monotonic() - started < 4.5


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

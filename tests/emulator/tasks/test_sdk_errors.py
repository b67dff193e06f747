"""Tasks that call an API as the SDK does."""

from typing import Any

from tests.emulator.local_aws import LocalAws, description_of
from tests.emulator.observations import Items, caught_error

ITEMS = Items()
item = ITEMS.item


@item("sdk_errors", "Sfn.ExecutionDoesNotExistException")
def an_sdk_tasks_error_is_the_sdks_exception(aws: LocalAws) -> Any:
    succeeded = aws.run({"End": {"Type": "Succeed"}})["executionArn"]
    return caught_error(aws, description_of(f"{succeeded}x"))


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

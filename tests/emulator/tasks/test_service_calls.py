"""What Task states get from the services that they call."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws, caught, task
from tests.emulator.observations import TOO_MUCH, Items

ITEMS = Items()
item = ITEMS.item

PUBLISH = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": True}
SEND = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}


@item("service_calls", ["MessageId", "SdkHttpMetadata", "SdkResponseMetadata"])
def a_published_message_is_told_with_the_sdks_metadata(aws: LocalAws) -> Any:
    topic = aws.client("sns").create_topic(Name=aws.name("topic"))["TopicArn"]
    return sorted(aws.output({"Publish": {**PUBLISH, "Arguments": {"TopicArn": topic, "Message": "m"}}}))


@item("service_calls", '{"text":"für"}')
def a_message_that_is_an_object_is_its_json(aws: LocalAws) -> Any:
    url, _ = aws.queue()
    aws.output({"Send": {**SEND, "Arguments": {"QueueUrl": url, "MessageBody": {"text": "für"}}}})
    [message] = aws.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=2)["Messages"]
    return message["Body"]


@item(
    "task_states",
    "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
)
def a_result_that_is_too_large_is_its_services(aws: LocalAws) -> Any:
    large = task(aws.function(f"return 'x' * {TOO_MUCH}"))
    error = aws.output(caught(large, "States.DataLimitExceeded"))
    return error["Cause"] if isinstance(error, dict) else json.dumps(error)


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

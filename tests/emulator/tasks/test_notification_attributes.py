"""Tasks that publish to a topic."""

from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("notification_attributes", {"outcome": {"Type": "String", "Value": "good"}})
def an_sns_task_sends_message_attributes(aws: LocalAws) -> Any:
    queue, sns = aws.queue(), aws.client("sns")
    topic = sns.create_topic(Name=aws.name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    attributes = {"outcome": {"DataType": "String", "StringValue": "good"}}
    arguments = {"TopicArn": topic, "Message": "m", "MessageAttributes": attributes}
    aws.run(
        {"Publish": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Arguments": arguments, "End": True}}
    )
    [message] = aws.messages(queue.url, 1)
    return message.get("MessageAttributes")


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

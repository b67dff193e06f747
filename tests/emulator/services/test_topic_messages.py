"""What SNS takes as a message."""

from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items, error_of

ITEMS = Items()
item = ITEMS.item


def answer(aws: LocalAws, **message: str) -> str:
    topic = aws.client("sns").create_topic(Name=aws.name("topic"))["TopicArn"]
    return error_of(aws.client("sns").publish, **{"TopicArn": topic, "Message": "m", **message})


@item("topic_messages", ["none", "InvalidParameter", "InvalidParameter", "InvalidParameter", "InvalidParameter"])
def a_subject_is_one_short_line_in_ascii(aws: LocalAws) -> Any:
    return [answer(aws, Subject=subject) for subject in ("A subject", "Zwölf", "two\nlines", "x" * 101, " blank")]


@item("topic_messages", ["InvalidParameter", "InvalidParameter"])
def a_message_is_not_empty_and_its_topic_has_an_arn(aws: LocalAws) -> Any:
    return [answer(aws, Message=""), answer(aws, TopicArn="no-arn")]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

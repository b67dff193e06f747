"""What a queue is asked for several messages at once."""

from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items, error_of

ITEMS = Items()
item = ITEMS.item


@item("queue_batches", "none")
def messages_are_sent_together_by_who_may_send_one(aws: LocalAws) -> Any:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html"""
    user = aws.user([{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}])
    entries = [{"Id": "1", "MessageBody": "m"}]
    return error_of(user.client("sqs").send_message_batch, QueueUrl=aws.queue().url, Entries=entries)


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

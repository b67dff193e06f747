"""What the targets of a rule must permit."""

from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("event_permissions", [])
def a_rule_needs_the_functions_permission(aws: LocalAws) -> Any:
    queue = aws.queue().url
    code = (
        "import boto3\n\n\ndef handler(event, context):\n"
        f"    boto3.client('sqs').send_message(QueueUrl='{queue}', MessageBody='{{}}')\n"
    )
    name = aws.function_with_code(code)
    # From now on a process of it runs: what the rule sends would come within moments.
    aws.client("lambda").invoke(FunctionName=name)
    assert aws.messages(queue, 1) == [{}]
    function = aws.client("lambda").get_function(FunctionName=name)
    source = aws.name("source")
    aws.forward({"source": [source]}, function["Configuration"]["FunctionArn"])
    aws.client("events").put_events(Entries=[{"Source": source, "DetailType": "t", "Detail": "{}"}])
    return aws.messages(queue, 1, wait_seconds=2)


@item("event_permissions", [])
def a_rule_needs_the_topics_permission(aws: LocalAws) -> Any:
    queue, sns, source = aws.queue(), aws.client("sns"), aws.name("source")
    topic = sns.create_topic(Name=aws.name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    aws.forward({"source": [source]}, topic)
    aws.client("events").put_events(Entries=[{"Source": source, "DetailType": "t", "Detail": "{}"}])
    return [body["Type"] for body in aws.messages(queue.url, 1, wait_seconds=1)]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

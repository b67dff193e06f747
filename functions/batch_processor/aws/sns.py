"""Publishes to a topic."""

from batch_processor.aws.client import client, translated


def publish(topic_arn: str, subject: str, texts: str, attributes: dict[str, str]) -> None:
    """Publishes a message that has a text for each protocol: `texts` is a JSON object with `default` among its keys."""
    with translated(f"Publishing to {topic_arn}"):
        client("sns").publish(
            TopicArn=topic_arn,
            Subject=subject,
            MessageStructure="json",
            Message=texts,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )

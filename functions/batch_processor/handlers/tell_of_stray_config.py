"""TellOfStrayConfig: a config that was uploaded beside configs/ starts nothing, and whoever hears of batches is told so."""

from dataclasses import dataclass
from typing import Any

from batch_processor.aws import sns
from batch_processor.batch import uploaded_config
from batch_processor.batch.stray_config import stray_message
from batch_processor.logs import logger, start_log
from batch_processor.settings import read

# What the function's role may read.
_NAMES = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Settings:
    """`topic_arn` is that of the stack's own topic."""

    topic_arn: str


def handle(event: dict[str, Any], context: object) -> dict[str, bool]:
    """Takes EventBridge's `Object Created` event of S3; returns whether the object was told of. Other files are nothing."""
    detail, topic = event["detail"], read(Settings).topic_arn
    bucket, key = detail["bucket"]["name"], detail["object"]["key"]
    start_log(key)
    document = uploaded_config.read(detail) if key.endswith(_NAMES) else None
    told = document is not None and uploaded_config.is_batch(document)
    if told:
        sns.publish(topic, *stray_message(bucket, key))
        logger.info("A config beside configs/ started nothing")
    return {"told": told}

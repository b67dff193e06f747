"""Who is told about the end of a batch, and of which ends."""

from dataclasses import dataclass

from pydantic import ConfigDict, Field

from batch_processor.config.locations import TopicArn
from batch_processor.document.shape import Flag, Shape


@dataclass(frozen=True)
class NotificationOptions:
    """Which ends of a batch are published; to the stack's own topic where `topic_arn` is None."""

    enabled: bool = True
    success: bool = True
    failure: bool = True
    topic_arn: str | None = None


class NotificationConfig(Shape):
    """Who is told about the end of a batch."""

    model_config = ConfigDict(title="Notification")

    enabled: Flag = Field(default=NotificationOptions.enabled, description="Whether anything is published at all.")
    success_notification: Flag = Field(
        default=NotificationOptions.success, description="Whether a batch that ended well is published."
    )
    failure_notification: Flag = Field(
        default=NotificationOptions.failure, description="Whether a batch that failed is published."
    )
    sns_topic_arn: TopicArn | None = Field(
        default=NotificationOptions.topic_arn,
        description="Topic to publish to; the stack's own where nothing is said.",
    )

    def options(self) -> NotificationOptions:
        """Return the options under their short names."""
        return NotificationOptions(
            self.enabled, self.success_notification, self.failure_notification, self.sns_topic_arn
        )

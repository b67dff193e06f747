"""What the stack's parameters let a batch use, checked before IAM would refuse it in the middle of the work."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import translate

from batch_processor.batch.work_folder import OWN_PREFIXES
from batch_processor.config import BatchConfig, Target
from batch_processor.document.problem import Problem


@dataclass(frozen=True, slots=True)
class Permissions:
    """ARN and bucket patterns with `*`; an empty one allows nothing but what the stack has itself.

    The fields have the names of the variables that the template gives ValidateInput.
    """

    agent_arn_pattern: str
    tool_arn_pattern: str
    topic_arn_pattern: str
    input_bucket_pattern: str
    output_bucket_pattern: str
    data_bucket: str
    topic_arn: str

    def problems(self, config: BatchConfig) -> Iterator[Problem]:
        """What the configuration wants and may not have, each with the parameter that would allow it."""
        topic = config.notification.topic_arn
        yield from self._target_problems(config.target)
        if not self.may_read(config.csv.bucket):
            yield Problem(
                "/csv_s3_uri", _bucket(config.csv.bucket, "read from", "InputBucketPattern", self.input_bucket_pattern)
            )
        prefix = config.output_prefix
        if prefix and prefix.bucket == self.data_bucket and prefix.key.split("/")[0] in OWN_PREFIXES:
            yield Problem(
                "/output_s3_prefix", f"{prefix.key}/ {OWN_PREFIXES[prefix.key.split('/')[0]]}; choose another prefix"
            )
        if prefix and not self._may_use(prefix.bucket, self.output_bucket_pattern):
            where = _bucket(prefix.bucket, "write to", "OutputBucketPattern", self.output_bucket_pattern)
            yield Problem("/output_s3_prefix", where)
        if topic and topic != self.topic_arn and not _matches(topic, self.topic_arn_pattern):
            allowed = self.topic_arn_pattern or "only the stack's own topic"
            yield Problem(
                "/notification_config/sns_topic_arn",
                f"the stack may not publish to {topic}; TopicNamePattern allows {allowed}",
            )

    def _target_problems(self, target: Target) -> Iterator[Problem]:
        parameter, pattern = (
            ("AgentNamePattern", self.agent_arn_pattern)
            if target.is_state_machine
            else ("ToolNamePattern", self.tool_arn_pattern)
        )
        if target.arn and not (_matches(target.arn, pattern) or _matches(target.arn, f"{pattern}:*")):
            yield Problem("/target", f"the stack may not use {target.arn}; {parameter} allows {pattern}")

    def may_read(self, bucket: str) -> bool:
        """Whether CSVs and configurations may come from the bucket."""
        return self._may_use(bucket, self.input_bucket_pattern)

    def _may_use(self, bucket: str, pattern: str) -> bool:
        return bucket == self.data_bucket or _matches(bucket, pattern)


def _bucket(bucket: str, use: str, parameter: str, pattern: str) -> str:
    return f"the stack may not {use} the bucket {bucket}; {parameter} allows {pattern or 'only the stack’s own bucket'}"


def _matches(text: str, pattern: str) -> bool:
    return bool(pattern) and re.match(translate(pattern), text) is not None

"""What the stack's parameters let a batch use, checked before IAM would refuse it in the middle of the work."""

from collections.abc import Iterator
from dataclasses import dataclass

from batch_processor.batch.own_bucket import csv_refusal, output_refusal
from batch_processor.config import BatchConfig, Target
from batch_processor.contract import Plan
from batch_processor.document.problem import Problem
from batch_processor.document.s3_uri import S3Uri
from batch_processor.plan.callable_targets import CallableTargets
from batch_processor.plan.name_patterns import alternatives, matches, names

# An output's name has that of its batch, 80 characters of up to four bytes, a time and an ending.
_MOST_PREFIX_BYTES = 600
# A prefix in no bucket at all.
_ELSEWHERE = S3Uri("", "")


@dataclass(frozen=True, slots=True)
class Permissions(CallableTargets):
    """Besides the targets, topics and buckets; an empty pattern allows none but what the stack has itself.

    The fields have the names of the variables that the template gives ValidateInput.
    """

    topic_name_pattern: str
    input_bucket_pattern: str
    output_bucket_pattern: str
    data_bucket: str
    topic_arn: str

    def problems(self, config: BatchConfig) -> Iterator[Problem]:
        """What the configuration wants and may not have, each with what to type or the parameter that would allow it."""
        yield from self._target_problems(config.target)
        yield from self._csv_problems(config.csv, config.output_prefix)
        yield from self._output_problems(config.output_prefix)
        yield from self._topic_problems(config.notification.topic_arn)

    def may_read(self, csv: S3Uri, output_prefix: S3Uri | None) -> bool:
        """Whether the CSV may be read for an output that goes to the prefix, or to the stack's own bucket without one."""
        return not any(self._csv_problems(csv, output_prefix))

    def may_show(self, csv: S3Uri) -> bool:
        """Whether the CSV may be read wherever the output goes, so that problems may name what is in it."""
        return not any(self._csv_problems(csv, _ELSEWHERE))

    def _target_problems(self, target: Target) -> Iterator[Problem]:
        if not target.arn:
            return
        if refusal := self.refusal(target.arn, "agent" if target.is_state_machine else "tool"):
            yield Problem("/target", refusal)

    def _csv_problems(self, csv: S3Uri, output_prefix: S3Uri | None) -> Iterator[Problem]:
        output_stays = output_prefix is None or output_prefix.bucket == self.data_bucket
        if csv.bucket != self.data_bucket:
            if not matches(csv.bucket, self.input_bucket_pattern):
                where = _bucket(csv.bucket, "read from", "InputBucketPattern", self.input_bucket_pattern)
                yield Problem("/csv_s3_uri", where)
        elif refusal := csv_refusal(csv, output_stays=output_stays):
            yield Problem("/csv_s3_uri", refusal)

    def _output_problems(self, prefix: S3Uri | None) -> Iterator[Problem]:
        if prefix is None:
            return
        if (size := len(prefix.key.encode())) > _MOST_PREFIX_BYTES:
            yield Problem(
                "/output_s3_prefix",
                f"the prefix takes {size:,} bytes; S3's keys have 1,024, of which the output's own name may need the rest: "
                f"shorten it to {_MOST_PREFIX_BYTES}",
            )
        if prefix.bucket != self.data_bucket:
            if not matches(prefix.bucket, self.output_bucket_pattern):
                where = _bucket(prefix.bucket, "write to", "OutputBucketPattern", self.output_bucket_pattern)
                yield Problem("/output_s3_prefix", where)
        elif refusal := output_refusal(prefix):
            yield Problem("/output_s3_prefix", refusal)

    def _topic_problems(self, topic: str | None) -> Iterator[Problem]:
        home = self.home("sns", "")
        if not topic or topic == self.topic_arn:
            return
        if not (topic.startswith(home) and matches(topic.removeprefix(home), self.topic_name_pattern)):
            allowed = (
                alternatives(home + name for name in names(self.topic_name_pattern)) or "only the stack's own topic"
            )
            yield Problem(
                "/notification_config/sns_topic_arn",
                f"the stack may not publish to {topic}; TopicNamePattern allows {allowed}",
            )


def moved_output(earlier: Plan, plan: Plan) -> Iterator[Problem]:
    """The problem of a batch that goes on with an earlier one and would take its answers to another bucket."""
    before, now = earlier["output"], plan["output"]["bucket"]
    if before["bucket"] != now:
        place = f"s3://{before['bucket']}/{before['key']}".rpartition("/")[0]
        yield Problem(
            "/output_s3_prefix",
            f"the batch {earlier['batch']['name']} writes to the bucket {before['bucket']}, and what it paid for stays there: "
            f"a batch that goes on with it may not write to {now}; set output_s3_prefix to {place}/",
        )


def _bucket(bucket: str, use: str, parameter: str, patterns: str) -> str:
    allowed = alternatives(names(patterns)) or "only the stack’s own bucket"
    return f"the stack may not {use} the bucket {bucket}; {parameter} allows {allowed}"

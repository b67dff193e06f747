"""What the stack's parameters let a batch use, checked before IAM would refuse it in the middle of the work."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import translate

from batch_processor.batch.own_bucket import csv_refusal, output_refusal
from batch_processor.config import BatchConfig, Target
from batch_processor.contract import Plan
from batch_processor.document.problem import Problem
from batch_processor.document.s3_uri import S3Uri

# What CloudFormation puts behind stack and logical id in the names that it makes up.
_DRAWN = "[A-Za-z0-9]{12,13}"
# An output's name has that of its batch, 80 characters of up to four bytes, a time and an ending.
_MOST_PREFIX_BYTES = 600
# A prefix in no bucket at all.
_ELSEWHERE = S3Uri("", "")


@dataclass(frozen=True, slots=True)
class Permissions:
    """Lists of names and buckets with `*`, separated by commas; an empty one allows nothing but what the stack has itself.

    The account and Region of the batch machine are the stack's own. The fields have the names of the variables that the
    template gives ValidateInput.
    """

    agent_name_pattern: str
    tool_name_pattern: str
    topic_name_pattern: str
    input_bucket_pattern: str
    output_bucket_pattern: str
    batch_machine_arn: str
    row_batch_machine_arn: str
    stack_name: str
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

    def is_own_machine(self, arn: str) -> bool:
        """Whether the ARN, of a version or alias maybe, is that of one of the stack's own state machines.

        Or of any stack's row batch machine, which takes plans: another environment's is nobody's agent either.
        """
        any_environment = self.row_batch_machine_arn.rpartition("-")[0] + "-"
        return _unqualified(arn) == self.batch_machine_arn or arn.startswith(any_environment)

    def may_run(self, machine_arn: str) -> bool:
        """Whether the machine, or a version or alias of it, may be run as an agent."""
        home = self._home("states", "stateMachine:")
        return self._may_call(machine_arn, home, self.agent_name_pattern) and not self.is_own_machine(machine_arn)

    def _target_problems(self, target: Target) -> Iterator[Problem]:
        if not target.arn:
            return
        parameter, home, patterns = (
            ("AgentNamePattern", self._home("states", "stateMachine:"), self.agent_name_pattern)
            if target.is_state_machine
            else ("ToolNamePattern", self._home("lambda", "function:"), self.tool_name_pattern)
        )
        if self.is_own_machine(target.arn) or self._is_own_function(target.arn):
            yield Problem(
                "/target",
                f"{target.arn} is a part of the batch processor, which no batch calls, whatever {parameter} allows: a batch "
                "would run itself, or do by it what its author may not; name another target",
            )
        elif not self._may_call(target.arn, home, patterns):
            allowed = _alternatives(home + name for name in _names(patterns))
            yield Problem("/target", f"the stack may not use {target.arn}; {parameter} allows {allowed}")

    def _csv_problems(self, csv: S3Uri, output_prefix: S3Uri | None) -> Iterator[Problem]:
        output_stays = output_prefix is None or output_prefix.bucket == self.data_bucket
        if csv.bucket != self.data_bucket:
            if not _matches(csv.bucket, self.input_bucket_pattern):
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
            if not _matches(prefix.bucket, self.output_bucket_pattern):
                where = _bucket(prefix.bucket, "write to", "OutputBucketPattern", self.output_bucket_pattern)
                yield Problem("/output_s3_prefix", where)
        elif refusal := output_refusal(prefix):
            yield Problem("/output_s3_prefix", refusal)

    def _topic_problems(self, topic: str | None) -> Iterator[Problem]:
        home = self._home("sns", "")
        if not topic or topic == self.topic_arn:
            return
        if not (topic.startswith(home) and _matches(topic.removeprefix(home), self.topic_name_pattern)):
            allowed = (
                _alternatives(home + name for name in _names(self.topic_name_pattern)) or "only the stack's own topic"
            )
            yield Problem(
                "/notification_config/sns_topic_arn",
                f"the stack may not publish to {topic}; TopicNamePattern allows {allowed}",
            )

    def _home(self, service: str, kind: str) -> str:
        """What the ARNs of a service's resources of the stack's own account and Region begin with."""
        arn, partition, _, region, account, *_ = self.batch_machine_arn.split(":")
        return f"{arn}:{partition}:{service}:{region}:{account}:{kind}"

    def _may_call(self, arn: str, home: str, patterns: str) -> bool:
        return arn.startswith(home) and _matches(_unqualified(arn).removeprefix(home), patterns)

    def _is_own_function(self, arn: str) -> bool:
        """Whether the function has a name that CloudFormation made up in this stack; IAM denies those by their exact ARNs."""
        home = self._home("lambda", "function:")
        made_up = rf"{re.escape(home + self.stack_name)}-[A-Za-z]+-{_DRAWN}"
        return re.fullmatch(made_up, _unqualified(arn)) is not None


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


def _unqualified(arn: str) -> str:
    """The ARN of a state machine or function without a version or alias."""
    return ":".join(arn.split(":")[:7])


def _bucket(bucket: str, use: str, parameter: str, patterns: str) -> str:
    allowed = _alternatives(_names(patterns)) or "only the stack’s own bucket"
    return f"the stack may not {use} the bucket {bucket}; {parameter} allows {allowed}"


def _names(patterns: str) -> list[str]:
    """The names in a list, in which a comma at the end is none."""
    return [name for name in patterns.split(",") if name]


def _alternatives(patterns: Iterable[str]) -> str:
    return " or ".join(patterns)


def _matches(text: str, patterns: str) -> bool:
    return any(re.match(translate(name), text) for name in _names(patterns))

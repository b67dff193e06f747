"""A deployed stack as operations need to know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from batch_processor.errors import BatchProcessorError

_OUTPUTS = {
    "machine_arn": "StateMachineArn",
    "row_batch_machine_arn": "RowBatchStateMachineArn",
    "data_bucket": "BucketName",
    "results_table": "ResultsTableName",
    "batches_table": "BatchesTableName",
    "agent_registry": "AgentRegistryName",
    "tool_registry": "ToolRegistryName",
    "template_registry": "TemplateRegistryName",
    "schema_registry": "SchemaRegistryName",
    "dead_letter_queue_url": "DeadLetterQueueUrl",
    "undelivered_event_queue_url": "UndeliveredEventQueueUrl",
    "confirm_rows": "ConfirmRows",
    "confirm_usd": "ConfirmUsd",
}
# What a stack need not have.
_OPTIONAL = {"reading_function": "ReadBatchesFunctionArn"}


@dataclass(frozen=True, slots=True)
class Deployment:
    """The parts of a stack that hold what batches leave; `reading_function` counts the rows of large CSVs, if there is one.

    Of more rows than `confirm_rows`, or more estimated US dollars than `confirm_usd`, whoever starts a batch is asked first.
    """

    machine_arn: str
    row_batch_machine_arn: str
    data_bucket: str
    results_table: str
    batches_table: str
    agent_registry: str
    tool_registry: str
    template_registry: str
    schema_registry: str
    dead_letter_queue_url: str
    undelivered_event_queue_url: str
    confirm_rows: int = 1000
    confirm_usd: float = 5.0
    reading_function: str = ""

    @classmethod
    def of(cls, outputs: Mapping[str, str]) -> Self:
        """From the stack's outputs; BatchProcessorError names those that are not there."""
        if missing := [output for output in _OUTPUTS.values() if output not in outputs]:
            raise BatchProcessorError(
                f"There is no output {', '.join(missing)}. Name the batch processor's stack with --stack, or type what "
                "`batchctl local` prints; a stack of an older build has to be deployed anew."
            )
        known = {**_OUTPUTS, **{name: output for name, output in _OPTIONAL.items() if output in outputs}}
        texts = {name: outputs[output] for name, output in known.items()}
        limits = {"confirm_rows": int(texts.pop("confirm_rows")), "confirm_usd": float(texts.pop("confirm_usd"))}
        return cls(**texts, **limits)  # type: ignore[arg-type]

    def execution_arn(self, batch: str) -> str:
        """The ARN of the batch of that name."""
        return f"{self.machine_arn.replace(':stateMachine:', ':execution:')}:{batch}"

"""Runs small batches on the embedded AWS and counts what each of them used."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

from batch_processor.contract import Tier
from batchctl.demo.job import EXAMPLES
from batchctl.local.emulator.process import Emulator
from batchctl.local.stack import LocalStack
from batchctl.registry.seed import seed
from benchmarks import sample_csv
from benchmarks.express_counts import with_children
from benchmarks.histories import HistoryReader, Usage, own_functions
from benchmarks.report import say
from benchmarks.request_counter import RequestCounter
from tests.batch_run import BatchRun

EXAMPLE_OF = {"tool": "contacts", "agent": "tickets", "Express agent": "tickets"}
_TARGETS = {"Express agent": {"type": "agent", "name": "ticket_triage_express"}}


class Mode(NamedTuple):
    """A kind of batch whose cost is told apart."""

    target: str
    map_mode: str
    storage: str
    tier: Tier = "standard"

    @property
    def is_distributed(self) -> bool:
        return self.map_mode == "distributed"

    @property
    def kind(self) -> Literal["tool", "agent"]:
        """What the target is called as."""
        return "tool" if self.target == "tool" else "agent"

    @property
    def title(self) -> str:
        if self.is_distributed:
            return f"{self.target}, distributed, {self.tier.title()}"
        return f"{self.target}, inline, {self.storage}"


MODES = (
    *(
        Mode(target, map_mode, storage)
        for target in ("tool", "agent")
        for map_mode, storage in (("inline", "inline"), ("inline", "dynamodb"), ("distributed", "dynamodb"))
    ),
    Mode("tool", "distributed", "dynamodb", "express"),
    Mode("Express agent", "distributed", "dynamodb", "express"),
)


class Meter:
    """Runs batches one after the other and tells what each used; rows are all alike, and all succeed."""

    def __init__(self, stack: LocalStack, requests: RequestCounter) -> None:
        self._stack = stack
        self._requests = requests

    def run(self, mode: Mode, row_count: int, concurrency: int) -> Usage:
        """What one batch used."""
        self._requests.usage.clear()
        arn = self._stack.client("stepfunctions").start_execution(
            stateMachineArn=self._stack.outputs["StateMachineArn"],
            name=f"cost-{uuid.uuid4().hex}",
            input=json.dumps(self._config(mode, row_count, concurrency)),
        )["executionArn"]
        summary = BatchRun(self._stack, arn).wait()
        if summary["rows_succeeded"] != row_count:
            raise SystemExit(f"{mode.title}: {summary['rows_succeeded']} of {row_count} rows: {summary['errors']}")
        if mode.is_distributed and summary["execution_tier"] != mode.tier:
            raise SystemExit(f"{mode.title}: it ran in the other tier: {summary['execution_tier_reason']}")
        reader = HistoryReader(self._stack)
        reader.read(arn)
        usage = {**reader.usage, **self._requests.usage}
        if mode.tier == "express":
            usage = with_children(usage, summary, self._stack, concurrency)
        return usage

    def _config(self, mode: Mode, row_count: int, concurrency: int) -> dict[str, Any]:
        name = EXAMPLE_OF[mode.target]
        bucket, key = self._stack.outputs["BucketName"], f"inputs/{name}-{row_count}.csv"
        body = sample_csv.encoded(sample_csv.rows(EXAMPLES / f"{name}.csv", 1) * row_count)
        self._stack.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        config: dict[str, Any] = json.loads(self._stack.substituted((EXAMPLES / f"{name}.config.json").read_text()))
        execution = {"max_concurrency": concurrency, "timeout_seconds": 60}
        modes: dict[str, Any] = {"map_mode": mode.map_mode, "storage_mode": mode.storage}
        if mode.is_distributed:
            modes["execution_tier"] = mode.tier
            modes["target"] = {**_TARGETS.get(mode.target, config["target"]), "idempotent": mode.tier == "express"}
        return {**config, **modes, "csv_s3_uri": f"s3://{bucket}/{key}", "execution_config": execution}


@contextmanager
def meter() -> Iterator[Meter]:
    """A deployed stack whose functions reach AWS through a proxy that counts."""
    with (
        RequestCounter() as requests,
        LocalStack(emulator=Emulator(auth=True, also_called=[requests.host])) as stack,
    ):
        requests.forward_to(stack.environment["AWS_ENDPOINT_URL"])
        functions = stack.client("lambda")
        for arn in own_functions(stack):
            configured = functions.get_function_configuration(FunctionName=arn).get("Environment", {})
            variables = {**configured.get("Variables", {}), "AWS_ENDPOINT_URL": requests.url}
            functions.update_function_configuration(FunctionName=arn, Environment={"Variables": variables})
        seed(stack, say)  # the Express agent is known by its name alone
        yield Meter(stack, requests)

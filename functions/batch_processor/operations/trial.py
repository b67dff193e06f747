"""What a batch that has ended tells of one that is to come: a trial on the first rows, say."""

from dataclasses import dataclass

from batch_processor.batch import batches_table
from batch_processor.batch.batches_table import BatchRecord
from batch_processor.batch.names import batch_key
from batch_processor.errors import UnknownBatch
from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Trial:
    """The means of its rows: calls, input and output tokens, milliseconds, and how many of them failed."""

    name: str
    rows: int
    calls_per_row: float
    failure_rate: float
    tokens_per_row: tuple[float, float]
    mean_row_ms: float | None


def trial_of(text: str, target: str, deployment: Deployment) -> Trial:
    """The trial of that name; UnknownBatch if there is none, if it still runs, called nothing, or called another target."""
    arn = named_batch(text, deployment)
    record = batches_table.find(deployment.batches_table, batch_key(arn))
    if record is None:
        raise UnknownBatch(
            f"{text} is not in the batches table, so what it used is not known; run a trial with max_rows"
        )
    _refuse(record, target)
    usage = record["cost"]["usage"]
    unasked = record["rows_taken_over"] + record["rows_deduplicated"] + record["rows_from_cache"]
    # Of one that called for none, _refuse has said so. A duplicate may have failed as its first row did: less than all is left.
    rows = max(record["rows_succeeded"] + record["rows_failed"] - unasked, 1)
    return Trial(
        name=record["name"],
        rows=rows,
        calls_per_row=usage.get("target_call", 0) / rows,
        failure_rate=record["rows_failed"] / rows,
        tokens_per_row=(usage.get("input_tokens", 0) / rows, usage.get("output_tokens", 0) / rows),
        mean_row_ms=record.get("mean_row_ms"),
    )


def _refuse(record: BatchRecord, target: str) -> None:
    name = record["name"]
    if record["status"] == "RUNNING":
        raise UnknownBatch(f"{name} still runs; name it as trial once it has ended")
    if record.get("target") != target:
        raise UnknownBatch(
            f"{name} ran {record.get('target', 'no target')}, not {target}; name a batch of {target} as trial"
        )
    if not record.get("cost", {}).get("usage", {}).get("target_call"):
        raise UnknownBatch(f"{name} has called {target} for no row, so it tells nothing; name another batch as trial")

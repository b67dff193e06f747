"""Foresees what a batch will do: its plan is compiled as the batch would compile it, and its rows are read or estimated."""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from batch_processor.aws import s3
from batch_processor.batch import batches_table
from batch_processor.batch.names import batch_key, describe_batch
from batch_processor.config import named_batch, parse, request
from batch_processor.config.execution_input import merge_config
from batch_processor.contract import Loaded, Plan
from batch_processor.contract.results import time_text
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.csv_file.dialect import dialect_of
from batch_processor.csv_file.source import describe_source
from batch_processor.errors import BatchTooLarge, InvalidCsv
from batch_processor.loading.map_mode import inline_obstacle, only_inline
from batch_processor.loading.row_fitness import EMPTY_ROW, RowFitness
from batch_processor.loading.row_lines import RowLines, RowsFound
from batch_processor.loading.sizing import distributed_loaded, inline_loaded, most_line_bytes
from batch_processor.loading.tier import wants_express
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.registries import registries_of
from batch_processor.plan.compiling import Surroundings, compile_plan
from batch_processor.registry import compatibility
from batch_processor.registry.resolution import resolve
from batch_processor.resumption import lookup
from batch_processor.resumption.earlier_batch import execution_arn

# A CSV up to here is read as a whole, which takes a second or two; of a larger one the beginning tells of the rest.
_READ_BYTES = 20 * 1024 * 1024
_SAMPLE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that will run; `unfit` and `skipped` ones are not sent to the target."""

    found: RowsFound
    unfit: int = 0
    skipped: int = 0
    is_exact: bool = True
    taken_over: int = 0

    @property
    def count(self) -> int:
        return max(self.found.row_count - self.taken_over, 0)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A batch that is to come; `expected_ms` is how long a call takes, as registered."""

    plan: Plan
    loaded: Loaded
    rows: Rows
    is_resumed: bool
    expected_ms: int | None

    @property
    def row_batches(self) -> int:
        """How many, if the batch is distributed."""
        fan_out = self.loaded.get("fan_out")
        return math.ceil(self.rows.found.row_count / fan_out["batch_rows"]) if fan_out else 0


def foresee(config: Mapping[str, Any], deployment: Deployment) -> Foreseen:
    """What a batch of that configuration does; InvalidConfiguration, InvalidCsv or BatchTooLarge if it cannot be told."""
    now = time_text(datetime.now(UTC))
    batch = describe_batch({"id": deployment.execution_arn("estimate"), "name": "estimate", "started_at": now})
    given = merge_config(dict(config), s3.read)
    resumption = named_batch(given)
    document, earlier, _ = lookup.resolve(given, batch, deployment.data_bucket)
    resolved = resolve(request(document), registries_of(deployment))
    parsed = compatibility.completed(parse(document), resolved)
    csv = s3.pin(parsed.csv.bucket, parsed.csv.key)
    source = describe_source(csv.uri, csv, parsed.csv_format)
    plan = compile_plan(parsed, source.source, source.header, batch, Surroundings(deployment.data_bucket, ""))
    rows = _rows(plan, csv)
    if resumption and earlier and earlier.keeps_answers(now):
        rows = replace(rows, taken_over=_taken_over(rows.count, execution_arn(resumption, batch), deployment))
    return Foreseen(plan, _loaded(plan, rows.found), rows, resumption is not None, resolved.expected_ms)


def _taken_over(count: int, execution_arn: str, deployment: Deployment) -> int:
    """How many of the rows the earlier batch has surely answered; none if it is not in the table, which then says too little.

    Which ones it has answered nobody knows here: of fewer rows than it had, all that it has not may be among them.
    """
    record = batches_table.find(deployment.batches_table, batch_key(execution_arn))
    if record is None or "rows_total" not in record:
        return 0
    had = record["rows_total"]
    return max(min(count, had) - max(had - record["rows_succeeded"], 0), 0)


def _rows(plan: Plan, csv: s3.PinnedObject) -> Rows:
    is_whole = csv.size_bytes <= _READ_BYTES
    read_bytes = csv.size_bytes if is_whole else _SAMPLE_BYTES
    opened = CsvInput(lambda: csv.open(0, read_bytes), plan["source"]["encoding"], dialect_of(plan["source"]))
    lines = RowLines(opened, plan, RowFitness(plan, most_line_bytes(plan)))
    rows, line_bytes, unfit, skipped = 0, 0, 0, 0
    # What is cut off in the middle may be no CSV at its end.
    with suppress(*(() if is_whole else (InvalidCsv,))):
        for line, _ in lines:
            rows, line_bytes = rows + 1, line_bytes + len(line.encode()) + 1
            error = json.loads(line)["problem"]["error"] if '"row":{},"problem":' in line else None
            skipped, unfit = skipped + (error == EMPTY_ROW), unfit + (error not in (None, EMPTY_ROW))
    found = lines.found(line_bytes)
    if is_whole or rows == plan.get("max_rows"):
        return Rows(found, unfit, skipped)
    return _scaled(Rows(found, unfit, skipped, is_exact=False), csv.size_bytes / read_bytes, plan.get("max_rows"))


def _scaled(rows: Rows, factor: float, most: int | None) -> Rows:
    """The rows of the whole file; `max_rows` of them may be `most`."""
    count = rows.found.row_count
    wanted = min(round(count * factor), most or round(count * factor))
    factor = wanted / max(count, 1)
    found = replace(rows.found, row_count=wanted, line_bytes=round(rows.found.line_bytes * factor))
    return replace(
        rows,
        found=found,
        unfit=round(rows.unfit * factor),
        skipped=round(rows.skipped * factor),
        is_exact=wanted == most,
    )


def _loaded(plan: Plan, found: RowsFound) -> Loaded:
    """As LoadCSVData decides; BatchTooLarge where it would be."""
    if plan["map_mode"] != "distributed" and not wants_express(plan):
        if not inline_obstacle(plan, found):
            return inline_loaded(plan, found)
        if only_inline(plan):
            raise BatchTooLarge(f"{inline_obstacle(plan, found)}; map_mode auto or distributed would take them.")
    return distributed_loaded(plan, found)

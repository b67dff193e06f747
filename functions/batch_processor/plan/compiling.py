"""Compiles a configuration and the CSV's header into the plan, the only form in which later stages know them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from batch_processor.batch.own_bucket import OUTPUTS
from batch_processor.batch.work_folder import work_location
from batch_processor.config import BatchConfig, OutputColumn, Target
from batch_processor.config.output_format import RFC_4180
from batch_processor.contract import (
    Batch,
    Cache,
    Execution,
    Input,
    Notification,
    Output,
    Plan,
    Source,
    Storage,
)
from batch_processor.contract import OutputColumn as PlannedColumn
from batch_processor.contract import Target as PlannedTarget
from batch_processor.contract.number import CONTRACT
from batch_processor.csv_file.header import Header
from batch_processor.document.json_path import MISSING
from batch_processor.errors import BatchTooLarge
from batch_processor.limits import LONGEST_BATCH_DAYS, MOST_ITEMS
from batch_processor.plan.deployed_target import NOT_LOOKED_AT, Deployed
from batch_processor.resumption.fingerprint import answers_fingerprint, fingerprint

# With rows and answers in the same payloads, this leaves them at least half.
_LARGEST_PLAN_BYTES = 128 * 1024
# S3 takes 1,024 bytes; "outputs/" may come before, and ".partial.summary.json" in the place of ".csv".
_LONGEST_KEY_BYTES = 1024 - 25
# DynamoDB takes partition keys of 2,048 bytes; an execution's name has up to 80 characters.
_TARGET_CHARACTERS = 256
_TARGET_DIGITS = 32  # 128 bits
_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the stack offers a batch: where output goes by default, whom to tell, how many rows and days it may take."""

    data_bucket: str
    topic_arn: str
    most_rows: int = MOST_ITEMS
    most_days: int = LONGEST_BATCH_DAYS


def compile_plan(
    config: BatchConfig,
    source: Source,
    header: Header,
    batch: Batch,
    surroundings: Surroundings,
    deployed: Deployed = NOT_LOOKED_AT,
) -> Plan:
    """The plan of a configuration in which `header_problems` finds nothing; `deployed` is what its target is."""
    plan = Plan(
        contract=CONTRACT,
        batch=batch,
        source=source,
        target=_plan_target(config.target, deployed),
        input=_plan_input(config, header),
        output=_plan_output(config, source, batch, surroundings),
        work=work_location(surroundings.data_bucket, batch["key"]),
        map_mode=config.map_mode,
        storage=_plan_storage(config, batch),
        execution=_plan_execution(config),
        notification=_plan_notification(config, surroundings),
    )
    if config.max_rows is not None:
        plan["max_rows"] = config.max_rows
    if surroundings.most_rows < MOST_ITEMS:
        plan["most_rows"] = surroundings.most_rows
    if surroundings.most_days < LONGEST_BATCH_DAYS:
        plan["most_days"] = surroundings.most_days
    _plan_repetition(plan, config)
    plan["storage"]["fingerprint"] = fingerprint(plan)
    return plan


def refuse_large(plan: Plan) -> None:
    """BatchTooLarge if the plan itself would not fit the payloads that carry it along with a row's data."""
    size = len(json.dumps(plan, ensure_ascii=False).encode())
    if size > _LARGEST_PLAN_BYTES:
        raise BatchTooLarge(
            f"The plan takes {size:,} bytes, at most {_LARGEST_PLAN_BYTES:,} fit the payloads that carry it (Step Functions: "
            "256 KiB). Shorten the templates and constants, or map fewer columns."
        )


def _plan_target(target: Target, deployed: Deployed) -> PlannedTarget:
    planned = PlannedTarget(type=target.type, arn=target.arn, name=target.name, input_format=target.input_format)
    if deployed.revision:
        planned["revision"] = deployed.revision
    if target.version:
        planned["version"] = target.version
    if target.type == "tool" and target.runs == "state_machine":
        planned["runs"] = "state_machine"
    if target.price:
        planned["price"] = target.price
    if deployed.timeout_seconds:
        planned["timeout_seconds"] = deployed.timeout_seconds
    if deployed.is_express:
        planned["express"] = True
    if target.idempotent is not None:
        planned["idempotent"] = target.idempotent
    if target.deterministic is not None:
        planned["deterministic"] = target.deterministic
    return planned


def _plan_input(config: BatchConfig, header: Header) -> Input:
    fields = [f for f in config.fields if "value" not in f and all(map(header.has, _columns_of(f)))]
    positions = {column: header.locate(column) for field in fields for column in _columns_of(field)}
    required = [field["column"] for field in fields if field.get("required")]
    planned = Input(
        fields=[{name: part for name, part in field.items() if name != "required"} for field in fields],
        constants={field["field"]: field["value"] for field in config.fields if "value" in field},
        columns=positions,
        required=required,
    )
    if required or config.needs_a_cell:
        planned["needs_a_cell"] = True
    return planned


def _columns_of(field: Mapping[str, Any]) -> list[str]:
    if "column" in field:
        return [field["column"]]
    return [*field.get("columns", []), *(s["column"] for s in field.get("segments", []) if "column" in s)]


def _plan_output(config: BatchConfig, source: Source, batch: Batch, surroundings: Surroundings) -> Output:
    prefix = config.output_prefix
    started = datetime.fromisoformat(batch["started_at"])
    folder = OUTPUTS if prefix is None else prefix.key
    ending = f"-{started:%Y%m%dT%H%M%SZ}-{batch['name']}.csv"
    room = _LONGEST_KEY_BYTES - len(f"{folder}/{ending}".encode())
    name = PurePosixPath(source["uri"]).stem.encode()[:room].decode(errors="ignore") + ending
    planned = Output(
        columns=[_plan_column(column) for column in config.output.columns],
        include_original=config.output.include_original,
        add_metadata=config.output.add_metadata,
        escape_formulas=config.output.escape_formulas,
        bucket=prefix.bucket if prefix else surroundings.data_bucket,
        key=f"{folder}/{name}" if folder else name,
    )
    if config.output.csv != RFC_4180:
        planned["csv"] = config.output.csv.written(source["encoding"], source["delimiter"])
    if config.output.quote_errors:
        planned["quote_errors"] = True
    if config.output.schema is not None:
        planned["schema"] = config.output.schema
    if config.output.extraction:
        # Imported where it is used: most batches have no rules.
        from batch_processor.extraction.compiling import compile_rules

        planned["extraction"] = compile_rules(list(config.output.extraction))
    return planned


def _plan_column(column: OutputColumn) -> PlannedColumn:
    planned = PlannedColumn(name=column.name)
    if column.source != (column.name,):
        planned["source"] = list(column.source)
    if column.default is not MISSING:
        planned["default"] = column.default
    if column.type:
        planned["type"] = column.type
    if column.format:
        planned["format"] = column.format
    if column.legacy:
        planned["legacy"] = True
    return planned


def _plan_execution(config: BatchConfig) -> Execution:
    execution = config.execution
    planned = Execution(
        max_concurrency=execution.max_concurrency,
        timeout_seconds=execution.timeout_seconds,
        max_attempts=execution.max_attempts,
        backoff_rate=execution.backoff_rate,
        interval_seconds=execution.interval_seconds,
        max_delay_seconds=execution.max_delay_seconds,
        continue_on_error=execution.continue_on_error,
        log_level=execution.log_level,
    )
    if execution.tier != "auto":
        planned["tier"] = execution.tier
    return planned


def _plan_storage(config: BatchConfig, batch: Batch) -> Storage:
    target, mode = _short(config.target.name), config.storage.mode
    return Storage(
        # The whole batch is not to pay again for the answers of its trial.
        mode="dynamodb" if mode == "auto" and config.max_rows is not None else mode,
        batch_id=f"{target}#{batch['name']}",
        since=batch["started_at"],
        ttl_seconds=config.storage.ttl_days * _DAY_SECONDS,
        compress=config.storage.compress,
    )


def _plan_repetition(plan: Plan, config: BatchConfig) -> None:
    """Puts into the plan what is not to be asked twice: as configured, or else if the target answers the same input alike."""
    wanted, is_deterministic = config.repetition, bool(config.target.deterministic)
    if is_deterministic if wanted.deduplicate is None else wanted.deduplicate:
        plan["deduplicate"] = True
    if (is_deterministic if wanted.cache is None else wanted.cache) and config.storage.mode != "inline":
        plan["cache"] = Cache(
            scope=_scope(plan["output"]),
            made_by=answers_fingerprint(plan),
            max_age_seconds=wanted.cache_days * _DAY_SECONDS,
        )


def _scope(output: Output) -> str:
    """The folder of the outputs: who may read the answers there may get them for the same input here."""
    return f"{output['bucket']}/{output['key'].rpartition('/')[0]}"


def _short(target: str) -> str:
    """The target's name, or of a long one its beginning and a digest."""
    if len(target) <= _TARGET_CHARACTERS:
        return target
    return f"{target[:_TARGET_CHARACTERS]}-{hashlib.sha256(target.encode()).hexdigest()[:_TARGET_DIGITS]}"


def _plan_notification(config: BatchConfig, surroundings: Surroundings) -> Notification:
    notification = config.notification
    return Notification(
        success=notification.enabled and notification.success,
        failure=notification.enabled and notification.failure,
        topic_arn=notification.topic_arn or surroundings.topic_arn,
    )

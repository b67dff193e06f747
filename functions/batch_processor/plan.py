"""Compiles a configuration and the CSV's header into the plan, the only form in which later stages know them."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from batch_processor.config import METADATA_COLUMNS, BatchConfig, OutputColumn, Problem
from batch_processor.config.pointers import Pointers
from batch_processor.contract import Batch, Execution, Input, Notification, Output, Plan, Source
from batch_processor.contract import OutputColumn as PlannedColumn
from batch_processor.errors import InvalidConfiguration
from batch_processor.header import Header
from batch_processor.json_path import MISSING

# With "-<row>-<attempt>" behind it, the name of an agent's execution stays within 80 characters.
_KEY_NAME_CHARACTERS = 44
_KEY_DIGEST_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the stack offers a batch: where output goes by default, and whom to tell."""

    data_bucket: str
    topic_arn: str


def describe_batch(execution: Mapping[str, str]) -> Batch:
    """The batch of an execution {id, name, started_at}."""
    digest = hashlib.sha256(execution["id"].encode()).hexdigest()[:_KEY_DIGEST_CHARACTERS]
    key = f"{execution['name'][:_KEY_NAME_CHARACTERS]}-{digest}"
    return Batch(id=execution["id"], name=execution["name"], key=key, started_at=execution["started_at"])


def compile_plan(
    config: BatchConfig, source: Source, batch: Batch, surroundings: Surroundings, pointers: Pointers
) -> Plan:
    """The plan; InvalidConfiguration carries all that is wrong between the configuration and the header."""
    header = Header(tuple(source["header"]))
    problems = [*_mapping_problems(config, header, pointers), *_collisions(config, header, pointers)]
    if problems:
        raise InvalidConfiguration(problems)
    return Plan(
        batch=batch,
        source=source,
        target={
            "type": config.target.type,
            "arn": config.target.arn,
            "name": config.target.name,
            "input_format": config.target.input_format,
        },
        input=_plan_input(config, header),
        output=_plan_output(config, source, batch, surroundings),
        spill={"bucket": surroundings.data_bucket, "prefix": f"work/{batch['key']}/"},
        execution=_plan_execution(config),
        notification=_plan_notification(config, surroundings),
    )


def _mapping_problems(config: BatchConfig, header: Header, pointers: Pointers) -> Iterator[Problem]:
    for field in config.fields:
        for column in _columns_of(field):
            try:
                header.locate(column)
            except LookupError as exc:
                if field.get("required", True) or header.has(column):
                    yield Problem(pointers.fields[field["field"]], str(exc))


def _collisions(config: BatchConfig, header: Header, pointers: Pointers) -> Iterator[Problem]:
    if not config.output.include_original:
        return
    for column in config.output.columns:
        if column.name in header.names:
            yield Problem(
                pointers.columns[column.name],
                f"the CSV already has a column {column.name!r}, and an output column must not hide it; "
                "rename it in the CSV, take it from a path under 'columns' with another name, or set include_original to false",
            )
    for name in METADATA_COLUMNS:
        if name in header.names and (config.output.add_metadata or name == "_surplus_cells"):
            yield Problem(
                "/output_mapping",
                f"the CSV already has a column {name!r}, as the metadata columns have; "
                "rename it in the CSV, or set add_metadata or include_original to false",
            )


def _plan_input(config: BatchConfig, header: Header) -> Input:
    fields = [f for f in config.fields if "value" not in f and all(map(header.has, _columns_of(f)))]
    positions = {column: header.locate(column) for field in fields for column in _columns_of(field)}
    return Input(
        fields=[{name: part for name, part in field.items() if name != "required"} for field in fields],
        constants={field["field"]: field["value"] for field in config.fields if "value" in field},
        columns=positions,
        required=[field["column"] for field in fields if field.get("required")],
    )


def _columns_of(field: Mapping[str, Any]) -> list[str]:
    if "column" in field:
        return [field["column"]]
    return [*field.get("columns", []), *(s["column"] for s in field.get("segments", []) if "column" in s)]


def _plan_output(config: BatchConfig, source: Source, batch: Batch, surroundings: Surroundings) -> Output:
    prefix = config.output_prefix
    started = datetime.fromisoformat(batch["started_at"])
    name = f"{PurePosixPath(source['key']).stem}-{started:%Y%m%dT%H%M%SZ}-{batch['name']}.csv"
    folder = "outputs" if prefix is None else prefix.key
    return Output(
        columns=[_plan_column(column) for column in config.output.columns],
        include_original=config.output.include_original,
        add_metadata=config.output.add_metadata,
        escape_formulas=config.output.escape_formulas,
        bucket=prefix.bucket if prefix else surroundings.data_bucket,
        key=f"{folder}/{name}" if folder else name,
    )


def _plan_column(column: OutputColumn) -> PlannedColumn:
    planned = PlannedColumn(name=column.name, source=list(column.source))
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
    said = config.execution
    planned = Execution(
        max_concurrency=said.max_concurrency,
        timeout_seconds=said.timeout_seconds,
        backoff_rate=said.backoff_rate,
        interval_seconds=said.interval_seconds,
        max_delay_seconds=said.max_delay_seconds,
        continue_on_error=said.continue_on_error,
        log_level=said.log_level,
    )
    if said.max_attempts:
        planned["max_attempts"] = said.max_attempts
    return planned


def _plan_notification(config: BatchConfig, surroundings: Surroundings) -> Notification:
    said = config.notification
    return Notification(
        success=said.enabled and said.success,
        failure=said.enabled and said.failure,
        topic_arn=said.topic_arn or surroundings.topic_arn,
    )

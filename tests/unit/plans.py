"""A plan and a CSV in memory, for tests that care about a part of them."""

import copy
import io
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from batch_processor.contract import Loaded, Output, Plan, RowResult, RowStore
from batch_processor.contract.number import CONTRACT
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.csv_file.dialect import Dialect
from batch_processor.csv_file.header import Header
from batch_processor.deadline import deadline_of

PAD_ADDS = '; csv_format.ragged "pad" would add empty ones.'
NO_DEADLINE = deadline_of(None, "")
HEADER = Header(("name", "email"))
STARTED_AT = "2026-11-21T09:34:44.123Z"
PLAN: Plan = {
    "contract": CONTRACT,
    "batch": {
        "id": "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:night",
        "name": "night",
        "key": "night-1a2b3c4d",
        "origin_key": "night-1a2b3c4d",
        "started_at": STARTED_AT,
    },
    "source": {
        "uri": "s3://data/inputs/people.csv",
        "bucket": "data",
        "key": "inputs/people.csv",
        "etag": '"5d41402abc4b2a76b9719d911017c592"',
        "size_bytes": 27,
        "encoding": "utf-8",
        "delimiter": ",",
        "width": len(HEADER.names),
        "header_digest": HEADER.digest,
    },
    "target": {
        "type": "agent",
        "arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:triage",
        "name": "triage",
        "input_format": "structured",
    },
    "input": {
        "fields": [{"field": "contact", "column": "email"}],
        "constants": {},
        "columns": {"email": 1},
        "required": [],
    },
    "output": {
        "columns": [{"name": "category"}, {"name": "score"}],
        "include_original": True,
        "add_metadata": True,
        "escape_formulas": True,
        "bucket": "results",
        "key": "outputs/people-20261121T093444Z-night.csv",
    },
    "work": {"bucket": "data", "prefix": "work/night-1a2b3c4d/"},
    "map_mode": "auto",
    "storage": {
        "mode": "auto",
        "batch_id": "triage#night",
        "since": STARTED_AT,
        "ttl_seconds": 604_800,
        "compress": True,
    },
    "execution": {
        "max_concurrency": 10,
        "timeout_seconds": 300,
        "max_attempts": 3,
        "backoff_rate": 2.0,
        "interval_seconds": 2,
        "max_delay_seconds": 300,
        "continue_on_error": True,
        "log_level": "INFO",
    },
    "notification": {"success": True, "failure": True, "topic_arn": "arn:aws:sns:eu-west-1:123456789012:batches"},
}
STORE: RowStore = {
    "mode": "inline",
    "batch_id": "triage#night",
    "since": STARTED_AT,
    "as_of": STARTED_AT,
    "ttl_seconds": 604_800,
    "compress": True,
}


def make_plan(**sections: Any) -> Plan:
    """The plan with parts of its sections replaced: `make_plan(output={"add_metadata": False}, max_rows=3)`."""
    plan: Any = copy.deepcopy(PLAN)
    for name, given in sections.items():
        plan[name] = {**plan.get(name, {}), **given} if isinstance(given, dict) else given
    checked: Plan = plan
    return checked


def make_loaded(row_count: int, *, surplus_cells: bool = False, blank_lines: int = 0, **parts: Any) -> Loaded:
    """What loading so many rows found out, as an inline batch that keeps its results in the payload."""
    loaded: Any = {
        "row_count": row_count,
        "blank_lines": blank_lines,
        "surplus_cells": surplus_cells,
        "map_mode": "inline",
        "map_mode_reason": f"{row_count} rows fit one execution",
        "rows_at_once": 10,
        "row_batches_at_once": 1,
        "storage": STORE,
        "result_bytes": 1_000,
        "message_bytes": 500,
        **parts,
    }
    checked: Loaded = loaded
    return checked


def output_of(names: Sequence[str]) -> Output:
    """The plan's output, of these columns."""
    return {**PLAN["output"], "columns": [{"name": name} for name in names]}


def success(index: int, *cells: str) -> RowResult:
    """A row's result as the state machine has it."""
    return {"index": index, "status": "SUCCESS", "cells": list(cells), "at": "2026-11-21T09:35:00Z", "ms": 1200}


def failure(index: int, error: str, message: str, *, timeout: bool = False) -> RowResult:
    """A failed row's result as the state machine has it."""
    return {
        "index": index,
        "status": "TIMEOUT" if timeout else "FAILED",
        "error": error,
        "message": message,
        "at": "2026-11-21T09:35:01Z",
        "ms": 900,
    }


def csv_of(content: bytes | str, encoding: str = "utf-8", delimiter: str = ",", **dialect: Any) -> CsvInput:
    """A CSV in memory; text is written in the encoding. Nothing in it is doubted, unless the dialect says so."""
    dialect = {"quote_certain": True, "encoding_certain": True, **dialect}
    raw = content if isinstance(content, bytes) else content.encode(encoding)
    return CsvInput(lambda: io.BytesIO(raw), encoding, Dialect(delimiter, **dialect))  # type: ignore[arg-type, return-value]


def cells_of(csv_input: CsvInput) -> list[list[str]]:
    """All records' cells."""
    return [record.cells for record in csv_input.records()]


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]


def tables(encoding: str) -> st.SearchStrategy[list[list[str]]]:
    """Tables of a header and some rows, of whatever can be written in the encoding."""
    # Hypothesis tries every character there is for a codec that it does not know, which takes seconds for each.
    is_single_byte = encoding in ("cp1252", "latin-1")
    characters = bytes(range(256)).decode(encoding, "ignore") if is_single_byte else st.characters(codec="utf-8")
    cells = st.text(characters, max_size=8)
    return st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6)
    )

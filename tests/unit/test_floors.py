"""The house has floors: a package imports from those below its own. CONTRIBUTING.md says what stands where, and why."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "batch_processor"
HOUSE = ROOT / "functions" / PACKAGE

# From top to bottom. The packages of one floor know nothing of each other. What is still to come has its place already.
FLOORS = (
    ("handlers",),
    ("operations", "report"),
    ("plan",),
    ("map_run", "resumption"),
    ("output", "registry"),
    ("results", "config"),
    ("extraction", "loading"),
    ("batch", "csv_file"),
    ("aws", "contract", "deadline", "json_schema", "mustache"),
    ("cost", "document", "errors", "limits", "logs", "settings"),
)
LEVELS = {name: len(FLOORS) - number for number, floor in enumerate(FLOORS) for name in floor}
# Where calls of AWS are made: all else is pure.
TOUCHES_AWS = {
    "batch/batches_table",
    "batch/manifest",
    "batch/recording",
    "batch/uploaded_config",
    "csv_file/source",
    "extraction/stored_rules",
    "loading/row_files",
    "map_run/opening",
    "map_run/output",
    "map_run/result_files",
    "operations/analysis/origin",
    "operations/analysis/row_count",
    "operations/batch_name",
    "operations/conversation/keeping",
    "operations/erasure/conversations",
    "operations/dead_letters/answers",
    "operations/dead_letters/letters",
    "operations/erasure/copies",
    "operations/erasure/letters",
    "operations/erasure/listed_batch",
    "operations/erasure/objects",
    "operations/erasure/readiness",
    "operations/erasure/rows",
    "operations/erasure/traces",
    "operations/failures/output_rows",
    "operations/failures/stored_failures",
    "operations/failures/stored_rows",
    "operations/foreseen",
    "operations/running/confirmation",
    "operations/running/control",
    "operations/running/execution",
    "operations/running/known_batch",
    "operations/running/listing",
    "operations/running/outcome",
    "operations/running/request",
    "operations/running/row_batches",

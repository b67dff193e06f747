"""Writes the configuration of a match: what is sent, what is asked for, and how the CSV is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from batch_processor.contract import METADATA_COLUMNS
from batch_processor.csv_file.column_names import shown_name
from batch_processor.operations.agents.targets import Target
from batch_processor.operations.analysis.origin import is_local
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.matching.evidence import fits_as_value
from batch_processor.operations.matching.scoring import Candidate

_WHOLE = "$"


@dataclass(frozen=True)
class Wanted:
    """What a configuration is made of: the CSV, who gets the rows, what they get, and which fields of the answers are wanted."""

    csv_uri: str
    target: Target
    pairs: Sequence[Candidate]
    outputs: Sequence[str]
    csv_format: dict[str, Any]


def config_document(wanted: Wanted, columns: Sequence[str], deployment: Deployment) -> tuple[dict[str, Any], list[str]]:
    """The configuration, and what to know about it, in sentences."""
    inputs, warnings = _input_mapping(wanted.pairs)
    outputs, renamed = _output_mapping(wanted, columns)
    document: dict[str, Any] = {
        "csv_s3_uri": _csv_uri(wanted.csv_uri, deployment),
        "target": {"type": wanted.target.entry.kind, "name": wanted.target.name},
        "input_mapping": inputs,
    }
    if outputs:
        document["output_mapping"] = outputs
    if wanted.csv_format:
        document["csv_format"] = wanted.csv_format
    return document, [*warnings, *renamed]


def _csv_uri(uri: str, deployment: Deployment) -> str:
    """Where the CSV is, or where a local one would be uploaded to."""
    return f"s3://{deployment.data_bucket}/inputs/{PurePath(uri).name}" if is_local(uri) else uri


def _input_mapping(pairs: Sequence[Candidate]) -> tuple[dict[str, Any], list[str]]:
    """Cells as text, but for those that are values of the field's type: numbers arrive as numbers, JSON as what it is."""
    texts, values, warnings = dict[str, str](), dict[str, Any](), list[str]()
    for pair in pairs:
        column, field = pair.column.name, pair.field
        if fits_as_value(pair.column.profile, field):
            values[field.name] = {"type": "jsonpath", "config": {"column": column, "path": _WHOLE}}
            continue
        texts[column] = field.name
        if field.types and "string" not in field.types:
            warnings.append(
                f"{shown_name(column)} is sent to {shown_name(field.name)} as text, though that takes "
                f"{' or '.join(sorted(field.types))}: not all of its cells are written so"
            )
    mapping = {"column_mappings": texts, "transformations": values}
    return {key: value for key, value in mapping.items() if value}, warnings


def _output_mapping(wanted: Wanted, columns: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """The fields of the answers; one that is called as a column of the CSV gets another name."""
    taken = {*columns, *METADATA_COLUMNS}
    plain = [name for name in wanted.outputs if name not in taken]
    renamed, warnings = list[dict[str, str]](), list[str]()
    for name in wanted.outputs:
        if name in taken:
            other = _free_name(f"{wanted.target.name}_{name}", taken | {*wanted.outputs})
            taken.add(other)
            renamed.append({"name": other, "source": f"$.structured_output[{_quoted(name)}]"})
            warnings.append(
                f"the CSV has a column {shown_name(name)}, so that of the answer is called {shown_name(other)}"
            )
    mapping = {"structured_output_fields": plain, "columns": renamed}
    return {key: value for key, value in mapping.items() if value}, warnings


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

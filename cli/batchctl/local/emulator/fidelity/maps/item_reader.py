"""The items of a Distributed Map: from the state's input, or from an object or a listing in S3.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html. Lines are parsed when their turn
comes, so that a large data set costs its text and no more. AWS's CSV reader takes a backslash for an escape and
drops surplus fields. Not here: PARQUET, and manifests.
"""

import csv
import io
import itertools
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from ministack.services import s3, stepfunctions

from batchctl.local.emulator.fidelity.expressions import templates
from batchctl.local.emulator.fidelity.tasks import role_policies

FAILED = "States.ItemReaderFailed"
_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}

State = dict[str, Any]


class Items(NamedTuple):
    """A Map's items: how many there are, their values one by one, and what the context object calls their source."""

    total: int
    values: Iterator[Any]
    source: str = "STATE_DATA"


def read(state: State, data: Any, execution: dict[str, Any], context: dict[str, Any]) -> Items:
    """The items of a Map state."""
    if "ItemReader" not in state:
        values = _items(state, data, context)
        return Items(len(values), iter(values))
    reader = templates.field(state, "ItemReader", data, context)
    arguments, config = reader.get("Arguments", {}), {"InputType": "JSON", **reader.get("ReaderConfig", {})}
    items = _listing(reader, arguments, config, execution) if "Key" not in arguments else None
    items = items or _object(arguments, config, execution)
    maximum = config.get("MaxItems")
    if maximum is None:
        return items
    return Items(min(items.total, int(maximum)), itertools.islice(items.values, int(maximum)), items.source)


def _items(state: State, data: Any, context: dict[str, Any]) -> list[Any]:
    if "Items" in state:
        items: list[Any] = stepfunctions._jsonata_state_field(state, "Items", "array", data, context)
        return items
    return data if isinstance(data, list) else [data]


def _listing(reader: State, arguments: State, config: State, execution: dict[str, Any]) -> Items:
    role_policies.check_action(execution, "s3:ListBucket", f"arn:aws:s3:::{arguments['Bucket']}", FAILED)
    listing = {"Resource": reader["Resource"], "Arguments": arguments, "ReaderConfig": config}
    values = stepfunctions._read_map_items(listing, {}, {})
    return Items(len(values), iter(values), f"S3://{arguments['Bucket']}")


def _object(arguments: State, config: State, execution: dict[str, Any]) -> Items:
    bucket, key = arguments["Bucket"], arguments["Key"]
    role_policies.check_action(execution, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}", FAILED)
    version = {"versionId": arguments["VersionId"]} if "VersionId" in arguments else {}
    status, _, body = s3._get_object(bucket, key, {}, version)
    if status != 200:
        raise _failure(f"The object {key} of the bucket {bucket} could not be read (Status Code: {status})")
    try:
        items = _parse(bytes(body), config)
    except (ValueError, KeyError) as exc:
        raise _failure(f"The object {key} of the bucket {bucket} is no {config['InputType']}: {exc}") from exc
    return items._replace(source=f"S3://{bucket}/{key}")


def _parse(body: bytes, config: State) -> Items:
    kind = config["InputType"]
    if kind == "JSONL":
        lines = [line for line in body.split(b"\n") if line.strip()]
        return Items(len(lines), _parsed_lines(lines))
    text = body.decode("utf-8-sig")
    if kind == "CSV":
        rows = _csv_rows(text, config)
    elif kind == "JSON":
        rows = stepfunctions._parse_reader_items(text, config)
    else:
        raise _failure(f"The emulated AWS reads no {kind}")
    if not isinstance(rows, list):
        raise _failure("Attempting to map over non-iterable node.")
    return Items(len(rows), iter(rows))


def _parsed_lines(lines: list[bytes]) -> Iterator[Any]:
    for number, line in enumerate(lines, start=1):
        try:
            yield json.loads(line)
        except ValueError as exc:
            raise _failure(f"Line {number} is no JSON: {exc}") from exc


def _csv_rows(text: str, config: State) -> list[dict[str, str]]:
    delimiter = _DELIMITERS[config.get("CSVDelimiter", "COMMA")]
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, escapechar="\\") if row]
    header = config["CSVHeaders"] if config.get("CSVHeaderLocation") == "GIVEN" else rows.pop(0)
    return [dict(itertools.zip_longest(header, row[: len(header)], fillvalue="")) for row in rows]


def _failure(cause: str) -> Exception:
    error: Exception = stepfunctions._ExecutionError(FAILED, cause)
    return error

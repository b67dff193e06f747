"""Results of a Map Run in the account, and the CSV that json_to_csv makes of them."""

import csv
import io
from typing import Any

import pytest

from batch_processor.errors import InvalidConfiguration
from batch_processor.handlers.json_to_csv import handle
from tests.functional.account import DATA, RESULTS, get, put
from tests.unit import map_runs
from tests.unit.map_runs import answer, failed, pending, succeeded, ticket, transformed

FOLDER = f"map-results/{map_runs.RUN}"
MANIFEST = f"s3://{DATA}/{FOLDER}/manifest.json"
MAPPING = {"structured_output_fields": ["category", "score"]}
CHILD_INPUT = {"index": "$.index", "row": "$.row"}
CSV = b'id,text\r\n000,ticket 0\r\n001,"ticket 1"\r\n002,ticket 2\r\n003,ticket 3\r\n'
JOINED = {"csv_s3_uri": f"s3://{DATA}/inputs/tickets.csv", "child_input": {"index": "$.index"}}
STAMP = "2026-09-23T22:58:20.564Z,1250"


def put_results(
    *,
    successes: list[Any] | None = None,
    failures: list[Any] | None = None,
    waiting: list[Any] | None = None,
    kind: str = "JSON",
    folder: str = FOLDER,
    files: dict[str, list[tuple[str, int]]] | None = None,
) -> dict[str, list[tuple[str, int]]]:
    """Puts a file for each group that has any, and the manifest of these and of `files`; returns what it lists."""
    listed = {group: list(found) for group, found in (files or {}).items()}
    for group, values in (("SUCCEEDED", successes), ("FAILED", failures), ("PENDING", waiting)):
        if values is not None:
            body = map_runs.file_body(values, kind)
            key = f"{folder}/{group}_{len(listed.get(group, []))}.{kind.lower()}"
            put(key, body)
            listed.setdefault(group, []).append((key, len(body)))
    put(f"{folder}/manifest.json", map_runs.manifest_body(listed))
    return listed


def request(**keys: Any) -> dict[str, Any]:
    return {"results": MANIFEST, "output_mapping": MAPPING, "output_s3_prefix": f"s3://{RESULTS}/own/", **keys}


def output_of(summary: dict[str, Any]) -> str:
    bucket, _, key = summary["csv_location"].removeprefix("s3://").partition("/")
    return get(key, bucket).decode()


def convert(**keys: Any) -> str:
    return output_of(handle(request(**keys), None))


def table(**keys: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(convert(**keys), newline=""), strict=True))


def problems(**keys: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidConfiguration) as raised:
        handle(request(**keys), None)
    return [(problem.pointer, problem.message) for problem in raised.value.problems]


def put_tickets(transformation: str = "NONE", kind: str = "JSON") -> None:
    """A Map Run of four tickets: the last and the first succeeded, one failed, one was not started."""
    put("inputs/tickets.csv", CSV)
    put_results(
        successes=transformed([succeeded(ticket(3), answer(3)), succeeded(ticket(0), answer(0))], transformation),
        failures=[failed(ticket(1), "Busy", "no capacity")],
        waiting=[pending(ticket(2))],
        kind=kind,
    )

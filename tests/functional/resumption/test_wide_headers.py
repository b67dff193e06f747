"""A CSV of very many columns with long names, of which one is mapped: from its configuration to its output."""

import csv
import io
import json
from typing import Any

import pytest

from batch_processor.contract import Plan
from batch_processor.handlers import aggregate_results, load_csv_data
from tests.functional.account import get, put
from tests.functional.batches import as_json
from tests.functional.large_batches import table_of
from tests.functional.resumption.runs import end, load, problems, validate
from tests.unit.configs import make_document
from tests.unit.plans import success

pytestmark = pytest.mark.usefixtures("stack")

COLUMNS = [f"{n:05} {'long survey question? ' * 12}"[:250] for n in range(16_383)]
HEADER = ["email", *COLUMNS]
ROWS = [[f"{name}@x.org", *(["7"] * len(COLUMNS))] for name in ("ana", "bo", "cy")]
LARGEST_PLAN_BYTES = 4_000


def as_csv(*records: list[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return text.getvalue().encode()


def put_survey(*rows: list[str]) -> None:
    put("inputs/people.csv", as_csv(HEADER, *rows))


def finish(plan: Plan, *results: Any) -> list[list[str]]:
    """Loads and ends the batch; returns the output's cells."""
    loaded = load(plan)["loaded"]
    if loaded["map_mode"] == "distributed":
        part = {"plan": plan, "loaded": {**loaded, "row_batch": {"first": 1, "last": len(results)}}, "results": results}
        aggregate_results.handle(as_json(part), None)
    given = [] if loaded["map_mode"] == "distributed" else results
    aggregate_results.handle(as_json({"plan": plan, "loaded": loaded, "results": given}), None)
    return table_of(get(plan["output"]["key"]))


@pytest.mark.parametrize("mode", ["inline", "distributed"])
def test_batch_of_16384_columns_is_run(mode: str) -> None:
    put_survey(*ROWS)
    plan = validate("night", make_document(map_mode=mode))
    assert len(json.dumps(plan).encode()) < LARGEST_PLAN_BYTES
    header, *rows = finish(plan, *(success(index, "billing", str(index)) for index in (1, 2, 3)))
    assert header[: len(HEADER)] == HEADER
    assert header[len(HEADER) :][:3] == ["category", "score", "_status"]
    assert [row[: len(HEADER)] for row in rows] == ROWS
    assert [row[len(HEADER) :][:2] for row in rows] == [["billing", "1"], ["billing", "2"], ["billing", "3"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_delimiter_is_found_behind_a_header_that_is_longer_than_the_first_look(encoding: str) -> None:
    names = [f"{n:05} on the whole, all in all, and with regard to everything, how was it? " * 2 for n in range(8_000)]
    table = [["email", *names], ["ana@x.org", *(["1,5"] * len(names))], ["bo@x.org", *(["2"] * len(names))]]
    put("inputs/people.csv", "".join(";".join(record) + "\r\n" for record in table).encode(encoding))
    plan = validate("night", make_document())
    assert (plan["source"]["delimiter"], plan["source"]["width"]) == (";", 8_001)


def test_rows_are_held_against_the_width_of_the_header() -> None:
    put_survey(ROWS[0][:-1], [*ROWS[1], "one more"])
    plan = validate("night", make_document())
    rows = load_csv_data.handle(as_json({"plan": plan, "given": {}}), None)["rows"]
    assert [row["problem"]["message"].partition(" (guessed")[0] for row in rows] == [
        "Line 2 has 16383 cells, the header has 16384",
        "Line 3 has 16385 cells, the header has 16384",
    ]


def test_wide_batch_is_resumed_and_what_has_changed_is_told_by_column() -> None:
    put_survey(*ROWS)
    load(validate("night", make_document(storage_mode="dynamodb"), day=21))
    end("night", "FAILED")
    put("inputs/people.csv", as_csv([*HEADER[:-1], "another question"], *ROWS))
    told = problems("morning", {"resume_from": "night"})
    assert told["/csv_s3_uri"].startswith('column 16,384 of the CSV was "16382 long survey question? ')
    assert told["/csv_s3_uri"].endswith('…, now it is "another question"')
    put_survey(*ROWS)
    assert validate("morning", {"resume_from": "night"})["earlier"]["batch"] == "night"

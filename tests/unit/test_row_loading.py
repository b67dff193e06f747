import json
from typing import Any

import pytest

from batch_processor.contract import Loaded, LoadedRow, Plan
from batch_processor.errors import BatchTooLarge, InvalidCsv
from batch_processor.limits import LONGEST_BATCH_SECONDS, PAYLOAD_BYTES, attempts_that_fit, most_rows
from batch_processor.row_loading import load_rows
from tests.unit.plans import csv_of, make_plan

KIBIBYTE = 1024


def load(content: str, **sections: dict[str, Any]) -> tuple[list[LoadedRow], Loaded]:
    return load_with(content, make_plan(**sections))


def load_with(content: str, plan: Plan) -> tuple[list[LoadedRow], Loaded]:
    return load_rows(csv_of(content), plan)


def problem_of(row: LoadedRow) -> tuple[str, str]:
    assert row["row"] == {}
    return row["problem"]["error"], row["problem"]["message"]


def jsonpath_of(column: str, position: int) -> dict[str, Any]:
    return {"fields": [{"field": "id", "column": column, "path": ["id"]}], "columns": {column: position}}


def test_row_has_the_cells_in_use_and_its_number() -> None:
    rows, loaded = load("name,email\nAna,a@x.org\nBo,\n")
    assert rows == [{"index": 1, "row": {"email": "a@x.org"}}, {"index": 2, "row": {"email": ""}}]
    assert (loaded["row_count"], loaded["surplus_cells"], loaded["blank_lines"]) == (2, False, 0)


def test_header_alone_is_an_empty_batch() -> None:
    rows, loaded = load("name,email\n")
    assert rows == []
    assert loaded["row_count"] == 0
    assert loaded["result_bytes"] > 200 * KIBIBYTE


def test_blank_lines_are_counted() -> None:
    rows, loaded = load("name,email\n\nAna,a@x.org\n\n\n")
    assert [row["index"] for row in rows] == [1]
    assert loaded["blank_lines"] == 3


def test_row_with_too_few_cells_is_unfit() -> None:
    rows, loaded = load('name,email\n"An\na",a@x.org\nBo\nCy,c@x.org\n')
    assert problem_of(rows[1]) == ("RaggedRow", "Line 4 has 1 cells, the header has 2.")
    assert rows[2] == {"index": 3, "row": {"email": "c@x.org"}}
    assert loaded["surplus_cells"] is False


def test_row_with_too_many_cells_is_unfit_and_told_of() -> None:
    rows, loaded = load("name,email\nBo,b@x.org,1,2\n")
    assert problem_of(rows[0]) == ("RaggedRow", "Line 2 has 4 cells, the header has 2.")
    assert loaded["surplus_cells"] is True


def test_empty_cell_of_a_required_mapping_makes_the_row_unfit() -> None:
    rows, _ = load("name,email\nAna,\nBo,b@x.org\n", input={"required": ["email"]})
    assert problem_of(rows[0]) == (
        "RequiredCellEmpty",
        "Line 2, column 'email': the cell is empty, and its mapping says required.",
    )
    assert "problem" not in rows[1]


@pytest.mark.parametrize(
    "cell",
    ["{}", "[1]", "null", ' "x" ', "-1.5e308", "12345678901234567890123", '"\\ud83d\\ude00"', "[" * 100 + "]" * 100],
)
def test_json_cell_of_a_jsonpath_is_fit(cell: str) -> None:
    quoted = cell.replace('"', '""')
    rows, _ = load(f'name,email\nx,"{quoted}"\n', input=jsonpath_of("email", 1))
    assert rows == [{"index": 1, "row": {"email": cell}}]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "Expecting value: line 1 column 1 (char 0)"),
        ("{oops", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("NaN", "NaN is not JSON"),
        ("[-Infinity]", "-Infinity is not JSON"),
        ("[1e999]", "1e999 is larger than any number that Step Functions can carry"),
        ("9" * 400, "99999999999999999999 is larger than any number that Step Functions can carry"),
        ('"\\ud83d"', "'utf-8' codec can't encode character '\\ud83d' in position 1: surrogates not allowed"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 102 + "]" * 102, "nested deeper than 100 levels"),
        ('{"a":' * 102 + "1" + "}" * 102, "nested deeper than 100 levels"),
        ('[{"a":' * 51 + "1" + "}]" * 51, "nested deeper than 100 levels"),
    ],
)
def test_cell_of_a_jsonpath_that_is_no_json_makes_the_row_unfit(cell: str, reason: str) -> None:
    quoted = cell.replace('"', '""')
    rows, _ = load(f'name,email\nx,"{quoted}"\n', input=jsonpath_of("email", 1))
    assert problem_of(rows[0]) == (
        "InvalidJsonCell",
        f"Line 2, column 'email': expected JSON for a jsonpath, {reason}.",
    )


@pytest.mark.parametrize(
    ("fields", "uses"),
    [
        ([{"field": "f", "column": "email"}], 1),
        ([{"field": "f", "columns": ["name", "email"], "separator": " "}], 1),
        ([{"field": "f", "segments": [{"text": "Mail: "}, {"column": "email"}]}], 1),
        ([{"field": "f", "column": "name"}, *({"field": f"f{n}", "column": "email"} for n in range(2))], 2),
    ],
)
def test_row_whose_agent_input_is_too_large_is_unfit(fields: list[dict[str, Any]], uses: int) -> None:
    mapping = {"fields": fields, "columns": {"name": 0, "email": 1}}
    rows, _ = load(f"name,email\nx,{'y' * (198 * KIBIBYTE // uses)}\n", input=mapping)
    assert "problem" not in rows[0]
    rows, _ = load(f"name,email\nx,{'y' * (201 * KIBIBYTE // uses)}\n", input=mapping)
    error, message = problem_of(rows[0])
    assert error == "RowTooLarge"
    assert message.startswith("Line 2: its agent input takes up to 20")
    assert message.endswith(" bytes, at most 204,800 can be sent.")


def test_messages_format_has_its_prompt_twice() -> None:
    content = f"name,email\nx,{'y' * 101 * KIBIBYTE}\n"
    assert "problem" not in load(content)[0][0]
    (row,), _ = load(content, target={"input_format": "messages"})
    assert problem_of(row)[0] == "RowTooLarge"


def test_separators_and_constants_are_part_of_the_agent_input() -> None:
    joined = {"field": "f", "columns": ["name", "email"], "separator": "-" * 101 * KIBIBYTE}
    mapping = {"fields": [joined], "columns": {"name": 0, "email": 1}}
    (row,), _ = load("name,email\nx,y\n", input=mapping)
    assert problem_of(row)[0] == "RowTooLarge"


def test_unfit_row_ends_the_batch_where_errors_do() -> None:
    with pytest.raises(InvalidCsv) as caught:
        load("name,email\nAna,a@x.org\nBo\n", execution={"continue_on_error": False})
    assert str(caught.value) == (
        "Row 2: Line 3 has 1 cells, the header has 2. Nothing was run, as continue_on_error is false."
    )


def test_rows_beyond_a_payload_are_refused_with_the_limit() -> None:
    row = f"x,{'y' * KIBIBYTE}\n"
    assert len(load("name,email\n" + row * 230)[0]) == 230
    with pytest.raises(BatchTooLarge) as caught:
        load("name,email\n" + row * 300)
    assert str(caught.value).startswith("The mapped cells of the first 2")
    assert "an inline batch holds 258,048 (Step Functions: 256 KiB a payload)" in str(caught.value)
    assert str(caught.value).endswith("Split the file, or map fewer columns.")


def test_loaded_rows_fit_a_payload() -> None:
    rows, loaded = load("name,email\n" + "ü,ééééééééé\n" * 600)
    assert len(json.dumps({"rows": rows, "loaded": loaded}, ensure_ascii=False).encode()) < PAYLOAD_BYTES


def test_rows_that_leave_no_room_for_their_results_are_refused() -> None:
    plan = make_plan(input={"constants": {"guide": "x" * 250 * KIBIBYTE}})
    with pytest.raises(
        BatchTooLarge, match=r"^100 rows leave 0 bytes for the result of each; .* \(Step Functions: 256 KiB\)"
    ):
        load_with("name,email\n" + "x,\n" * 100, plan)


@pytest.mark.parametrize("target_type", ["agent", "tool"])
@pytest.mark.parametrize("configured", [1, 5])
def test_configured_attempts_are_kept_as_long_as_the_history_holds_them(target_type: str, configured: int) -> None:
    sections: dict[str, dict[str, Any]] = {"target": {"type": target_type}, "execution": {"max_attempts": configured}}
    most = most_rows(target_type, configured)
    assert load("name,email\n" + "x,\n" * most, **sections)[1]["max_attempts"] == configured
    with pytest.raises(BatchTooLarge) as caught:
        load("name,email\n" + "x,\n" * (most + 1), **sections)
    assert str(caught.value).startswith(
        f"{most + 1:,} rows with {configured} attempt(s) each could need more than the 25,000 history events"
    )
    assert f"holds {most:,} such rows" in str(caught.value)


def test_attempts_adapt_to_the_row_count_where_none_are_configured() -> None:
    attempts = {load("name,email\n" + "x,\n" * count)[1]["max_attempts"]: count for count in (10, 500, 900)}
    assert attempts == {attempts_that_fit("agent", count): count for count in (10, 500, 900)}
    assert sorted(attempts) == [1, 2, 3]


def test_more_rows_than_one_attempt_each_allows_are_refused() -> None:
    count = most_rows("agent", 1) + 1
    with pytest.raises(BatchTooLarge, match=rf"^{count:,} rows with 1 attempt\(s\) each"):
        load("name,email\n" + "x,\n" * count)


DAY = 24 * 3600


def lasting(seconds: int, *, at_a_time: int = 1, attempts: int = 1, delay: int = 0) -> dict[str, Any]:
    return {
        "timeout_seconds": seconds,
        "max_concurrency": at_a_time,
        "max_attempts": attempts,
        "max_delay_seconds": delay,
    }


def test_a_batch_may_take_30_days() -> None:
    assert LONGEST_BATCH_SECONDS == 30 * DAY


@pytest.mark.parametrize(
    ("row_count", "execution", "over"),
    [
        (1, lasting(30 * DAY), lasting(30 * DAY + 1)),
        (30, lasting(DAY), lasting(DAY + 1)),
        (30, lasting(DAY - 5, delay=5), lasting(DAY - 5, delay=6)),
        (10, lasting(DAY, attempts=3), lasting(DAY + 1, attempts=3)),
        (300, lasting(DAY, at_a_time=10), lasting(DAY, at_a_time=9)),
        (291, lasting(DAY, at_a_time=10), lasting(DAY + 1, at_a_time=10)),  # a round that is not full takes as long
    ],
)
def test_batch_that_could_outlast_its_execution_is_refused(
    row_count: int, execution: dict[str, Any], over: dict[str, Any]
) -> None:
    content = "name,email\n" + "x,\n" * row_count
    assert load(content, execution=execution)[1]["row_count"] == row_count
    with pytest.raises(BatchTooLarge):
        load(content, execution=over)


def test_batch_that_takes_too_long_is_told_with_what_would_help() -> None:
    with pytest.raises(BatchTooLarge) as caught:
        load("name,email\n" + "x,\n" * 100, execution=lasting(30 * DAY, at_a_time=40, attempts=2))
    assert str(caught.value) == (
        "100 rows, 40 at a time, 2 attempt(s) of up to 2,592,000 s each could take 180 days; a batch may take 30. "
        "Lower timeout_seconds, or raise max_concurrency."
    )


def test_attempts_that_were_not_configured_count_as_well() -> None:
    plan = make_plan(execution={"timeout_seconds": 11 * DAY, "max_delay_seconds": 0})
    assert load_with("name,email\n", plan)[1]["row_count"] == 0
    with pytest.raises(BatchTooLarge, match=r"^1 rows, 10 at a time, 3 attempt\(s\) of up to 950,400 s each"):
        load_with("name,email\nx,\n", plan)

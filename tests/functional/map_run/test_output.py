import json
from typing import Any

import pytest

from batch_processor.errors import BatchProcessorError
from batch_processor.handlers.json_to_csv import handle
from tests.functional.account import DATA, RESULTS, answering, get, keys, open_uploads, put
from tests.functional.map_results import (
    CHILD_INPUT,
    CSV,
    JOINED,
    MANIFEST,
    MAPPING,
    STAMP,
    convert,
    problems,
    put_results,
    put_tickets,
    request,
    table,
)
from tests.unit import map_runs
from tests.unit.map_runs import answer, succeeded, ticket


def test_original_cells_are_those_of_the_csv_to_the_byte() -> None:
    content = '\ufeffid;text;\n007;"a ""b"", \\n\n=SUM(1)";é\n"";;\n1;2;3;4;"5;"\n'
    put("inputs/tickets.csv", content.encode())
    put_results(successes=[succeeded(ticket(index), answer(index)) for index in (2, 1, 0)])
    assert convert(**JOINED).splitlines(keepends=True)[1:] == [
        '007,"a ""b"", \\n\n', f"=SUM(1)\",é,c0,0,SUCCESS,,{STAMP},\r\n",
        f",,,c1,10,SUCCESS,,{STAMP},\r\n",
        f'1,2,3,c2,20,SUCCESS,,{STAMP},"[""4"", ""5;""]"\r\n',
    ]  # fmt: skip


def test_generated_formulas_are_neutralised_and_originals_are_not() -> None:
    put_results(successes=[succeeded({"a": "=1"}, {"structured_output": {"category": "=2", "score": -3}})])
    assert table()[1][:3] == ["=1", "'=2", "-3"]


def test_summary_is_returned_and_lies_beside_the_csv() -> None:
    put_tickets()
    summary = handle(request(**JOINED), None)
    assert summary["csv_location"].startswith(f"s3://{RESULTS}/own/tickets-{map_runs.RUN}-")
    told = {key: summary[key] for key in ("status", "row_count", "rows_succeeded", "rows_failed", "rows_timed_out")}
    assert told == {
        "status": "COMPLETED_WITH_ERRORS", "row_count": 4, "rows_succeeded": 2, "rows_failed": 1, "rows_timed_out": 0,
    }  # fmt: skip
    assert (summary["map_run_arn"], summary["results"], summary["row_order"]) == (
        map_runs.MAP_RUN_ARN,
        MANIFEST,
        "index",
    )
    assert summary["source"]["uri"] == f"s3://{DATA}/inputs/tickets.csv"
    bucket, _, key = summary["summary_location"].removeprefix("s3://").partition("/")
    assert json.loads(get(key, bucket)) == summary


def test_output_goes_to_the_stacks_bucket_where_nothing_is_said() -> None:
    put_tickets()
    asked = request(child_input=CHILD_INPUT)
    del asked["output_s3_prefix"]
    assert handle(asked, None)["csv_location"].startswith(f"s3://{DATA}/outputs/own-map-{map_runs.RUN}-")


def test_repeated_request_comes_to_the_same_end() -> None:
    put_tickets()
    first, second = handle(request(**JOINED), None), handle(request(**JOINED), None)
    assert first["csv_location"] == second["csv_location"]
    assert len(keys(RESULTS)) == 2


def test_other_request_for_the_same_results_has_an_output_of_its_own() -> None:
    put_tickets()
    handle(request(**JOINED), None)
    rows = table(**JOINED, output_mapping={"structured_output_fields": ["score"]})
    assert rows[0][:3] == ["id", "text", "score"]
    assert len(keys(RESULTS)) == 4


def test_other_object_is_never_overwritten() -> None:
    put_tickets()
    key = handle(request(**JOINED), None)["csv_location"].removeprefix(f"s3://{RESULTS}/")
    put(key, b"theirs", RESULTS)
    with pytest.raises(BatchProcessorError, match="nothing is overwritten"):
        handle(request(**JOINED), None)
    assert get(key, RESULTS) == b"theirs"


def test_output_that_cannot_be_written_leaves_nothing() -> None:
    put_results(successes=[succeeded({"a": "x" * 200_000}, answer(1)) for _ in range(50)])
    with answering("UploadPart", 503, "SlowDown"), pytest.raises(BatchProcessorError):
        handle(request(), None)
    assert (keys(RESULTS), open_uploads(RESULTS)) == ([], [])


def test_results_of_many_parts_are_complete() -> None:
    put_results(successes=[succeeded({"a": "x" * 200_000, "n": str(index)}, answer(index)) for index in range(60)])
    rows = table()
    assert [row[1] for row in rows[1:]] == [str(index) for index in range(60)]
    assert {row[0] for row in rows[1:]} == {"x" * 200_000}
    assert open_uploads(RESULTS) == []


def test_refused_request_writes_nothing() -> None:
    put_tickets("COMPACT")
    problems(**JOINED)
    assert keys(RESULTS) == []


def test_output_is_written_as_the_csv_is() -> None:
    put_tickets()
    put("inputs/tickets.csv", CSV.replace(b",", b";").decode().encode("utf-8-sig"))
    mapping: dict[str, Any] = {**MAPPING, "csv_format": "as_input"}
    assert convert(**JOINED, output_mapping=mapping).startswith("\ufeffid;text;category;score;_status;")
    mapping["csv_format"] = {"delimiter": "pipe"}
    assert convert(**JOINED, output_mapping=mapping).startswith("id|text|category|score|_status|")


def test_output_as_a_csv_that_is_not_given_is_refused() -> None:
    put_tickets()
    told = "there is no csv_s3_uri whose format it could be; write it as an object {delimiter, bom}"
    mapping = {**MAPPING, "csv_format": "as_input"}
    assert problems(output_mapping=mapping) == [("/output_mapping/csv_format", told)]


def test_csv_of_very_many_columns_comes_out_whole() -> None:
    header = [f"{n:05} {'long survey question? ' * 11}" for n in range(16_384)]
    put("inputs/tickets.csv", "\n".join(",".join(record) for record in (header, ["7"] * len(header))).encode())
    put_results(successes=[succeeded(ticket(0), answer(0))])
    written = table(**JOINED)
    assert [record[: len(header)] for record in written] == [header, ["7"] * len(header)]
    assert [record[len(header) :][:2] for record in written] == [["category", "score"], ["c0", "0"]]

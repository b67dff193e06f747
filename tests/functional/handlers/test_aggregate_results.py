import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.aws.s3 import PART_BYTES
from batch_processor.batch import manifest
from batch_processor.batch.work_folder import header_key
from batch_processor.contract import Plan, RowResult
from batch_processor.errors import BatchProcessorError, RowCountMismatch, SourceUnavailable, StorageUnavailable
from batch_processor.handlers.aggregate_results import handle
from batch_processor.logs import logger
from batch_processor.results import spill
from tests.functional.account import DATA, RESULTS, answering, breaking_while_read, get, keys, open_uploads, put
from tests.functional.batches import as_json, put_batch
from tests.unit.plans import failure, make_loaded, success

CONTENT = "name,email\r\nAna,a@x.org\r\n007,\r\nÇa,ç@x.org\r\n".encode()
RESULTS_OF_ALL = [success(1, "billing", "3"), failure(2, "Busy", "no capacity"), success(3, "sales", "1")]


def event(plan: Plan, results: Sequence[RowResult] = RESULTS_OF_ALL, row_count: int = 3) -> dict[str, Any]:
    answer: dict[str, Any] = as_json({"plan": plan, "loaded": make_loaded(row_count), "results": results})
    return answer


def output_of(plan: Plan) -> bytes:
    return get(plan["output"]["key"], RESULTS)


def table_of(plan: Plan) -> list[list[str]]:
    return list(csv.reader(io.StringIO(output_of(plan).decode(), newline=""), strict=True))


def test_output_has_every_row_once_and_in_order() -> None:
    plan = put_batch(CONTENT)
    handle(event(plan, RESULTS_OF_ALL[::-1]), None)
    assert output_of(plan).decode() == (
        "name,email,category,score,_status,_error_message,_timestamp,_execution_time_ms\r\n"
        "Ana,a@x.org,billing,3,SUCCESS,,2026-11-21T09:35:00Z,1200\r\n"
        "007,,,,FAILED,Busy: no capacity,2026-11-21T09:35:01Z,900\r\n"
        "Ça,ç@x.org,sales,1,SUCCESS,,2026-11-21T09:35:00Z,1200\r\n"
    )


def test_summary_is_returned_and_lies_beside_the_csv() -> None:
    plan = put_batch(CONTENT)
    summary = handle(event(plan), None)
    assert summary["csv_location"] == f"s3://results/{plan['output']['key']}"
    assert (summary["status"], summary["row_count"], summary["rows_failed"]) == ("COMPLETED_WITH_ERRORS", 3, 1)
    assert summary["source"]["version_id"] == plan["source"]["version_id"]
    bucket, _, key = summary["summary_location"].removeprefix("s3://").partition("/")
    assert json.loads(get(key, bucket)) == summary
    assert (
        client("s3").head_object(Bucket=RESULTS, Key=plan["output"]["key"])["ContentType"] == "text/csv; charset=utf-8"
    )


def test_header_alone_gives_an_output_of_a_header() -> None:
    plan = put_batch(b"name,email\n")
    assert handle(event(plan, [], row_count=0), None)["status"] == "SUCCEEDED"
    assert len(table_of(plan)) == 1


def test_row_without_a_result_was_not_run() -> None:
    plan = put_batch(CONTENT)
    summary = handle(event(plan, RESULTS_OF_ALL[:1]), None)
    assert [row[4] for row in table_of(plan)[1:]] == ["SUCCESS", "NOT_RUN", "NOT_RUN"]
    assert (summary["rows_not_run"], summary["rows_failed"]) == (2, 0)


def test_spilled_answers_are_fetched() -> None:
    plan = put_batch(CONTENT)
    spill.put_cells(plan["work"], 3, ["x" * 300_000, "é"])
    spilled: RowResult = {"index": 3, "status": "SUCCESS", "spilled": True, "at": "2026-11-21T09:35:00Z", "ms": 5}
    summary = handle(event(plan, [*RESULTS_OF_ALL[:2], spilled]), None)
    assert table_of(plan)[3][2:5] == ["x" * 300_000, "é", "SUCCESS"]
    assert summary["rows_succeeded"] == 2


def test_spilled_answer_that_is_gone_is_no_output() -> None:
    plan = put_batch(CONTENT)
    with pytest.raises(SourceUnavailable, match=r"work/night-1a2b3c4d/answers/3\.json"):
        handle(event(plan, [{"index": 3, "status": "SUCCESS", "spilled": True}]), None)
    assert keys(RESULTS) == []


def test_original_cells_are_those_of_the_pinned_version() -> None:
    plan = put_batch(CONTENT)
    put("inputs/people.csv", b"name,email\nother,other\nother,other\nother,other\n")
    handle(event(plan), None)
    assert [row[0] for row in table_of(plan)] == ["name", "Ana", "007", "Ça"]


def test_csv_that_changed_is_no_output_where_there_are_no_versions() -> None:
    plan = put_batch(CONTENT, bucket=RESULTS)
    put("inputs/people.csv", CONTENT.replace(b"007", b"008"), RESULTS)
    with pytest.raises(SourceUnavailable, match="has changed since it was pinned"):
        handle(event(plan), None)
    assert keys(RESULTS) == ["inputs/people.csv"]


def test_other_rows_than_were_loaded_are_no_output() -> None:
    with pytest.raises(RowCountMismatch):
        handle(event(put_batch(CONTENT), row_count=4), None)
    assert keys(RESULTS) == []


def test_output_of_another_batch_is_never_overwritten() -> None:
    plan = put_batch(CONTENT)
    put(plan["output"]["key"], b"theirs", RESULTS)
    with pytest.raises(BatchProcessorError, match="nothing is overwritten"):
        handle(event(plan), None)
    assert output_of(plan) == b"theirs"
    assert keys(RESULTS) == [plan["output"]["key"]]


def test_repeated_invocation_returns_the_same_summary() -> None:
    plan = put_batch(CONTENT)
    assert handle(event(plan), None) == handle(event(plan), None)
    assert len(keys(RESULTS)) == 2


def large_batch() -> tuple[Plan, list[RowResult], int]:
    cell, row_count = "y" * 200_000, 60
    plan = put_batch(b"name,email\n" + f"x,{cell}\n".encode() * row_count)
    return plan, [success(index, "billing", str(index)) for index in range(1, row_count + 1)], row_count


def test_output_of_several_parts_is_complete() -> None:
    plan, results, row_count = large_batch()
    handle(event(plan, results, row_count), None)
    assert len(output_of(plan)) > PART_BYTES
    assert [row[3] for row in table_of(plan)[1:]] == [str(index) for index in range(1, row_count + 1)]
    assert open_uploads(RESULTS) == []


def test_output_that_cannot_be_completed_leaves_nothing() -> None:
    plan, results, row_count = large_batch()
    with answering("UploadPart", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        handle(event(plan, results, row_count), None)
    assert keys(RESULTS) == []
    assert open_uploads(RESULTS) == []


def test_error_after_the_first_part_leaves_nothing() -> None:
    plan, results, row_count = large_batch()
    with pytest.raises(RowCountMismatch):
        handle(event(plan, results, row_count + 1), None)
    assert keys(RESULTS) == []
    assert open_uploads(RESULTS) == []


def test_summary_that_cannot_be_written_is_written_by_the_next_attempt() -> None:
    plan = put_batch(CONTENT)
    handle(event(plan), None)
    written = output_of(plan)
    client("s3").delete_object(Bucket=RESULTS, Key=plan["output"]["key"].replace(".csv", ".summary.json"))
    with answering("PutObject", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        handle(event(plan), None)
    assert handle(event(plan), None)["row_count"] == 3
    assert len(keys(RESULTS)) == 2
    assert output_of(plan) == written


def test_connection_that_breaks_is_not_noticed() -> None:
    plan = put_batch(CONTENT)
    with breaking_while_read(times=3):
        assert handle(event(plan), None)["row_count"] == 3


def test_half_a_surrogate_pair_in_a_failure_does_not_cost_the_output() -> None:
    plan = put_batch(CONTENT)
    summary = handle(event(plan, [failure(1, "E", "cut \ud83d")]), None)
    assert json.dumps(summary, ensure_ascii=False).encode()
    assert table_of(plan)[1][5] == "E: cut \ufffd"


def test_no_cell_is_logged_above_debug(capsys: pytest.CaptureFixture[str]) -> None:
    written = io.StringIO()
    before = logger.registered_handler.setStream(written)  # type: ignore[attr-defined]
    try:
        handle(event(put_batch(CONTENT)), None)
    finally:
        logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    logged = written.getvalue() + capsys.readouterr().out
    assert '"batch":"night"' in logged
    assert "RowsProcessed" in logged
    assert not [cell for cell in ("a@x.org", "Ana", "billing", "no capacity") if cell in logged]


def test_data_bucket_is_only_read() -> None:
    plan = put_batch(CONTENT, storage={"mode": "inline"})
    before = keys(DATA)
    handle(event(plan), None)
    assert keys(DATA) == before


def test_trial_is_of_the_first_rows_only() -> None:
    plan = put_batch(CONTENT, max_rows=2)
    summary = handle(event(plan, RESULTS_OF_ALL[:2], row_count=2), None)
    assert [row[0] for row in table_of(plan)] == ["name", "Ana", "007"]
    assert (summary["row_count"], summary["max_rows"]) == (2, 2)


def test_trial_of_more_rows_than_there_are_is_of_all() -> None:
    plan = put_batch(CONTENT, max_rows=9)
    assert handle(event(plan), None)["row_count"] == 3


def test_plan_that_has_the_header_itself_needs_no_file_of_it() -> None:
    plan: Any = put_batch(CONTENT)
    header = manifest.read_header(plan)
    client("s3").delete_object(Bucket=DATA, Key=header_key(plan["work"]))
    with pytest.raises(SourceUnavailable, match=r"work/night-1a2b3c4d/header\.json: there is no such object"):
        handle(event(plan), None)
    assert keys(RESULTS) == []
    del plan["source"]["width"], plan["source"]["header_digest"]
    plan["source"]["header"] = header
    handle(event(plan), None)
    assert table_of(plan)[0][: len(header)] == header

import pytest

from batch_processor.aws.client import client
from batch_processor.errors import BatchProcessorError
from batch_processor.handlers.json_to_csv import handle
from tests.functional.account import DATA, breaking_while_read, keys, put
from tests.functional.map_results import (
    CHILD_INPUT,
    FOLDER,
    JOINED,
    output_of,
    problems,
    put_results,
    put_tickets,
    request,
    table,
)
from tests.unit import map_runs
from tests.unit.map_runs import answer, failed, succeeded, ticket, timed_out


def test_several_files_of_a_group_are_all_read() -> None:
    listed = put_results(successes=[succeeded(ticket(1), answer(1))], failures=[failed(ticket(3), "E", "c")])
    listed = put_results(successes=[succeeded(ticket(0), answer(0))], failures=[timed_out(ticket(2))], files=listed)
    assert len(listed["SUCCEEDED"]) == 2
    assert [row[0] for row in table(child_input=CHILD_INPUT)[1:]] == ["000", "001", "002", "003"]


def test_empty_map_run_gives_a_header() -> None:
    put_results()
    summary = handle(request(), None)
    assert output_of(summary) == "category,score,_status,_error_message,_timestamp,_execution_time_ms\r\n"
    assert (summary["status"], summary["row_count"]) == ("SUCCEEDED", 0)


def test_empty_files_give_no_rows() -> None:
    put_results(successes=[], failures=[], kind="JSON")
    assert len(table()) == 1
    put_results(successes=[], kind="JSONL", folder="other")
    assert len(table(results=f"s3://{DATA}/other/manifest.json")) == 1


def test_connection_that_breaks_is_not_noticed() -> None:
    put_tickets()
    with breaking_while_read(times=3) as broken:
        assert handle(request(**JOINED), None)["row_count"] == 4
    assert len(broken) == 3


def test_csv_without_a_header_is_refused() -> None:
    put_tickets()
    put("inputs/tickets.csv", b"")
    assert problems(**JOINED) == [
        ("/csv_s3_uri", "s3://data/inputs/tickets.csv is empty; the first line must be a header.")
    ]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"not json", b'{"MapRunArn": "x", "ResultFiles": {}}', b"\xff", b" " * (17 * 1024 * 1024)],
    ids=["nothing", "array", "object", "text", "no ARN", "no UTF-8", "too large"],
)
def test_object_that_is_no_manifest_is_refused(body: bytes) -> None:
    put(f"{FOLDER}/manifest.json", body)
    assert [(pointer, message[:33]) for pointer, message in problems()] == [
        ("/results", "it is no manifest of a Map Run, w")
    ]


def test_file_that_is_not_the_map_runs_any_more_is_refused() -> None:
    put_tickets()
    put(f"{FOLDER}/FAILED_0.json", b"[]")
    ((pointer, message),) = problems(**JOINED)
    assert pointer == "/results"
    assert "FAILED_0.json: it has 2 bytes, but" in message


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"[{}", "expected ',' or ']' at character 4"),
        (b"[{}}", "expected ',' or ']' at character 4"),
        (b"[{]", "expected a JSON value at character 3"),
        (b"{}", "expected '[' at character 1"),
        (b"[] []", "expected nothing behind the array at character 4"),
        (b"[NaN]", "NaN is not JSON"),
        (b'["\xff"]', "'utf-8' codec can't decode byte 0xff"),
        (b"", "expected '[' at character 1"),
    ],
)
def test_file_that_cannot_be_read_is_named_with_the_place(body: bytes, fault: str) -> None:
    put(f"{FOLDER}/SUCCEEDED_0.json", body)
    put(f"{FOLDER}/manifest.json", map_runs.manifest_body({"SUCCEEDED": [(f"{FOLDER}/SUCCEEDED_0.json", len(body))]}))
    ((pointer, message),) = problems()
    assert pointer == "/results"
    assert message.startswith(f"s3://{DATA}/{FOLDER}/SUCCEEDED_0.json: {fault}")


def test_file_of_failures_with_something_else_is_refused() -> None:
    put_results(failures=[{"category": "a"}])
    ((pointer, message),) = problems()
    assert pointer == "/results"
    assert "expected child executions in a file of FAILED ones, got an object" in message


def test_missing_result_file_is_named() -> None:
    put(f"{FOLDER}/manifest.json", map_runs.manifest_body({"SUCCEEDED": [(f"{FOLDER}/SUCCEEDED_0.json", 5)]}))
    with pytest.raises(BatchProcessorError, match=r"SUCCEEDED_0\.json: there is no such object"):
        handle(request(), None)


def test_results_are_only_read() -> None:
    put_tickets()
    before = keys(DATA)
    handle(request(**JOINED), None)
    assert keys(DATA) == before
    assert client("s3").get_object_tagging(Bucket=DATA, Key=f"{FOLDER}/manifest.json")["TagSet"] == []

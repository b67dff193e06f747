import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.errors import BatchProcessorError, InvalidConfiguration
from batch_processor.handlers.json_to_csv import handle
from batch_processor.logs import logger
from tests.functional.account import DATA, RESULTS, answering, breaking_while_read, get, keys, open_uploads, put
from tests.unit import map_runs
from tests.unit.map_runs import aborted, answer, batch, failed, pending, succeeded, ticket, timed_out, transformed

EVENTS = Path(__file__).parents[3] / "events"
FOLDER = f"map-results/{map_runs.RUN}"
MANIFEST = f"s3://{DATA}/{FOLDER}/manifest.json"
MAPPING = {"structured_output_fields": ["category", "score"]}
CHILD_INPUT = {"index": "$.index", "row": "$.row"}
CSV = b'id,text\r\n000,ticket 0\r\n001,"ticket 1"\r\n002,ticket 2\r\n003,ticket 3\r\n'
JOINED = {"csv_s3_uri": f"s3://{DATA}/inputs/tickets.csv", "child_input": {"index": "$.index"}}
FORMS = [(transformation, kind) for transformation in ("NONE", "COMPACT", "FLATTEN") for kind in ("JSON", "JSONL")]
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


@pytest.mark.parametrize(("transformation", "kind"), FORMS)
def test_every_form_of_results_becomes_the_csv_of_the_batch_processor(transformation: str, kind: str) -> None:
    put_tickets(transformation, kind)
    stamp = STAMP if transformation == "NONE" else ","
    assert convert(**JOINED, child_output={"index": "$.index"}) == (
        "id,text,category,score,_status,_error_message,_timestamp,_execution_time_ms\r\n"
        f"000,ticket 0,c0,0,SUCCESS,,{stamp}\r\n"
        f"001,ticket 1,,,FAILED,Busy: no capacity,{STAMP}\r\n"
        "002,ticket 2,,,FAILED,RowNotProcessed: The Map Run ended before it started this item.,,\r\n"
        f"003,ticket 3,c3,30,SUCCESS,,{stamp}\r\n"
    )


@pytest.mark.parametrize(("transformation", "kind"), FORMS)
def test_without_originals_every_form_gives_a_row_for_each_item(transformation: str, kind: str) -> None:
    put_tickets(transformation, kind)
    mapping = {**MAPPING, "include_original": False}
    assert [row[:3] for row in table(output_mapping=mapping)] == [
        ["category", "score", "_status"],
        ["c3", "30", "SUCCESS"],
        ["c0", "0", "SUCCESS"],
        ["", "", "FAILED"],
        ["", "", "FAILED"],
    ]


def test_without_csv_the_rows_are_those_of_the_inputs() -> None:
    put_tickets()
    assert [row[:3] for row in table(child_input={"row": "$.row"})] == [
        ["id", "text", "category"],
        ["003", "ticket 3", "c3"],
        ["000", "ticket 0", "c0"],
        ["001", "ticket 1", ""],
        ["002", "ticket 2", ""],
    ]


def test_without_csv_rows_go_by_index_where_that_is_known() -> None:
    put_tickets()
    assert [row[0] for row in table(child_input=CHILD_INPUT)] == ["id", "000", "001", "002", "003"]


def test_input_that_is_a_flat_object_is_the_row() -> None:
    given = {"blank": "", "id": "007", "text": '=1+1 "quoted", \\ and\r\nbroken', "n": 1.10, "yes": True, "none": None}
    record = succeeded(given, answer(1))
    record["Input"] = record["Input"].replace("1.1", "1.10")
    put_results(successes=[record])
    assert table()[1][:8] == ["", "007", '=1+1 "quoted", \\ and\r\nbroken', "1.10", "true", "", "c1", "10"]


def test_columns_of_inputs_that_differ_are_all_there() -> None:
    put_results(successes=[succeeded({"a": "1"}, answer(1)), succeeded({"b": "2", "a": "3"}, answer(2))])
    assert [row[:3] for row in table()] == [["a", "b", "category"], ["1", "", "c1"], ["3", "2", "c2"]]


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


def test_row_that_the_results_do_not_have_is_failed() -> None:
    put("inputs/tickets.csv", CSV)
    put_results(successes=[succeeded(ticket(2), answer(2))])
    summary = handle(request(**JOINED), None)
    assert [row[4:6] for row in list(csv.reader(io.StringIO(output_of(summary), newline="")))[1:]] == [
        ["FAILED", "RowNotProcessed: The Map Run has no result for this row."],
        ["FAILED", "RowNotProcessed: The Map Run has no result for this row."],
        ["SUCCESS", ""],
        ["FAILED", "RowNotProcessed: The Map Run has no result for this row."],
    ]
    assert summary["errors"] == [
        {"error": "RowNotProcessed", "message": "The Map Run has no result for this row.", "count": 3, "first_row": 1}
    ]


def test_failures_are_told_in_the_words_of_the_processor() -> None:
    nested = {"Cause": "no such user", "Error": "NotFound", "Status": "FAILED", "StopDate": 1790204286000}
    slow = {"Status": "TIMED_OUT", "StopDate": 1790204286000}
    python = json.dumps({"errorMessage": 'bad\n"input"', "errorType": "ValueError"})
    records = [
        failed(ticket(0), "States.TaskFailed", json.dumps(nested)),
        failed(ticket(1), "States.TaskFailed", json.dumps(slow)),
        failed(ticket(2), "ValueError", python),
        failed(ticket(3), "States.Timeout", ""),
        timed_out(ticket(4)),
        aborted(ticket(5), Cause="stopped by hand"),
        failed(ticket(6), "States.TaskFailed", json.dumps({"Status": "ABORTED", "StopDate": 1})),
    ]  # fmt: skip
    put_results(failures=records)
    assert [row[4:6] for row in table(child_input={"row": "$.row"})[1:]] == [
        ["FAILED", "NotFound: no such user"],
        ["TIMEOUT", "Execution timeout in the agent itself"],
        ["FAILED", "ValueError: bad 'input'"],
        ["TIMEOUT", "Execution timeout"],
        ["TIMEOUT", "Execution timeout"],
        ["FAILED", "Execution aborted: stopped by hand"],
        ["FAILED", "Execution aborted"],
    ]


def test_answer_without_structured_output_is_a_failed_row() -> None:
    put_results(successes=[succeeded({"a": "1"}, "sorry"), succeeded({"a": "2"}, {"structured_output": {}})])
    assert [row[4] for row in table()[1:]] == [
        (
            "StructuredOutputMissing: Agent did not return structured output: nothing at structured_output, "
            "Output.structured_output, content.structured_output, and content of a tool's answer; the answer has no fields, "
            "it is a string of 5 characters."
        ),
        "StructuredOutputInvalid: None of the configured fields is in the structured output; it has no fields.",
    ]


def test_answer_may_stand_anywhere_in_the_output() -> None:
    output = {
        "id": "1",
        "agent": {"ExecutionArn": "arn:…:execution:triage:1", "Output": answer(7), "Status": "SUCCEEDED"},
    }
    put_results(successes=[succeeded({"id": "1"}, output), succeeded({"id": "2"}, {})])
    rows = table(child_output={"answer": "$.agent"})
    assert [row[1] for row in rows[1:]] == ["c7", ""]
    assert rows[2][4] == "StructuredOutputMissing: The output has nothing at the path of child_output.answer."


def test_output_that_describes_an_agents_execution_is_no_child() -> None:
    described = {
        "ExecutionArn": "arn:aws:states:eu-west-1:123456789012:execution:triage:r-1",
        "Input": {"text": "a"}, "InputDetails": {"Included": True}, "Name": "r-1", "Output": answer(5),
        "OutputDetails": {"Included": True}, "StartDate": 1790204286000, "Status": "SUCCEEDED", "StopDate": 1790204286001,
    }  # fmt: skip
    put_results(successes=[described])
    assert table(output_mapping={**MAPPING, "include_original": False})[1] == ["c5", "50", "SUCCESS", "", "", ""]


@pytest.mark.parametrize("kind", ["JSON", "JSONL"])
@pytest.mark.parametrize("transformation", ["NONE", "COMPACT", "FLATTEN"])
def test_items_of_batches_are_rows(transformation: str, kind: str) -> None:
    put("inputs/tickets.csv", CSV)
    children = [
        succeeded(batch(ticket(2), ticket(3)), [answer(2), answer(3)]),
        succeeded(batch(ticket(0)), [answer(0)]),
    ]
    put_results(
        successes=transformed(children, transformation), failures=[failed(batch(ticket(1)), "E", "c")], kind=kind
    )
    rows = table(**JOINED, child_output={"index": "$.index"})
    assert [row[2] for row in rows[1:]] == ["c0", "", "c2", "c3"]
    # The time of a batch is not the time of a row.
    assert [row[7] for row in rows[1:]] == (
        ["1250", "1250", "", ""] if transformation == "NONE" else ["", "1250", "", ""]
    )


def test_answers_of_a_batch_are_its_items_in_their_order() -> None:
    put_results(
        successes=[
            succeeded(batch(ticket(1), ticket(0)), [answer(1), answer(0)]),
            succeeded(batch(ticket(2)), answer(2)),
        ]
    )
    assert [row[:3] for row in table(child_input=CHILD_INPUT)[1:]] == [
        ["000", "ticket 0", "c0"],
        ["001", "ticket 1", "c1"],
        ["002", "ticket 2", "c2"],
    ]


def test_batch_with_fewer_answers_than_items_is_not_guessed_at() -> None:
    put_results(successes=[succeeded(batch(ticket(0), ticket(1)), [answer(1)])])
    assert [row[4:6] for row in table(child_input=CHILD_INPUT)[1:]] == [
        ["FAILED", "OutputMismatch: The child's output has 1 answers for the 2 items of its batch."]
    ] * 2


def test_batch_with_fewer_answers_than_items_is_read_by_the_answers_own_index() -> None:
    put_results(successes=[succeeded(batch(ticket(0), ticket(1)), [answer(1)])])
    rows = table(
        child_input={"index": "$.index"},
        child_output={"index": "$.index"},
        output_mapping={**MAPPING, "include_original": False},
    )
    assert [row[:4] for row in rows[1:]] == [
        ["", "", "FAILED", "OutputMissing: The child succeeded, but its output has no answer for this item."],
        ["c1", "10", "SUCCESS", ""],
    ]


def test_batch_that_was_not_started_has_a_row_for_each_item() -> None:
    put_results(successes=[succeeded(ticket(2), answer(2))], waiting=[pending(batch(ticket(0), ticket(1)))])
    assert [row[4] for row in table(child_input=CHILD_INPUT)[1:]] == ["FAILED", "FAILED", "SUCCESS"]


def test_several_files_of_a_group_are_all_read() -> None:
    listed = put_results(successes=[succeeded(ticket(1), answer(1))], failures=[failed(ticket(3), "E", "c")])
    listed = put_results(successes=[succeeded(ticket(0), answer(0))], failures=[timed_out(ticket(2))], files=listed)
    assert len(listed["SUCCEEDED"]) == 2
    assert [row[0] for row in table(child_input=CHILD_INPUT)[1:]] == ["000", "001", "002", "003"]


def test_redriven_map_run_has_each_item_once() -> None:
    first = put_results(successes=[succeeded(ticket(0), answer(0))], failures=[failed(ticket(1), "E", "c")])
    put_results(
        successes=[succeeded(ticket(1), answer(1), RedriveCount=1)],
        folder=f"{FOLDER}/Redrive-1",
        files={"SUCCEEDED": first["SUCCEEDED"], "FAILED": first["FAILED"]},
    )
    rows = table(results=f"s3://{DATA}/{FOLDER}/Redrive-1/manifest.json", child_input=CHILD_INPUT)
    assert [row[2:5] + row[7:] for row in rows[1:]] == [["c0", "0", "SUCCESS", "1250"], ["c1", "10", "SUCCESS", ""]]


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


@pytest.mark.parametrize(
    "results",
    [
        MANIFEST,
        {"Bucket": DATA, "Key": f"{FOLDER}/manifest.json"},
        {"MapRunArn": map_runs.MAP_RUN_ARN, "ResultWriterDetails": {"Bucket": DATA, "Key": f"{FOLDER}/manifest.json"}},
    ],
    ids=["URI", "object", "the Map's own result"],
)
def test_results_may_be_named_in_three_ways(results: Any) -> None:
    put_tickets()
    assert handle(request(results=results, **JOINED), None)["row_count"] == 4


def test_summary_is_returned_and_lies_beside_the_csv() -> None:
    put_tickets()
    summary = handle(request(**JOINED), None)
    assert summary["csv_location"].startswith(f"s3://{RESULTS}/own/tickets-{map_runs.RUN}-")
    told = {key: summary[key] for key in ("status", "row_count", "rows_succeeded", "rows_failed", "rows_timed_out")}
    assert told == {
        "status": "COMPLETED_WITH_ERRORS", "row_count": 4, "rows_succeeded": 2, "rows_failed": 2, "rows_timed_out": 0,
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


def test_connection_that_breaks_is_not_noticed() -> None:
    put_tickets()
    with breaking_while_read(times=3) as broken:
        assert handle(request(**JOINED), None)["row_count"] == 4
    assert len(broken) == 3


def test_results_of_many_parts_are_complete() -> None:
    put_results(successes=[succeeded({"a": "x" * 200_000, "n": str(index)}, answer(index)) for index in range(60)])
    rows = table()
    assert [row[1] for row in rows[1:]] == [str(index) for index in range(60)]
    assert {row[0] for row in rows[1:]} == {"x" * 200_000}
    assert open_uploads(RESULTS) == []


SAMPLES = "batch-processor-local-samples"
SAMPLE_EVENTS = {
    "contacts": ("COMPLETED_WITH_ERRORS", 1, 1, 1),
    "compact_lines": ("SUCCEEDED", 3, 0, 0),
    "outputs_alone": ("SUCCEEDED", 3, 0, 0),
    "batches": ("COMPLETED_WITH_ERRORS", 2, 1, 0),
}


def sample_event(case: str) -> Any:
    """The event, and in its bucket the samples that it names."""
    client("s3").create_bucket(Bucket=SAMPLES, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for path in filter(Path.is_file, (EVENTS / "samples").rglob("*")):
        put(path.relative_to(EVENTS / "samples").as_posix(), path.read_bytes(), SAMPLES)
    return json.loads((EVENTS / f"json_to_csv_{case}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", SAMPLE_EVENTS)
def test_sample_events_are_converted(case: str) -> None:
    summary = handle(sample_event(case), None)
    counted = (summary["rows_succeeded"], summary["rows_failed"], summary["rows_timed_out"])
    assert (summary["status"], *counted) == SAMPLE_EVENTS[case]


@pytest.mark.parametrize(("case", "count"), [("invalid_request", 4), ("nothing_ties_the_rows", 1)])
def test_sample_events_that_are_wrong_are_refused(case: str, count: int) -> None:
    with pytest.raises(InvalidConfiguration) as raised:
        handle(sample_event(case), None)
    assert len(raised.value.problems) == count


# --- What is refused ------------------------------------------------------------------------------------------------


def test_all_problems_of_a_request_are_told_at_once() -> None:
    assert problems(
        results={"MapRunArn": "x"},
        output_mapping={},
        csv_s3_uri="tickets.csv",
        target="t",
        child_input={"row": "row"},
        first_index=2,
    ) == [
        ("/results", "'ResultWriterDetails' is missing: where the manifest is"),
        ("/output_mapping", "no output column is given; list the fields you want in 'structured_output_fields'"),
        ("/csv_s3_uri", 'expected the URI of one object, s3://BUCKET/KEY, got "tickets.csv"'),
        (
            "/child_input/row",
            "\"row\" is no JSONPath: expected '$', found 'r' at character 1; write it as $.details.items[0] or $['a b']",
        ),
        ("/first_index", "expected 0 or 1, got 2"),
        ("/target", "the Map Run has called its target already; take 'target' out"),
        (
            "/csv_s3_uri",
            (
                "nothing ties the results to the rows of this CSV, as Step Functions keeps no order; say in 'child_input' or "
                "'child_output' where the 'index' of an item is, or leave the CSV out"
            ),
        ),
    ]


def test_csv_without_a_header_is_refused() -> None:
    put_tickets()
    put("inputs/tickets.csv", b"")
    assert problems(**JOINED) == [
        ("/csv_s3_uri", "s3://data/inputs/tickets.csv is empty; the first line must be a header.")
    ]


def test_all_that_is_not_there_is_told_at_once() -> None:
    told = problems(output_s3_prefix="s3://nobodys", **JOINED)
    assert [pointer for pointer, _ in told] == ["/output_s3_prefix", "/results", "/csv_s3_uri"]
    assert "there is no such object" in told[1][1]


@pytest.mark.parametrize("document", [None, [], "s3://data/manifest.json"])
def test_request_that_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(InvalidConfiguration, match="expected an object"):
        handle(document, None)


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


def test_outputs_without_inputs_have_no_original_columns() -> None:
    put_tickets("COMPACT")
    assert problems(child_input={"row": "$.row"}) == [
        (
            "/output_mapping/include_original",
            (
                "there is no row of plain values in the input: 2 times, first by SUCCEEDED_0.json. Export with Transformation "
                "NONE and give its path in child_input.row, or give csv_s3_uri, or set include_original to false"
            ),
        )
    ]


def test_outputs_without_inputs_are_not_tied_to_a_csv_by_their_order() -> None:
    put_tickets("FLATTEN")
    assert problems(**JOINED) == [
        (
            "/child_input/index",
            (
                "there is no index at this path: 2 times, first by SUCCEEDED_0.json. Inputs are in results of Transformation "
                "NONE and of failures, answers in results of successes; give the path in both, child_input and child_output, "
                "or neither"
            ),
        )
    ]


def test_item_that_has_two_results_is_refused() -> None:
    put_results(successes=[succeeded(ticket(0), answer(0)), succeeded(ticket(0), answer(0))])
    (told,) = problems(child_input=CHILD_INPUT)
    assert told[0] == "/child_input/index"
    assert "an item has two results: child 0000" in told[1]


def test_results_of_another_csv_are_refused() -> None:
    put("inputs/tickets.csv", b"id,text\n000,ticket 0\n")
    put_results(successes=[succeeded(ticket(index), answer(index)) for index in range(3)])
    assert problems(**JOINED) == [
        ("/child_input/index", "the results have an item 2, the CSV only 1 rows; check first_index and the CSV")
    ]


def test_index_before_the_first_is_refused() -> None:
    put_results(successes=[succeeded(ticket(0), answer(0))])
    ((pointer, message),) = problems(child_input=CHILD_INPUT, first_index=1)
    assert (pointer, "(index 0)" in message) == ("/child_input/index", True)


def test_indexes_may_count_from_1() -> None:
    put_results(successes=[succeeded(ticket(2), answer(2)), succeeded(ticket(1), answer(1))])
    assert [row[0] for row in table(child_input=CHILD_INPUT, first_index=1)[1:]] == ["001", "002"]


def test_missing_items_are_refused_where_no_csv_has_their_rows() -> None:
    put_results(successes=[succeeded(ticket(3), answer(3))])
    assert problems(child_input=CHILD_INPUT) == [
        ("/child_input/index", "the results lack 3 of 4 items; give csv_s3_uri, which has their rows")
    ]


def test_csv_is_compared_with_the_rows_that_the_inputs_have() -> None:
    put_tickets()
    assert handle(request(**{**JOINED, "child_input": CHILD_INPUT}), None)["row_count"] == 4
    put("inputs/tickets.csv", CSV.replace(b"ticket 2", b"secret"))
    ((pointer, message),) = problems(**{**JOINED, "child_input": CHILD_INPUT})
    assert pointer == "/child_input/row"
    assert message.startswith("the CSV's row 3, line 4, has another 'text' than the input of its child")
    assert "secret" not in message


def test_cells_that_cannot_differ_are_not_compared() -> None:
    put("inputs/tickets.csv", b"id,text,note,text\n000,one\n")
    put_results(successes=[succeeded({"index": 0, "row": {"id": "000", "text": "another", "note": ""}}, answer(0))])
    assert table(**{**JOINED, "child_input": CHILD_INPUT})[1][:5] == ["000", "one", "", "", "c0"]


def test_columns_that_are_there_already_are_refused() -> None:
    put("inputs/tickets.csv", b"category,_status\na,b\n")
    put_results(successes=[succeeded({"score": "1", "index": 0}, answer(0))])
    assert [pointer for pointer, _ in problems(**JOINED)] == [
        "/output_mapping/structured_output_fields/0",
        "/output_mapping",
    ]
    assert [pointer for pointer, _ in problems()] == ["/output_mapping/structured_output_fields/1"]


@pytest.mark.parametrize("folder", ["configs", "work/x"])
def test_output_does_not_go_where_the_stack_works(folder: str) -> None:
    put_tickets()
    ((pointer, message),) = problems(output_s3_prefix=f"s3://{DATA}/{folder}")
    assert (pointer, "choose another prefix" in message) == ("/output_s3_prefix", True)


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


def test_refused_request_writes_nothing() -> None:
    put_tickets("COMPACT")
    problems(**JOINED)
    assert keys(RESULTS) == []


def test_no_cell_is_logged_above_debug() -> None:
    put_tickets()
    written = io.StringIO()
    before = logger.registered_handler.setStream(written)  # type: ignore[attr-defined]
    try:
        handle(request(**JOINED), None)
    finally:
        logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    assert "Wrote the output" in written.getvalue()
    assert not [cell for cell in ("ticket 0", "c3", "no capacity") if cell in written.getvalue()]


def test_results_are_only_read() -> None:
    put_tickets()
    before = keys(DATA)
    handle(request(**JOINED), None)
    assert keys(DATA) == before
    assert client("s3").get_object_tagging(Bucket=DATA, Key=f"{FOLDER}/manifest.json")["TagSet"] == []

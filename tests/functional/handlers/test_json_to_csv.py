import io
import json
from pathlib import Path
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.errors import InvalidConfiguration
from batch_processor.handlers.json_to_csv import handle
from batch_processor.logs import logger
from tests.functional.account import put
from tests.functional.map_results import JOINED, MAPPING, STAMP, convert, put_tickets, request, table

EVENTS = Path(__file__).parents[3] / "events"
FORMS = [(transformation, kind) for transformation in ("NONE", "COMPACT", "FLATTEN") for kind in ("JSON", "JSONL")]


@pytest.mark.parametrize(("transformation", "kind"), FORMS)
def test_every_form_of_results_becomes_the_csv_of_the_batch_processor(transformation: str, kind: str) -> None:
    put_tickets(transformation, kind)
    stamp = STAMP if transformation == "NONE" else ","
    assert convert(**JOINED, child_output={"index": "$.index"}) == (
        "id,text,category,score,_status,_error_message,_timestamp,_execution_time_ms\r\n"
        f"000,ticket 0,c0,0,SUCCESS,,{stamp}\r\n"
        f"001,ticket 1,,,FAILED,Busy: no capacity,{STAMP}\r\n"
        "002,ticket 2,,,NOT_RUN,RowNotProcessed: The Map Run ended before it started this item.,,\r\n"
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
        ["", "", "NOT_RUN"],
    ]


SAMPLES = "batch-processor-local-samples"
SAMPLE_EVENTS = {
    "contacts": ("COMPLETED_WITH_ERRORS", 1, 2, 1),
    "compact_lines": ("SUCCEEDED", 3, 0, 0),
    "outputs_alone": ("SUCCEEDED", 3, 0, 0),
    "batches": ("COMPLETED_WITH_ERRORS", 2, 0, 0),  # one was not run
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

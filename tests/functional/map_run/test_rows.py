import csv
import io

from batch_processor.handlers.json_to_csv import handle
from tests.functional.account import DATA, put
from tests.functional.map_results import (
    CHILD_INPUT,
    CSV,
    FOLDER,
    JOINED,
    output_of,
    problems,
    put_results,
    put_tickets,
    request,
    table,
)
from tests.unit.map_runs import answer, failed, succeeded, ticket


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


def test_columns_of_inputs_that_differ_are_all_there() -> None:
    put_results(successes=[succeeded({"a": "1"}, answer(1)), succeeded({"b": "2", "a": "3"}, answer(2))])
    assert [row[:3] for row in table()] == [["a", "b", "category"], ["1", "", "c1"], ["3", "2", "c2"]]


def test_row_that_the_results_do_not_have_was_not_run() -> None:
    put("inputs/tickets.csv", CSV)
    put_results(successes=[succeeded(ticket(2), answer(2))])
    summary = handle(request(**JOINED), None)
    assert [row[4:6] for row in list(csv.reader(io.StringIO(output_of(summary), newline="")))[1:]] == [
        ["NOT_RUN", "RowNotProcessed: The Map Run has no result for this row."],
        ["NOT_RUN", "RowNotProcessed: The Map Run has no result for this row."],
        ["SUCCESS", ""],
        ["NOT_RUN", "RowNotProcessed: The Map Run has no result for this row."],
    ]
    assert (summary["status"], summary["rows_not_run"]) == ("COMPLETED_WITH_ERRORS", 3)


def test_redriven_map_run_has_each_item_once() -> None:
    first = put_results(successes=[succeeded(ticket(0), answer(0))], failures=[failed(ticket(1), "E", "c")])
    put_results(
        successes=[succeeded(ticket(1), answer(1), RedriveCount=1)],
        folder=f"{FOLDER}/Redrive-1",
        files={"SUCCEEDED": first["SUCCEEDED"], "FAILED": first["FAILED"]},
    )
    rows = table(results=f"s3://{DATA}/{FOLDER}/Redrive-1/manifest.json", child_input=CHILD_INPUT)
    assert [row[2:5] + row[7:] for row in rows[1:]] == [["c0", "0", "SUCCESS", "1250"], ["c1", "10", "SUCCESS", ""]]


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

from hypothesis import given
from hypothesis import strategies as st

from batch_processor.contract import RowResult
from batch_processor.results.precedence import NO_RESULT, settled
from tests.unit.plans import failure, success

STORED: RowResult = {"index": 1, "status": "SUCCESS", "stored": True}


def settle(
    first: int, last: int, stored: list[RowResult], given: list[RowResult], **options: RowResult
) -> list[RowResult]:
    by_index = {result["index"]: result for result in given}
    return list(settled({"first": first, "last": last}, stored, by_index, **options))


def test_stored_success_counts_more_than_what_the_run_has() -> None:
    assert settle(1, 1, [success(1, "a")], [failure(1, "Busy", "no")]) == [success(1, "a")]
    assert settle(1, 1, [success(1, "a")], [STORED]) == [success(1, "a")]


def test_result_of_the_run_counts_more_than_a_stored_failure() -> None:
    assert settle(1, 1, [failure(1, "Old", "no")], [failure(1, "New", "no")]) == [failure(1, "New", "no")]
    assert settle(1, 1, [failure(1, "Old", "no")], [success(1, "a")]) == [success(1, "a")]


def test_stored_failure_counts_where_the_run_has_nothing() -> None:
    assert settle(1, 1, [failure(1, "Old", "no")], []) == [failure(1, "Old", "no")]


def test_row_that_nobody_has_a_result_for_is_failed() -> None:
    assert settle(7, 7, [], []) == [{**NO_RESULT, "index": 7}]
    assert settle(7, 7, [], [], otherwise=failure(0, "Broke", "no")) == [failure(7, "Broke", "no")]


def test_answer_that_the_table_should_have_and_has_not_is_no_success() -> None:
    [result] = settle(1, 1, [], [STORED])
    assert (result["index"], result["status"], result["error"]) == (1, "FAILED", "StoredAnswerMissing")
    assert settle(1, 1, [failure(1, "SourceUnavailable", "gone")], [STORED]) == [
        failure(1, "SourceUnavailable", "gone")
    ]


def test_results_of_other_rows_are_passed_over() -> None:
    stored = [success(1, "a"), success(4, "b"), success(9, "c")]
    assert [result["index"] for result in settle(3, 5, stored, [success(1, "x"), success(7, "y")])] == [3, 4, 5]
    assert settle(3, 5, stored, [])[1] == success(4, "b")


@given(st.dictionaries(st.integers(1, 20), st.booleans()), st.dictionaries(st.integers(1, 20), st.booleans()))
def test_each_row_is_settled_once_and_no_success_is_lost(stored: dict[int, bool], given: dict[int, bool]) -> None:
    def results(of: dict[int, bool]) -> list[RowResult]:
        return [success(index, "a") if answered else failure(index, "E", "m") for index, answered in sorted(of.items())]

    found = settle(1, 20, results(stored), results(given))
    assert [result["index"] for result in found] == list(range(1, 21))
    answered = {index for index in range(1, 21) if stored.get(index) or given.get(index)}
    assert {result["index"] for result in found if result["status"] == "SUCCESS"} == answered

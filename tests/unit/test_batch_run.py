"""How a run is followed: rows are counted once, however the history comes in pages."""

from typing import Any

import pytest

from tests.batch_run import BatchRun


class States:
    """Step Functions with a history that grows, told newest event first and a few at a time."""

    def __init__(self, page_size: int) -> None:
        self.events: list[dict[str, Any]] = []
        self.calls = 0
        self._page_size = page_size

    def happens(self, *types: str) -> None:
        for type_ in types:
            details = {"mapStateStartedEventDetails": {"length": 7}} if type_ == "MapStateStarted" else {}
            self.events.append({"id": len(self.events) + 1, "type": type_, **details})

    def get_execution_history(self, **asked: Any) -> dict[str, Any]:
        assert (asked["executionArn"], asked["reverseOrder"]) == ("arn:run", True)
        self.calls += 1
        start = int(asked.get("nextToken", 0))
        end = start + min(self._page_size, asked["maxResults"])
        newest_first = self.events[::-1]
        more = {"nextToken": str(end)} if end < len(newest_first) else {}
        return {"events": newest_first[start:end], **more}


class Nowhere:
    """An account of which nothing is asked."""

    def __init__(self) -> None:
        self.outputs: dict[str, str] = {}

    def client(self, service: str) -> Any:
        raise AssertionError(service)


@pytest.fixture
def run() -> BatchRun:
    return BatchRun(Nowhere(), "arn:run")


ROW = ("MapIterationStarted", "TaskStateEntered", "MapIterationSucceeded")


@pytest.mark.parametrize("page_size", [1, 2, 3, 5, 1000])
def test_rows_are_counted_once_over_pages_and_looks(run: BatchRun, page_size: int) -> None:
    states = States(page_size)
    states.happens("ExecutionStarted")
    run._count_rows(states)
    assert (run.rows_done, run.row_count) == (0, None)
    states.happens("MapStateStarted", *ROW, *ROW)
    for _ in range(2):
        run._count_rows(states)
        assert (run.rows_done, run.row_count) == (2, 7)
    states.happens(*ROW, *ROW, *ROW, "MapStateSucceeded")
    run._count_rows(states)
    assert (run.rows_done, run.row_count) == (5, 7)


def test_only_what_the_history_has_gained_is_asked_for(run: BatchRun) -> None:
    states = States(page_size=10)
    states.happens("MapStateStarted", *(ROW * 30))
    run._count_rows(states)
    assert states.calls == 10
    states.happens(*ROW)
    run._count_rows(states)
    assert states.calls == 11
    assert run.rows_done == 31


def test_history_without_events_has_no_rows(run: BatchRun) -> None:
    run._count_rows(States(page_size=10))
    assert (run.rows_done, run.row_count) == (0, None)

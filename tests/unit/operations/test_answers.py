"""What was given is checked before anything happens, all of it at once, and errors come in one form."""

from typing import Any, cast

import pytest

from batch_processor.errors import BatchProcessorError, InvalidArguments, StorageUnavailable, UnknownBatch
from batch_processor.operations.answers import answered, checked, failure
from batch_processor.operations.catalogue import OPERATIONS
from batch_processor.operations.deployment import Deployment

NOWHERE = cast("Deployment", None)


def test_all_problems_come_at_once_with_what_was_meant() -> None:
    told = answered("generate_batch_config", {"csv_ury": "x", "agent_name": 3}, NOWHERE)
    assert told["error"] == "INVALID_ARGUMENTS"
    by_place = {problem["at"]: problem["message"] for problem in told["problems"]}
    assert by_place.keys() == {"/agent_name", "/csv_ury", ""}
    assert "did you mean 'csv_uri'?" in by_place["/csv_ury"]
    assert "'csv_uri' is missing" in by_place[""]


def test_unknown_operation_is_told_with_the_nearest_one() -> None:
    told = answered("monitor_batch", {}, NOWHERE)
    assert told["error"] == "UNKNOWN_OPERATION"
    assert "monitor_batch_execution" in told["message"]


@pytest.mark.parametrize("path", ["/proc/self/environ", "tickets.csv", "file:///etc/passwd"])
def test_file_of_the_machine_is_none_of_the_callers(path: str) -> None:
    told = answered("analyze_csv_structure", {"s3_uri": path}, NOWHERE)
    assert told["error"] == "INVALID_ARGUMENTS"
    assert "s3://bucket/key" in told["message"]


def test_file_of_the_users_own_machine_is() -> None:
    arguments = {"s3_uri": "tickets.csv", "sample_rows": 3.0}
    assert checked(OPERATIONS["analyze_csv_structure"], arguments, local_files=True) == {
        "s3_uri": "tickets.csv",
        "sample_rows": 3,
    }


def test_what_was_not_given_is_left_to_the_operation() -> None:
    assert checked(OPERATIONS["list_batches"], {}) == {}


@pytest.mark.parametrize("given", [None, [], "text", 3])
def test_what_is_no_object_is_refused(given: Any) -> None:
    with pytest.raises(InvalidArguments, match="object"):
        checked(OPERATIONS["list_batches"], given)


def test_error_of_an_operation_is_named_after_its_class() -> None:
    assert failure(UnknownBatch("No batch is called x")) == {
        "error": "UNKNOWN_BATCH",
        "message": "No batch is called x",
    }


def test_passing_fault_says_that_the_call_was_right() -> None:
    assert "again" in failure(StorageUnavailable("Reading s3://b/k: SlowDown"))["suggestion"]


def test_what_an_error_suggests_is_handed_on() -> None:
    class IncompatibleAgent(BatchProcessorError):
        suggestion = "Use 'a'"
        compatible_agents = ("a", "b")

    assert failure(IncompatibleAgent("no")) == {
        "error": "INCOMPATIBLE_AGENT",
        "message": "no",
        "suggestion": "Use 'a'",
        "compatible_agents": ["a", "b"],
    }

"""An agent's call of an operation: what the model may read, and what only people get."""

import json
import sys
from dataclasses import replace
from types import ModuleType
from typing import Any, cast

import pytest

from batch_processor.operations.catalogue import OPERATIONS
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.tool_call import answer_call, offered

NOWHERE = cast("Deployment", None)
ASKED = {
    "status": "CONFIRMATION_REQUIRED",
    "message": "5,000 rows",
    "reasons": ["more than 1,000 rows"],
    "estimate": {"rows": 5000},
    "confirmation": "t0ken",
    "expires_at": "2026-11-30T10:00:00.000Z",
}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What execute_batch_processor is given; it asks for a confirmation until it has one."""
    calls: list[dict[str, Any]] = []

    def execute_batch_processor(**arguments: Any) -> dict[str, Any]:
        calls.append({key: value for key, value in arguments.items() if key != "deployment"})
        return {"status": "RUNNING"} if "confirmation" in arguments else ASKED

    module = ModuleType("batch_processor.operations.recorded")
    module.execute_batch_processor = execute_batch_processor  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    named = OPERATIONS["execute_batch_processor"]
    monkeypatch.setitem(OPERATIONS, "execute_batch_processor", replace(named, module="recorded"))
    return calls


def act(prefix: str = "", **event: Any) -> Any:
    call = {"name": f"{prefix}execute_batch_processor", "input": {"config": {"a": 1}}, "id": "u1", **event}
    return answer_call(call, NOWHERE, prefix=prefix, reads_only=False)


def test_what_a_person_confirms_with_is_beside_what_the_model_reads(given: Any) -> None:
    answer = act()
    assert (answer["type"], answer["tool_use_id"], answer["schema"]) == (
        "structured_output",
        "u1",
        "execute_batch_processor",
    )
    assert "t0ken" not in json.dumps(answer["content"])
    assert answer["content"]["status"] == "CONFIRMATION_REQUIRED"
    assert answer["confirmation"] == {
        "token": "t0ken",
        "expires_at": ASKED["expires_at"],
        "message": "5,000 rows",
        "estimate": {"rows": 5000},
    }


def test_confirmation_beside_the_call_reaches_the_operation(given: list[dict[str, Any]]) -> None:
    assert act(confirmation="t0ken")["content"] == {"status": "RUNNING"}
    assert given == [{"config": {"a": 1}, "confirmation": "t0ken"}]


def test_model_cannot_confirm(given: list[dict[str, Any]]) -> None:
    answer = act(input={"config": {}, "confirmation": "guessed"})
    assert (answer["is_error"], answer["content"]["error"]) == (True, "INVALID_ARGUMENTS")
    assert "a person confirms" in answer["content"]["message"]
    assert given == []


def test_tools_of_a_stack_with_a_prefix_are_called_by_it(given: Any) -> None:
    assert act("two_", confirmation="t")["content"] == {"status": "RUNNING"}


@pytest.mark.parametrize(
    ("name", "reads_only"), [("cancel_batch", True), ("get_rows", False), ("erase", False), ("", True)]
)
def test_function_serves_its_own_operations_alone(name: str, reads_only: bool) -> None:
    answer = answer_call({"name": name, "input": {}, "id": "u"}, NOWHERE, prefix="", reads_only=reads_only)
    assert answer["is_error"]
    assert answer["content"]["error"] == "UNKNOWN_OPERATION"


def test_every_operation_is_one_of_the_two_functions() -> None:
    assert sorted([*offered(reads_only=True), *offered(reads_only=False)]) == sorted(OPERATIONS)


def test_what_is_no_call_is_answered_too() -> None:
    assert answer_call({"name": "list_batches", "input": "x"}, NOWHERE, prefix="", reads_only=True)["is_error"]

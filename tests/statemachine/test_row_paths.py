"""The paths through the row pipeline, state by state, with what the tasks would give."""

from typing import Any

import pytest

from tests.statemachine.earlier_situations import FRESH
from tests.statemachine.engines import JavaScriptEngine
from tests.statemachine.recorded import AGENT_RESULT, SENT_EARLIER, TOO_LONG, in_execution, unread
from tests.statemachine.row_path import AGENT_FAILED, MADE_INPUT, Path
from tests.statemachine.row_paths import PATHS
from tests.statemachine.samples import PLAN


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_row_takes_its_path_and_ends_with_its_result(path: Path, javascript: JavaScriptEngine) -> None:
    way = path.take(javascript)
    assert way.visited == path.visited
    assert way.end == path.outcome


@pytest.mark.parametrize(
    ("name", "handed"),
    [
        ("happy agent", [(AGENT_RESULT["Output"], "")]),
        ("answer too large beside its input, fetched", [(None, "run-1-2-1")]),
        ("answer too large for extraction, fetched", [({"text": "a" * 250_000}, ""), (None, "run-1-2-1")]),
        ("earlier answer too large beside its input, fetched", [(None, "run-1-2-1-5ca1ab1e")]),
        (
            "answer to be fetched was none, the next one is handed on",
            [(None, "run-1-2-1"), (AGENT_RESULT["Output"], "")],
        ),
    ],
)
def test_an_answer_is_handed_on_or_fetched_from_the_execution_that_gave_it(
    name: str, handed: list[tuple[Any, str]], javascript: JavaScriptEngine
) -> None:
    payloads = [call["Payload"] for call in PATHS[name].take(javascript).arguments("ExtractStructuredOutput")]
    assert [(given["answer"], given["answered_by"].rpartition(":")[2]) for given in payloads] == handed


@pytest.mark.parametrize("name", ["happy agent", "happy tool"])
def test_a_row_without_trouble_costs_three_transitions(name: str) -> None:
    assert len(PATHS[name].visited) == 3


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("timeout", ["run-1-2-1", "run-1-2-2", "run-1-2-3"]),
        ("missing structured output", ["run-1-2-1", "run-1-2-2", "run-1-2-3"]),
        # What was throttled did not run: the name is still free.
        ("throttled inside a generic error", ["run-1-2-1"] * 3),
        ("earlier one failed, a fresh run answers", ["run-1-2-1", f"run-1-2-1{FRESH}"]),
        (
            "earlier one failed, fresh runs fail too",
            ["run-1-2-1", f"run-1-2-1{FRESH}", f"run-1-2-2{FRESH}", f"run-1-2-3{FRESH}"],
        ),
        ("answer that nobody could read found again", ["run-1-2-2-5ca1ab1e"]),
        ("answer that nobody could read was none", ["run-1-2-2", "run-1-2-3"]),
        ("earlier one failed, and so did the fresh run", ["run-1-2-1-5ca1ab1e", f"run-1-2-1{FRESH}"]),
        ("name taken by somebody else, a fresh run answers", ["run-1-2-1", f"run-1-2-1{FRESH}"]),
        (
            "both names taken by somebody else, the next attempt answers",
            ["run-1-2-1", f"run-1-2-1{FRESH}", f"run-1-2-2{FRESH}"],
        ),
        (
            "name of a resumed row taken by somebody else, a fresh run answers",
            ["run-1-2-2-5ca1ab1e", f"run-1-2-2{FRESH}"],
        ),
    ],
)
def test_every_attempt_at_an_agent_has_a_name_of_its_own(
    name: str, names: list[str], javascript: JavaScriptEngine
) -> None:
    calls = PATHS[name].take(javascript).arguments("InvokeAgent")
    assert [call["Name"] for call in calls] == names


def test_the_execution_that_is_described_is_the_one_that_could_not_be_started(javascript: JavaScriptEngine) -> None:
    way = PATHS["earlier one waited for"].take(javascript)
    [call] = way.arguments("InvokeAgent")
    described = {described["ExecutionArn"] for described in way.arguments("DescribeEarlierExecution")}
    assert described == {f"{PLAN['target']['arn'].replace(':stateMachine:', ':execution:')}:{call['Name']}"}


def test_an_earlier_answer_is_read_as_it_was_given(javascript: JavaScriptEngine) -> None:
    [call] = PATHS["earlier answer taken"].take(javascript).arguments("ExtractStructuredOutput")
    assert call["Payload"]["answer"] == AGENT_RESULT["Output"]


@pytest.mark.parametrize("name", [name for name in PATHS if "taken by somebody else" in name])
def test_an_answer_to_another_input_is_never_read(name: str, javascript: JavaScriptEngine) -> None:
    for call in PATHS[name].take(javascript).arguments("ExtractStructuredOutput"):
        payload = call["Payload"]
        # Its own agent's answer, or what a found execution must have been given to count.
        assert (payload["answer"], payload["sent"]) in [
            (AGENT_RESULT["Output"], None),
            (None, {**SENT_EARLIER, "batchContext": {"executionId": "", "rowId": "2", "totalRows": 0}}),
        ]


@pytest.mark.parametrize(
    ("name", "is_compared"),
    [
        ("earlier answer too large beside its input, fetched", [True]),
        ("answer too large beside its input, fetched", [False]),
        ("answer too large for extraction, fetched", [False, False]),
        ("earlier answer too large for extraction, fetched", [False, True]),
        ("answer to be fetched was none, the next one is handed on", [True, False]),
    ],
)
def test_only_an_execution_that_was_found_is_compared_when_it_is_fetched(
    name: str, is_compared: list[bool], javascript: JavaScriptEngine
) -> None:
    calls = PATHS[name].take(javascript).arguments("ExtractStructuredOutput")
    assert [call["Payload"]["sent"] is not None for call in calls] == is_compared


def test_the_dead_letter_holds_what_it_takes_to_run_the_row_again(javascript: JavaScriptEngine) -> None:
    [call] = PATHS["agent failure"].take(javascript).arguments("SendToDeadLetterQueue")
    letter = call["MessageBody"]
    assert letter == {
        "batch": PLAN["batch"],
        "source": PLAN["source"]["uri"],
        "target": PLAN["target"],
        "row": 2,
        "input": MADE_INPUT,
        "attempts": 3,
        "unread": {},
        "error": AGENT_FAILED["Error"],
        "reason": "TriageFailed: the model gave no answer",
        "cause": AGENT_FAILED["Cause"],
    }


@pytest.mark.parametrize(
    ("name", "queue", "attempts", "carried"),
    [
        ("answer unread", "SendToDeadLetterQueue", 1, unread(AGENT_RESULT["Output"])),
        ("answer of null unread", "SendToDeadLetterQueue", 1, unread(None)),
        ("answer of a tool too large to be read", "SendToDeadLetterQueue", 1, unread(TOO_LONG)),
        ("answer not to be fetched", "SendToDeadLetterQueue", 1, in_execution("run-1-2-1")),
        ("input too large", "SendToDeadLetterQueue", 1, {}),
        ("missing structured output, then an answer unread", "SendToDeadLetterQueue", 2, unread("second")),
        ("abort with an answer unread", "SendAbortingRowToDeadLetterQueue", 1, unread(AGENT_RESULT["Output"])),
        ("answer unread, as the function was throttled", "SendToDeadLetterQueue", 1, unread({})),
        ("missing structured output", "SendToDeadLetterQueue", 3, {}),
    ],
)
def test_an_answer_that_could_not_be_read_goes_into_the_letter(
    name: str, queue: str, attempts: int, carried: dict[str, Any], javascript: JavaScriptEngine
) -> None:
    [call] = PATHS[name].take(javascript).arguments(queue)
    letter = call["MessageBody"]
    assert (letter["attempts"], letter["unread"]) == (attempts, carried)

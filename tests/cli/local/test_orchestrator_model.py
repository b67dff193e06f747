"""The stand-in of the orchestrator's model: it reads what tools answer and picks from that, and it errs."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from batchctl.local.model import orchestrator
from batchctl.local.model.chat import BadRequest
from batchctl.local.model.memory import read_memory

CSV = "s3://bucket/inputs/tickets.csv"
ARN = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:tickets-1"
TRIAGE = {
    "agent_name": "ticket_triage", "description": "Classifies support tickets by category and priority.", "aliases": [],
    "output_fields": ["category", "priority", "suggested_response"],
}  # fmt: skip
CONTACTS = {
    "agent_name": "contact_enrichment", "description": "Enriches phone numbers and addresses.", "aliases": [],
    "output_fields": ["country", "city"],
}  # fmt: skip
CONFIG = {"csv_s3_uri": CSV, "target": "ticket_triage"}
Tools = dict[str, Callable[[dict[str, Any]], dict[str, Any]]]
TOOLS: Tools = {
    "analyze_csv_structure": lambda _: {"columns": ["id", "text"], "row_count": 206, "row_count_is_exact": True},
    "list_compatible_agents": lambda given: (
        {"agents": [CONTACTS, TRIAGE]}
        if "s3_url" not in given
        else {"error": "INVALID_ARGUMENTS", "message": "\"s3_url\" is not a key here; did you mean 's3_uri'?"}
    ),
    "validate_agent_compatibility": lambda _: {"compatible": True},
    "generate_batch_config": lambda _: {
        "config": CONFIG, "agent_name": "ticket_triage", "missing_required": [], "questions": [], "warnings": [],
        "mapping": [{"field": "ticket", "column": "text", "guessed": True}],
    },
    "estimate_batch_cost": lambda given: {"rows": given["config"].get("max_rows", 206), "expected": {"usd": 0.12}},
    "execute_batch_processor": lambda _: {"status": "RUNNING", "execution_arn": ARN},
    "monitor_batch_execution": lambda _: {"status": "RUNNING", "batch": "tickets-1", "rows_processed": 17, "rows_failed": 1},
    "get_batch_results": lambda _: {},
    "explain_failures": lambda _: {
        "rows_failed": 15,
        "groups": [{"cause": "timeout", "count": 15, "probable_reason": "Slow.", "what_to_do": "Try again."}],
    },
}  # fmt: skip


class Talk:
    """A conversation, turn by turn, with tools that answer at once."""

    def __init__(self, **tools: Any) -> None:
        self.tools = {**TOOLS, **tools}
        self.messages: list[dict[str, Any]] = [{"role": "system", "content": "Be honest."}]
        self.called: list[tuple[str, dict[str, Any]]] = []

    def say(self, text: str) -> str:
        self.messages.append({"role": "user", "content": text})
        for _ in range(15):
            asked = {"messages": self.messages, "tools": [{"function": {"name": name}} for name in self.tools]}
            message = orchestrator.answer(read_memory(asked))["choices"][0]["message"]
            self.messages.append(message)
            if "tool_calls" not in message:
                return str(message["content"])
            [call] = message["tool_calls"]
            name, given = call["function"]["name"], json.loads(call["function"]["arguments"])
            self.called.append((name, given))
            told = {"role": "tool", "tool_call_id": call["id"], "content": json.dumps(self.tools[name](given))}
            self.messages.append(told)
        raise AssertionError("it calls and calls")

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.called]


def test_tickets_are_processed_by_the_agent_that_the_user_describes() -> None:
    talk = Talk()
    assert "Which CSV is it?" in talk.say("I have a CSV of customer support tickets that need processing")
    told = talk.say(f"It is {CSV}")
    assert "206 rows" in told
    assert "1. contact_enrichment" in told
    assert "2. ticket_triage" in told
    told = talk.say("Let's classify them and generate responses")
    assert "I'll use ticket_triage" in told
    assert "text → ticket (a guess: please check)" in told
    assert "about $0.12. Shall I start it?" in told
    assert "execute_batch_processor" not in talk.names
    assert "17 rows processed, 1 failed" in talk.say("Yes, go ahead")
    assert talk.called[-2] == ("execute_batch_processor", {"config": CONFIG})


def test_misspelt_argument_is_mended_as_the_error_says() -> None:
    talk = Talk()
    talk.say(CSV)
    listed = [given for name, given in talk.called if name == "list_compatible_agents"]
    assert listed == [{"s3_url": CSV}, {"s3_uri": CSV}]


def test_trial_of_some_rows_is_estimated_and_started_as_that() -> None:
    talk = Talk()
    talk.say(f"Classify the tickets of {CSV} by category")
    talk.say("Yes, start with the first 5 rows")
    started = [given for name, given in talk.called if name == "execute_batch_processor"]
    assert started == [{"config": {**CONFIG, "max_rows": 5}}]


def test_order_is_taken_without_asking_and_stops_at_the_confirmation() -> None:
    asked = {"status": "CONFIRMATION_REQUIRED", "message": "5,000 rows: nothing was started."}
    answers = iter([asked, {"status": "RUNNING", "execution_arn": ARN}])
    talk = Talk(execute_batch_processor=lambda _: next(answers))
    told = talk.say(f"Run {CSV} through ticket_triage")
    assert "5,000 rows: nothing was started." in told
    talk.say("I agree\n[The user has confirmed what needed a confirmation. Make that call again, exactly as before.]")
    started = [given for name, given in talk.called if name == "execute_batch_processor"]
    assert started[0] == started[1]


def test_agent_that_is_not_there_is_said_to_be_absent() -> None:
    told = Talk().say(f"Use the company-enrichment-agent for {CSV}")
    assert "There is no company-enrichment-agent here" in told
    assert "ticket_triage" in told


def test_failures_are_told_as_the_tool_groups_them() -> None:
    talk = Talk()
    talk.say(f"Run {CSV} through ticket_triage")
    assert "15 × timeout: Slow. Try again." in talk.say("Why did 15 fail?")


def test_error_that_stays_is_told() -> None:
    talk = Talk(analyze_csv_structure=lambda _: {"error": "SOURCE_UNAVAILABLE", "message": "There is no such object."})
    assert "There is no such object." in talk.say(CSV)
    assert talk.names == ["analyze_csv_structure"]


def test_required_input_without_a_column_is_asked_about() -> None:
    question = {"question": "Which column has the ticket?", "required": True}
    generated = {"config": {}, "missing_required": ["ticket"], "questions": [question], "mapping": [], "warnings": []}
    talk = Talk(generate_batch_config=lambda _: generated)
    assert "Which column has the ticket?" in talk.say(f"Run {CSV} through ticket_triage")
    assert "execute_batch_processor" not in talk.names


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "a", "function": {"name": "x", "arguments": "{}"}}],
            }
        ],
        [{"role": "tool", "tool_call_id": "a", "content": "{}"}],
        [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "a", "function": {"name": "x", "arguments": "{}"}}],
            },
            {"role": "user", "content": "hello"},
        ],
    ],
)
def test_messages_that_no_model_takes_are_refused(messages: Any) -> None:
    with pytest.raises(BadRequest):
        read_memory({"messages": messages, "tools": []})

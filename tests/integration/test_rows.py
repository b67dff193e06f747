"""What becomes of each row, on the deployed stack."""

import json
import re
from typing import Any

import pytest

from batch_processor import limits
from tests.batch_run import BatchError
from tests.integration.batches import Batches, Inbox, Outcome, behaviours, is_call_of, to_csv

RETRIES: dict[str, Any] = {"execution_config": {"retry_policy": {"max_attempts": 2, "interval_seconds": 1}}}


@pytest.mark.parametrize("target", ["tool", "agent"])
def test_answers_become_columns_after_the_original_ones(batches: Batches, target: str) -> None:
    outcome = batches.run(to_csv(("id", "text"), ("007", "Grüße"), ("", "=1+1")), target)
    metadata = ["_status", "_error_message", "_timestamp", "_execution_time_ms"]
    assert outcome.table[0] == ["id", "text", "echo", "length", *metadata]
    assert [row[:6] for row in outcome.table[1:]] == [
        ["007", "Grüße", "Grüße", "5", "SUCCESS", ""],
        ["", "=1+1", "'=1+1", "4", "SUCCESS", ""],
    ]
    assert outcome.summary["status"] == "SUCCEEDED"
    assert outcome.summary["row_count"] == outcome.summary["rows_succeeded"] == 2


@pytest.mark.inline
def test_happy_agent_row_takes_three_transitions_and_one_function(batches: Batches) -> None:
    run = batches.start(batches.config(to_csv(("text",), ("a",)), "agent"))
    run.wait()
    events = batches.events(run)
    entered = [e["stateEnteredEventDetails"]["name"] for e in events if e["type"].endswith("StateEntered")]
    start = entered.index("ProcessCSV") + 1
    assert entered[start : entered.index("AggregateResults")] == [
        "TransformInput", "InvokeAgent", "ExtractStructuredOutput",
    ]  # fmt: skip
    scheduled = [e["taskScheduledEventDetails"]["resourceType"] for e in events if e["type"] == "TaskScheduled"]
    assert scheduled.count("lambda") == 4  # ValidateInput, LoadCSVData, ExtractStructuredOutput, AggregateResults


@pytest.mark.inline
@pytest.mark.parametrize("target", ["tool", "agent"])
@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_history_of_failing_rows_is_no_longer_than_the_limits_say(batches: Batches, target: str, attempts: int) -> None:
    policy: dict[str, Any] = {"execution_config": {"retry_policy": {"max_attempts": attempts, "interval_seconds": 1}}}

    def events_with(rows: int) -> int:
        run = batches.start(batches.config(behaviours(*["mute"] * rows), target, **policy))
        run.wait()
        return len(batches.events(run))

    two, six = events_with(2), events_with(6)
    assert (six - two) / 4 == limits.worst_row_events(target, attempts)
    assert two - 2 * limits.worst_row_events(target, attempts) <= limits._BATCH_EVENTS


FAILURES: dict[str, dict[str, tuple[str, str]]] = {
    "tool": {
        "fail": ("FAILED", "ToolBroke: could not handle 'text 1' at all"),
        "mute": ("FAILED", "StructuredOutputMissing: Agent did not return structured output"),
        "nothing": ("FAILED", "StructuredOutputMissing: Agent did not return structured output"),
        "list": ("FAILED", "StructuredOutputInvalid: The structured output is not an object"),
        "huge": ("FAILED", "States.DataLimitExceeded"),
        "exit": ("FAILED", "Runtime.ExitError"),
    },
    "agent": {
        "fail": ("FAILED", "AgentBroke: could not handle 'text 1'"),
        "mute": ("FAILED", "StructuredOutputMissing: Agent did not return structured output"),
        "text": ("FAILED", "StructuredOutputInvalid: The structured output is not an object"),
    },
}


@pytest.mark.parametrize(
    ("target", "behaviour"), [(target, behaviour) for target, cases in FAILURES.items() for behaviour in cases]
)
def test_failed_row_keeps_its_cells_and_has_its_reason(batches: Batches, target: str, behaviour: str) -> None:
    outcome = batches.run(behaviours(behaviour, "echo"), target)
    status, reason = FAILURES[target][behaviour]
    failed, succeeded = outcome.rows
    assert (failed["id"], failed["text"], failed["behaviour"]) == ("001", "text 1", behaviour)
    assert (failed["_status"], failed["echo"]) == (status, "")
    assert failed["_error_message"].startswith(reason)
    assert (succeeded["_status"], succeeded["echo"]) == ("SUCCESS", "text 2")
    assert outcome.summary["status"] == "COMPLETED_WITH_ERRORS"


@pytest.mark.parametrize("target", ["tool", "agent"])
def test_row_over_its_time_is_a_timeout_and_stops_its_agent(batches: Batches, target: str) -> None:
    policy: dict[str, Any] = {"execution_config": {"timeout_seconds": 5, "retry_policy": {"max_attempts": 1}}}
    outcome = batches.run(behaviours("hang", "echo"), target, **policy)
    assert outcome.column("_status") == ["TIMEOUT", "SUCCESS"]
    assert outcome.rows[0]["_error_message"] == "Execution timeout after 5 s"
    assert (outcome.summary["rows_timed_out"], outcome.summary["rows_failed"]) == (1, 1)
    if target == "agent":
        arn = batches.account.outputs["TestAgentArn"]
        found = batches.states.list_executions(stateMachineArn=arn)["executions"]
        ours = [execution["status"] for execution in found if is_call_of(execution["name"], outcome.summary["batch"])]
        assert sorted(ours) == ["ABORTED", "SUCCEEDED"]


@pytest.mark.parametrize("target", ["tool", "agent"])
def test_second_attempt_may_succeed(batches: Batches, target: str) -> None:
    outcome = batches.run(behaviours("flaky", "echo"), target, **RETRIES)
    assert outcome.column("_status") == ["SUCCESS", "SUCCESS"]
    assert outcome.column("echo") == ["text 1", "text 2"]


def test_failed_row_goes_to_the_dead_letter_queue_with_what_it_takes_to_run_it_again(batches: Batches) -> None:
    inbox = Inbox(batches.account, batches.account.outputs["DeadLetterQueueUrl"])
    config = batches.config(to_csv(("text", "behaviour"), ("Zeile für die Queue", "fail")), **RETRIES)
    batches.start(config).wait()
    letter = inbox.wait_for("Zeile für die Queue")
    assert letter["input"] == {"text": "Zeile für die Queue", "behaviour": "fail"}
    assert (letter["row"], letter["attempts"], letter["error"]) == (1, 2, "ToolBroke")
    assert letter["source"] == config["csv_s3_uri"]
    assert letter["target"]["arn"] == config["target"]["arn"]


def test_answers_that_do_not_fit_the_payload_are_not_lost(batches: Batches) -> None:
    rows = ["large"] * 60
    outcome = batches.run(behaviours(*rows))
    assert outcome.column("echo") == [f"text {i}" * 4000 for i in range(1, 61)]
    assert set(outcome.column("_status")) == {"SUCCESS"}


def test_values_of_every_json_type_become_cells(batches: Batches) -> None:
    names = ["yes", "no", "nothing", "list", "object", "float"]
    outcome = batches.run(behaviours("types"), output_mapping={"structured_output_fields": names})
    assert [outcome.rows[0][name] for name in names] == ["true", "false", "", '[1, "zwei"]', '{"a": [null]}', "1.5"]


def test_every_transformation_reaches_the_target(batches: Batches) -> None:
    mapping: dict[str, Any] = {
        "column_mappings": {"email#2": "second_email", "column_1": "unnamed"},
        "static_values": {"level": "full", "social": True, "nothing": None, "list": [1], "object": {"a": [None]}},
        "transformations": {
            "text": {"type": "concat", "config": {"columns": ["first", "last"], "separator": " "}},
            "prompt": {"type": "template", "config": {
                "template": "{{Hi}} {who} & \"co\"", "variables": {"who": "first"}}},
            "deep": {"type": "jsonpath", "config": {"column": "json", "path": "$.a[0]['b c']"}},
            "absent": {"type": "jsonpath", "config": {"column": "json", "path": "$.x"}},
        },
    }  # fmt: skip
    header = ("", "email", "email", "first", "last", "json")
    row = ("7", "a@x", "b@x", 'O\'Brien "Ö"', "Söhne\n{x}", '{"a": [{"b c": [1]}]}')
    outcome = batches.run(
        to_csv(header, row), input_mapping=mapping, output_mapping={"structured_output_fields": ["input"]}
    )
    assert json.loads(outcome.rows[0]["input"]) == {
        "second_email": "b@x",
        "unnamed": "7",
        "level": "full",
        "social": True,
        "nothing": None,
        "list": [1],
        "object": {"a": [None]},
        "text": 'O\'Brien "Ö" Söhne\n{x}',
        "prompt": '{Hi} O\'Brien "Ö" & "co"',
        "deep": [1],
    }


@pytest.mark.inline
@pytest.mark.distributed
def test_agent_gets_its_contract(batches: Batches) -> None:
    run = batches.start(
        batches.config(
            to_csv(("text",), ("a",), ("b",)), "agent", output_mapping={"structured_output_fields": ["input"]}
        )
    )
    outcome = batches.outcome(run.wait())
    assert json.loads(outcome.rows[1]["input"]) == {
        "batchContext": {"executionId": run.execution_arn.rsplit(":", 1)[1], "rowId": "2", "totalRows": 2},
        "input": {"text": "b"},
    }


@pytest.mark.inline
@pytest.mark.distributed
def test_agent_of_the_messages_kind_gets_messages(batches: Batches) -> None:
    config = batches.config(to_csv(("text",), ("a",)), "agent", output_mapping={"structured_output_fields": ["input"]})
    config["target"]["input_format"] = "messages"
    config["input_mapping"] = {"column_mappings": {"text": "prompt"}}
    outcome = batches.outcome(batches.start(config).wait())
    assert json.loads(outcome.rows[0]["input"]) == {
        "messages": [{"role": "user", "content": "a"}],
        "input": {"prompt": "a"},
    }


@pytest.mark.inline
@pytest.mark.distributed
def test_agent_of_prompt_and_data_gets_both(batches: Batches) -> None:
    config = batches.config(to_csv(("text",), ("a",)), "agent", output_mapping={"structured_output_fields": ["input"]})
    config["target"]["input_format"] = "prompt_data"
    run = batches.start({**config, "input_mapping": {"text": "text"}})
    outcome = batches.outcome(run.wait())
    assert json.loads(outcome.rows[0]["input"]) == {
        "batchContext": {"executionId": run.name, "rowId": "1", "totalRows": 1},
        "prompt": '{"text":"a"}',
        "data": {"text": "a"},
    }


@pytest.mark.inline
@pytest.mark.distributed
def test_first_failed_row_ends_a_batch_that_does_not_continue_on_error(batches: Batches) -> None:
    rows = ["echo", "large", "fail", *["echo"] * 30]
    policy = {
        "execution_config": {"continue_on_error": False, "max_concurrency": 1, "retry_policy": {"max_attempts": 1}}
    }
    run = batches.start(batches.config(behaviours(*rows), **policy))
    with pytest.raises(
        BatchError, match=r"Batch\.RowFailed\nRow 3 failed .*ToolBroke: the reason is in its dead letter"
    ) as failed:
        run.wait()
    assert run.rows_done == 2
    [location] = re.findall(r"The 2 answers received until then: (\S+)", str(failed.value))
    partial = Outcome({}, batches.read(location))
    assert location.endswith(".partial.csv")
    assert partial.column("echo") == ["text 1", "text 2" * 4000, *[""] * 31]
    assert partial.column("id") == [f"{number:03}" for number in range(1, 34)]
    assert partial.column("_status") == ["SUCCESS", "SUCCESS", "FAILED", *["NOT_RUN"] * 30]
    assert partial.rows[2]["_error_message"] == "ToolBroke: could not handle 'text 3' at all"
    assert partial.rows[3]["_error_message"].startswith("RowNotProcessed")
    assert not [key for key in batches.keys("outputs/") if run.execution_arn[-32:] in key and ".partial." not in key]


@pytest.mark.inline
@pytest.mark.distributed
def test_first_failed_row_without_any_answer_leaves_no_csv_behind(batches: Batches) -> None:
    policy = {
        "execution_config": {"continue_on_error": False, "max_concurrency": 1, "retry_policy": {"max_attempts": 1}}
    }
    run = batches.start(batches.config(behaviours("fail", "echo"), **policy))
    with pytest.raises(BatchError, match=r"Batch\.RowFailed"):
        run.wait()
    assert not [key for key in batches.keys("outputs/") if run.execution_arn[-32:] in key and key.endswith(".csv")]

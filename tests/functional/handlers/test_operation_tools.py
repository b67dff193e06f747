"""ReadBatches and ActOnBatches on their sample events: answers in the form of tools, each function its own operations."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.handlers import act_on_batches, read_batches
from batch_processor.operations.analysis.row_count import COUNT_NOW
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.tables import DynamoDbRegistries
from tests.functional.account import DATA, keys, put
from tests.unit.registry_entries import make_agent

EVENTS = Path(__file__).parents[3] / "events"
CONTEXT = SimpleNamespace(function_name="reader")
pytestmark = pytest.mark.usefixtures("account")


def event(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def test_agents_are_listed() -> None:
    DynamoDbRegistries.of_environment().put(parse_entry("agent", make_agent()))
    answer: Any = read_batches.handle(event("read_batches_list_agents"), CONTEXT)
    assert (answer["type"], answer["tool_use_id"], answer["is_error"]) == ("structured_output", "tooluse_1", False)
    assert [agent["agent_name"] for agent in answer["content"]["agents"]] == ["triage"]


def test_misspelt_argument_is_told_with_what_was_meant() -> None:
    answer: Any = read_batches.handle(event("read_batches_misspelt_argument"), CONTEXT)
    assert answer["is_error"]
    assert "did you mean 'csv_uri'" in answer["content"]["message"]


def test_batch_that_is_not_there_is_told_as_that() -> None:
    for name in ("batch-processor-dev", "batch-processor-rows-dev"):
        role = "arn:aws:iam::123456789012:role/machine"
        definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
        client("stepfunctions").create_state_machine(name=name, definition=definition, roleArn=role)
    answer = act_on_batches.handle(event("act_on_batches_unknown_batch"), None)
    assert answer["content"]["error"] == "UNKNOWN_BATCH"


def test_rows_are_counted_where_it_called_itself() -> None:
    put("inputs/a.csv", b"a,b\n1,2\n3,4\n")
    counted: Any = read_batches.handle({"name": COUNT_NOW, "s3_uri": f"s3://{DATA}/inputs/a.csv"}, CONTEXT)
    assert (counted["status"], counted["row_count"]) == ("DONE", 2)
    assert [key for key in keys(DATA) if key.startswith("work/counts/")]

"""`batchctl agents list|show`, with what operations answer."""

from typing import Any

import pytest

from batchctl.agents import listing, shown
from tests.cli.command_line import exit_code
from tests.cli.operations import Operations

TRIAGE: dict[str, Any] = {
    "agent_name": "ticket_triage",
    "version": "1.0.0",
    "kind": "agent",
    "description": "Sorts tickets.",
    "aliases": [],
    "input_fields": ["ticket", "reference"],
    "required_fields": ["ticket"],
    "output_fields": ["category", "priority"],
}
FIT = {
    "fit": 0.92,
    "fits": [{"field": "ticket", "required": True, "column": "description"}, {"field": "reference", "required": False}],
    "missing": [],
    "unused_columns": ["channel"],
}


def test_agents_are_listed(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(listing, list_compatible_agents={"agents": [TRIAGE]})
    assert exit_code("agents", "list") == 0
    printed = capsys.readouterr()
    assert "ticket_triage@1.0.0  agent  ticket*, reference  category, priority  Sorts tickets." in printed.out
    assert "batchctl agents show ticket_triage" in printed.err


def test_agents_are_ranked_by_a_csv(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(listing, list_compatible_agents={"agents": [{**TRIAGE, **FIT}]})
    assert exit_code("agents", "list", "--csv", "tickets.csv") == 0
    printed = capsys.readouterr()
    assert "92%  ticket_triage@1.0.0  ticket*=description" in printed.out
    assert "batchctl run tickets.csv --agent ticket_triage --max-rows 20" in printed.err
    assert operations.calls[0][1][1] == "tickets.csv"


def test_no_agent_says_how_one_is_registered(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(listing, list_compatible_agents={"agents": []})
    assert exit_code("agents", "list") == 0
    assert "batchctl registry put FILE" in capsys.readouterr().err


def test_agent_is_shown_with_what_it_takes_and_answers(
    operations: Operations, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {
        "properties": {
            "category": {"type": "string", "enum": ["billing", "account"]},
            "score": {"type": ["number", "null"]},
        }
    }
    takes = {"properties": {"ticket": {"type": "string", "description": "Its text."}}, "required": ["ticket"]}
    found = {
        "agent_name": "ticket_triage",
        "compatible": True,
        "structured_output_enabled": True,
        "version": "1.0.0",
        "kind": "agent",
        "description": "Sorts tickets.",
        "input_schema": takes,
        "output_schema": answers,
        "available_fields": ["category", "score"],
    }
    operations.answer(shown, validate_agent_compatibility=found)
    assert exit_code("agents", "show", "ticket_triage") == 0
    printed = capsys.readouterr()
    assert "ticket_triage@1.0.0 (agent)\nSorts tickets.\n" in printed.out
    assert "ticket  string  required  Its text" in printed.out
    assert "number or null" in printed.out
    assert "one of billing, account" in printed.out
    assert "batchctl config new CSV --agent ticket_triage" in printed.err


def test_agent_that_batches_cannot_use_ends_with_2(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        "agent_name": "slogan",
        "compatible": False,
        "structured_output_enabled": False,
        "available_fields": [],
        "error": "INCOMPATIBLE_AGENT",
        "message": "It has no structured output.",
        "suggestion": "Use 'product_copywriter'.",
    }
    operations.answer(shown, validate_agent_compatibility=found)
    assert exit_code("agents", "show", "slogan") == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "It has no structured output. Use 'product_copywriter'." in printed.err
    assert "batchctl agents list" in printed.err

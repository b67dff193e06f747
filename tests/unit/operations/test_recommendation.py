"""An agent is picked where it is clearly ahead, by columns and by what the user wants; else somebody is asked."""

from typing import Any, cast

import pytest

from batch_processor.operations.agents import recommendation
from batch_processor.operations.agents.recommendation import Recommendation, recommend_agent, stems
from batch_processor.operations.deployment import Deployment


def agent(name: str, description: str, fit: float, *outputs: str, **more: Any) -> dict[str, Any]:
    return {
        "agent_name": name,
        "description": description,
        "fit": fit,
        "output_fields": [*outputs],
        "aliases": [],
        **more,
    }


TRIAGE = agent("ticket_triage", "Classifies support tickets by category and priority.", 0.9, "category", "priority")
REPLIES = agent("reply_writer", "Writes replies to support tickets.", 0.9, "reply")
PARCELS = agent("parcel_quote", "Finds the cheapest carrier.", 0.2, "carrier", missing=["weight_kg"])


def recommend(monkeypatch: pytest.MonkeyPatch, agents: list[Any], goal: str | None = None) -> Recommendation:
    monkeypatch.setattr(recommendation, "list_compatible_agents", lambda *_: {"agents": agents})
    return recommend_agent("s3://b/a.csv", cast("Deployment", None), goal)


@pytest.mark.parametrize("goal", ["classify tickets by priority", "Ticket classification, with categories please"])
def test_goal_decides_between_agents_that_fit_alike(monkeypatch: pytest.MonkeyPatch, goal: str) -> None:
    told = recommend(monkeypatch, [REPLIES, TRIAGE, PARCELS], goal)
    assert (told["status"], told["agent_name"]) == ("AGENT_CHOSEN", "ticket_triage")
    assert told["candidates"][0]["agent_name"] == "ticket_triage"


def test_two_that_fit_alike_are_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    told = recommend(monkeypatch, [REPLIES, TRIAGE])
    assert told["status"] == "AGENT_NOT_CHOSEN"
    assert "agent_name" not in told
    assert "what the goal is" in told["message"]
    assert {candidate["agent_name"] for candidate in told["candidates"]} == {"reply_writer", "ticket_triage"}


def test_columns_alone_decide_where_one_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert recommend(monkeypatch, [TRIAGE, PARCELS])["agent_name"] == "ticket_triage"


def test_agent_whose_required_input_is_not_there_is_never_picked(monkeypatch: pytest.MonkeyPatch) -> None:
    told = recommend(monkeypatch, [PARCELS], "find the cheapest carrier")
    assert told["status"] == "AGENT_NOT_CHOSEN"
    assert "no column for its input weight_kg" in told["candidates"][0]["because"]


def test_goal_that_no_agent_serves_is_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    assert recommend(monkeypatch, [TRIAGE, REPLIES], "translate into French")["status"] == "AGENT_NOT_CHOSEN"


def test_without_agents_it_says_how_to_register_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "batchctl registry put" in recommend(monkeypatch, [])["message"]


def test_forms_of_a_word_are_one() -> None:
    assert stems("classify") == stems("classifies") == stems("classification")
    assert stems("please process my CSV file with the rows") <= {"process"} - {"process"} | stems("my")

from typing import Any

import pytest

from batch_processor.errors import InvalidEntry
from batch_processor.registry.documents import parse_request
from tests.unit.registry_entries import make_agent, make_schema, make_tool


def test_request_may_have_one_entry_or_several() -> None:
    agent_, tool_ = make_agent(), make_tool()
    for request in (
        {"kind": "agent", "entry": agent_},
        {"entry": agent_},
        agent_,
        {"kind": "agent", "entries": [agent_]},
        {"entries": [{"kind": "agent", "entry": agent_}]},
    ):
        assert [entry.id for entry in parse_request(request)] == ["agent/triage@1.0.0"]
    mixed = {"entries": [agent_, {"entry": tool_}, make_schema()]}
    assert [entry.id for entry in parse_request(mixed)] == ["agent/triage@1.0.0", "tool/enrich", "schema/triage@1.0"]


def test_request_tells_the_problems_of_all_entries() -> None:
    request = {"entries": [make_agent(version="x"), {"kind": "tool", "entry": make_tool(lambda_arn="y")}, {"a": 1}]}
    with pytest.raises(InvalidEntry) as caught:
        parse_request(request)
    assert [problem.pointer for problem in caught.value.problems] == [
        "/entries/0/version",
        "/entries/1/entry/lambda_arn",
        "/entries/2",
    ]


@pytest.mark.parametrize("request_", [None, [], {}, {"entries": []}, {"entries": 7}, {"kind": "agent"}])
def test_request_without_an_entry_is_refused(request_: object) -> None:
    with pytest.raises(InvalidEntry, match=r"\{kind, entry\}"):
        parse_request(request_)


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"kind": "agnet", "entry": make_agent()}, "/kind"),
        ({"kind": "agnet", "entries": [make_agent()]}, "/kind"),
        ({"entries": [make_agent(), {"kind": "agnet", "entry": make_agent()}]}, "/entries/1/kind"),
        ({"kind": "agnet", "entries": [{"entry": make_agent()}]}, "/kind"),
    ],
)
def test_misspelt_kind_is_told_where_it_stands(document: Any, pointer: str) -> None:
    with pytest.raises(InvalidEntry) as caught:
        parse_request(document)
    [problem] = caught.value.problems
    assert (problem.pointer, problem.message) == (pointer, "\"agnet\" is no kind; did you mean 'agent'?")

from typing import Any

import pytest

from batch_processor.config import Target, TargetRequest, parse, request
from tests.unit.config.changes import AGENT, TOOL, Build


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"target": AGENT}, Target("agent", AGENT, "classifier", "structured")),
        ({"target": f"{AGENT}:PROD"}, Target("agent", f"{AGENT}:PROD", "classifier", "structured")),
        ({"target": TOOL}, Target("tool", TOOL, "enrich", "structured")),
        ({"target": f"{TOOL}:live"}, Target("tool", f"{TOOL}:live", "enrich", "structured")),
        ({"target": f"{TOOL}:$LATEST"}, Target("tool", f"{TOOL}:$LATEST", "enrich", "structured")),
        ({"target": {"arn": TOOL, "type": "tool"}}, Target("tool", TOOL, "enrich", "structured")),
        ({"target": {"arn": AGENT, "name": "Triage"}}, Target("agent", AGENT, "Triage", "structured")),
        (
            {"target": None, "agent_state_machine_arn": AGENT},
            Target("agent", AGENT, "classifier", "structured"),
        ),
        (
            {"target": None, "agent_name": "Triage", "agent_state_machine_arn": AGENT},
            Target("agent", AGENT, "Triage", "structured"),
        ),
        (
            {"target": "Triage", "agent_config": {"state_machine_arn": AGENT}},
            Target("agent", AGENT, "Triage", "structured"),
        ),
        (
            {"target": {"type": "agent", "name": "Triage"}, "agent_config": {"state_machine_arn": AGENT}},
            Target("agent", AGENT, "Triage", "structured"),
        ),
        (
            {"target": AGENT, "agent_state_machine_arn": AGENT},
            Target("agent", AGENT, "classifier", "structured"),
        ),
        (
            {"target": "arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:a"},
            Target("agent", "arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:a", "a", "structured"),
        ),
        ({"target": {"arn": AGENT, "name": "Triage@1.2.0"}}, Target("agent", AGENT, "Triage", "structured", "1.2.0")),
        ({"target": {"arn": TOOL, "idempotent": True}}, Target("tool", TOOL, "enrich", "structured", idempotent=True)),
    ],
)
def test_every_way_of_giving_the_target_comes_to_one_arn(
    document: Build, target: dict[str, Any], expected: Target
) -> None:
    assert parse(document(**target)).target == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"target": "triage"}, TargetRequest("/target", "triage", True)),
        ({"target": "triage@1.10.0"}, TargetRequest("/target", "triage", True, "1.10.0")),
        ({"target": "triage@2.0.0-rc.1+b"}, TargetRequest("/target", "triage", True, "2.0.0-rc.1+b")),
        ({"target": "triage@1.0"}, TargetRequest("/target", "triage", True, "1.0")),
        ({"target": "triage@latest"}, TargetRequest("/target", "triage", True)),
        ({"target": "triage@night"}, TargetRequest("/target", "triage@night", True)),
        ({"target": "a@1.0.0@2.0.0"}, TargetRequest("/target", "a@1.0.0", True, "2.0.0")),
        (
            {"target": {"type": "tool", "name": "enrich"}},
            TargetRequest("/target/name", "enrich", True, type="tool"),
        ),
        (
            {"target": {"name": "triage", "input_format": "messages"}},
            TargetRequest("/target/name", "triage", True, input_format="messages"),
        ),
        ({"target": None, "agent_name": "triage"}, TargetRequest("/agent_name", "triage", True, type="agent")),
        ({"target": AGENT}, TargetRequest("/target", "classifier", False, arn=AGENT)),
        (
            {"target": {"name": "triage@1.0.0", "arn": AGENT}},
            TargetRequest("/target/name", "triage", True, "1.0.0", AGENT),
        ),
        (
            {"target": None, "agent_state_machine_arn": AGENT},
            TargetRequest("", "classifier", False, arn=AGENT),
        ),
    ],
)
def test_what_the_registries_are_asked_for(document: Build, target: dict[str, Any], expected: TargetRequest) -> None:
    given = document(**{"input_mapping": {"a": "prompt"}, **target})
    parse(given)
    assert request(given) == expected


def test_messages_style_agent_needs_and_gets_a_prompt(document: Build) -> None:
    config = parse(
        document(
            target={"arn": AGENT, "input_format": "messages"},
            input_mapping={"static_values": {"prompt": "Hi"}},
        )
    )
    assert config.target.input_format == "messages"

"""`batch_cli registry` against the tables of an account."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from batch_cli.registry import commands
from batch_cli.registry.commands import RegistryFailed
from batch_cli.registry.files import UnusableFiles
from batch_cli.registry.seed import seed
from batch_processor.aws.client import client
from tests.functional.tables import REGISTRIES
from tests.unit.configs import AGENT, TOOL
from tests.unit.registry_entries import make_agent, make_schema, make_tool

OUTPUTS = {f"{kind.title()}RegistryName": table for kind, table in REGISTRIES.items()}


class Stack:
    """A deployed stack, by its outputs."""

    def __init__(self, **outputs: str) -> None:
        self.outputs = {**OUTPUTS, "BucketName": "data", **outputs}

    def client(self, service: str) -> Any:
        return client(service)


def run(*words: str) -> list[str]:
    parser = argparse.ArgumentParser()
    commands.add_to(parser.add_subparsers(dest="command"))
    return list(commands.run(parser.parse_args(["registry", *words])))


@pytest.fixture(autouse=True)
def shell(account: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that `make local` prints."""
    for name, value in OUTPUTS.items():
        monkeypatch.setenv(name, value)


def write(path: Path, document: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(path)


def test_files_and_folders_are_registered(tmp_path: Path) -> None:
    write(tmp_path / "agents" / "triage.json", {"kind": "agent", "entry": make_agent()})
    write(tmp_path / "agents" / "old.json", make_agent(version="0.9.0", status="deprecated"))
    write(tmp_path / "agents" / "notes.txt", "not an entry")
    tool = write(tmp_path / "tool.json", make_tool())
    assert run("put", str(tmp_path / "agents"), tool) == ["agent/triage@0.9.0", "agent/triage@1.0.0", "tool/enrich"]
    assert run("list") == [
        "agent/triage@0.9.0  deprecated",
        "agent/triage@1.0.0  active  latest",
        "tool/enrich  active",
    ]
    assert run("list", "tool") == ["tool/enrich  active"]


def test_versions_are_listed_as_versions(tmp_path: Path) -> None:
    entries = [make_agent(version=version) for version in ("1.10.0", "1.9.0", "2.0.0-rc.1")]
    run("put", write(tmp_path / "a.json", {"entries": entries}))
    assert run("list", "agent") == [
        "agent/triage@1.9.0  active",
        "agent/triage@1.10.0  active  latest",
        "agent/triage@2.0.0-rc.1  active",
    ]


def test_yaml_of_the_specification_is_registered(tmp_path: Path) -> None:
    text = r"""
agent: broadband-agent-rust
version: "1.0"
output_format: "messages"
fields:
  - name: exchange
    type: string
    extraction:
      - type: tool_result
        tool: browser_broadband
        pattern: "Exchange: ([A-Z\\s]+)"
      - type: structured
        path: "$.exchange"
"""
    assert run("put", write(tmp_path / "broadband-agent.yaml", text)) == ["schema/broadband-agent-rust@1.0"]
    (shown,) = run("show", "broadband-agent-rust@1.0")
    fields = json.loads(shown)["schema/broadband-agent-rust@1.0"]["fields"]
    assert fields == make_schema()["fields"]


def test_everything_of_a_name_is_shown_or_one_version(tmp_path: Path) -> None:
    entries = [make_agent(), make_agent(version="1.1.0"), make_schema(), make_tool("triage")]
    run("put", write(tmp_path / "a.json", {"entries": entries}))
    (shown,) = run("show", "triage")
    assert list(json.loads(shown)) == ["agent/triage@1.0.0", "agent/triage@1.1.0", "tool/triage", "schema/triage@1.0"]
    (shown,) = run("show", "triage@1.1.0")
    assert list(json.loads(shown)) == ["agent/triage@1.1.0"]
    with pytest.raises(RegistryFailed, match=r"Nothing is registered as triage@2\.0\.0"):
        run("show", "triage@2.0.0")


def test_nothing_is_registered_if_any_file_is_wrong(tmp_path: Path) -> None:
    write(tmp_path / "a.json", make_agent())
    write(tmp_path / "b.json", "{")
    write(tmp_path / "c.yaml", "a: [")
    write(tmp_path / "d.json", make_agent(version="x"))
    with pytest.raises(UnusableFiles) as caught:
        run("put", str(tmp_path), str(tmp_path / "absent.json"))
    told = str(caught.value)
    assert [name in told for name in ("a.json", "b.json", "c.yaml", "d.json", "absent.json")] == [False, *[True] * 4]
    assert "/version: expected a semantic version" in told
    assert run("list") == []


def test_outputs_of_the_stack_are_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.json", make_agent(state_machine_arn="${TICKET_AGENT_ARN}"))
    with pytest.raises(UnusableFiles, match=r"no stack has an output for \$\{TICKET_AGENT_ARN\}; name its stack"):
        run("put", path)
    monkeypatch.setenv("TicketAgentArn", AGENT)
    run("put", path)
    (shown,) = run("show", "triage")
    assert json.loads(shown)["agent/triage@1.0.0"]["state_machine_arn"] == AGENT


def test_files_are_checked_without_any_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OUTPUTS:
        monkeypatch.delenv(name)
    good = write(
        tmp_path / "good.json",
        {
            "entries": [
                make_agent("${AGENT_NAME}", state_machine_arn="${TICKET_AGENT_ARN}"),
                make_tool(lambda_arn="${CONTACT_TOOL_ARN}"),
                make_tool("b", lambda_arn=None, resource_arn="${BATCH_ARN}", tool_type="state_machine"),
            ]
        },
    )
    assert run("check", good) == ["agent/name@1.0.0", "tool/enrich", "tool/b"]
    with pytest.raises(UnusableFiles, match="did you mean 'messages'"):
        run("check", good, write(tmp_path / "bad.json", make_agent(input_format="message")))
    with pytest.raises(RegistryFailed, match="no output AgentRegistryName"):
        run("list")


def test_seeds_are_registered_as_far_as_their_targets_are_deployed() -> None:
    said: list[str] = []
    one = seed(Stack(TicketAgentArn=AGENT), said.append)
    assert [entry for entry in one if not entry.startswith("schema/")] == ["agent/ticket_triage@1.0.0"]
    assert said[0].startswith(f"Registered: {len(one)}; left out, as their stacks are not here: ")
    both = seed(Stack(TicketAgentArn=AGENT, ContactToolArn=TOOL), said.append)
    assert set(both) - set(one) == {"tool/contact_enrichment"}

"""`batchctl registry` against the tables of an account."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batchctl.__main__ import app
from batchctl.account import AwsAccount
from batchctl.registry import registration
from batchctl.registry.files import UnusableFiles
from batchctl.registry.registration import RegistryFailed
from batchctl.registry.seed import seed
from tests.cli.command_line import exit_code
from tests.functional import conftest
from tests.functional.tables import REGISTRIES
from tests.unit.configs import AGENT, TOOL
from tests.unit.registry_entries import make_agent, make_schema, make_tool

account = conftest.account
OUTPUTS = {f"{kind.title()}RegistryName": table for kind, table in REGISTRIES.items()}


Failing = Callable[..., str]


class Stack:
    """A deployed stack, by its outputs."""

    def __init__(self, **outputs: str) -> None:
        self.outputs = {**OUTPUTS, "BucketName": "data", **outputs}

    def client(self, service: str) -> Any:
        return client(service)


def run(*words: str) -> list[str]:
    """The lines that the command prints; raises what it raises."""
    with redirect_stdout(io.StringIO()) as printed:
        app(["registry", *words], standalone_mode=False)
    return printed.getvalue().splitlines()


def shown(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("\n".join(run("show", name)))
    return found


@pytest.fixture
def failing(capsys: pytest.CaptureFixture[str]) -> Failing:
    """Calls the command as a shell does; it must exit with 1, and gives what it has written to stderr."""

    def fail(*words: str) -> str:
        assert exit_code("registry", *words) == 1
        return capsys.readouterr().err

    return fail


@pytest.fixture(autouse=True)
def shell(account: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that `batchctl local` prints."""
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
    printed = run("put", str(tmp_path / "agents"), tool)
    assert printed[:-1] == ["agent/triage@0.9.0", "agent/triage@1.0.0", "tool/enrich"]
    assert printed[-1].startswith(
        "warning: whether batches can call what is registered cannot be told: there is no output"
    )
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
    fields = shown("broadband-agent-rust@1.0")["schema/broadband-agent-rust@1.0"]["fields"]
    assert fields == make_schema()["fields"]


def test_everything_of_a_name_is_shown_or_one_version(tmp_path: Path) -> None:
    entries = [make_agent(), make_agent(version="1.1.0"), make_schema(), make_tool("triage")]
    run("put", write(tmp_path / "a.json", {"entries": entries}))
    assert list(shown("triage")) == ["agent/triage@1.0.0", "agent/triage@1.1.0", "tool/triage", "schema/triage@1.0"]
    assert list(shown("triage@1.1.0")) == ["agent/triage@1.1.0"]
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
    assert shown("triage")["agent/triage@1.0.0"]["state_machine_arn"] == AGENT


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
    assert run("check", good) == ["agent/agent_name@1.0.0", "tool/enrich", "tool/b"]
    with pytest.raises(UnusableFiles, match="did you mean 'messages'"):
        run("check", good, write(tmp_path / "bad.json", make_agent(input_format="message")))


def test_stack_without_registries_is_told() -> None:
    stack = Stack()
    del stack.outputs["ToolRegistryName"]
    with pytest.raises(RegistryFailed, match="no output ToolRegistryName"):
        registration.registries_of(stack)


def test_seeds_are_registered_as_far_as_their_targets_are_deployed() -> None:
    said: list[str] = []
    one = seed(Stack(TicketAgentArn=AGENT), said.append)
    assert [entry for entry in one if not entry.startswith("schema/")] == ["agent/ticket_triage@1.0.0"]
    assert said[0].startswith(f"Registered: {len(one)}; left out, as their stacks are not here: ")
    both = seed(Stack(TicketAgentArn=AGENT, ContactToolArn=TOOL), said.append)
    assert set(both) - set(one) == {"tool/contact_enrichment"}


def put_raw(version: str, **attributes: Any) -> None:
    """An agent that another program has written."""
    item = {"agent_name": {"S": "triage"}, "version": {"S": version}, **attributes}
    client("dynamodb").put_item(TableName=REGISTRIES["agent"], Item=item)


@pytest.mark.parametrize("words", [("list",), ("put", "registry"), ("show", "triage")])
@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        ("ValidationError", "Stack with id nosuch does not exist", "nosuch does not exist. Check its name, and that"),
        ("ExpiredToken", "The security token included in the request is expired", "Sign in to AWS"),
    ],
)
def test_stack_that_cannot_be_read_is_told(
    failing: Failing, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: str, message: str, told: str
) -> None:
    cloudformation = boto3.client("cloudformation")
    monkeypatch.setattr(AwsAccount, "client", lambda *_: cloudformation)
    with Stubber(cloudformation) as stubbed:
        stubbed.add_client_error("describe_stacks", code, message, http_status_code=400)
        said = failing(*words, "--stack", "nosuch")
    assert "The stack 'nosuch' of --stack cannot be read: " in said
    assert told in said


@pytest.mark.parametrize("words", [("list",), ("list", "--stack", "batch-processor-dev")])
def test_missing_region_is_told(failing: Failing, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    told = failing(*words)
    assert "You must specify a region." in told
    assert "Set AWS_DEFAULT_REGION to the Region of the stack" in told
    assert ("'batch-processor-dev'" in told) == ("--stack" in words)


@pytest.mark.parametrize("words", [("list",), ("list", "--stack", "batch-processor-dev")])
def test_missing_credentials_are_told(
    failing: Failing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    told = failing(*words)
    assert "Unable to locate credentials" in told
    assert "Sign in to AWS" in told


@pytest.mark.parametrize(
    "entry",
    [make_tool(notes="x" * 450_000), make_tool(input_schema={"properties": {"a": {"maximum": 1e300}}})],
    ids=["too large", "number"],
)
def test_entry_that_dynamodb_does_not_take_is_told_with_its_file(
    failing: Failing, tmp_path: Path, entry: dict[str, Any]
) -> None:
    path = write(tmp_path / "a.json", entry)
    told = failing("put", path)
    assert f"{path}: " in told
    assert "Traceback" not in told
    assert run("list") == []


def test_refusal_by_dynamodb_is_told_with_what_is_registered(failing: Failing, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", {"entries": [make_tool(), make_agent()]})
    client("dynamodb").delete_table(TableName=REGISTRIES["agent"])
    told = failing("put", path)
    assert f"{path} /entries/1: Registering agent/triage@1.0.0 in AgentRegistry-dev: there is no such resource" in told
    assert "The entries before it are registered" in told
    assert run("list", "tool") == ["tool/enrich  active"]


@pytest.mark.parametrize("name", ["", "@1.0.0", "x" * 3_000])
def test_name_that_no_entry_may_have_is_told(failing: Failing, name: str) -> None:
    assert "NAME[@VERSION]: expected a name of 1 to 255 characters" in failing("show", name)


def test_binary_value_is_shown_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    put_raw("1.0.0", notes={"M": {"a": {"L": [{"B": b"\x00\xff"}]}}})
    put_raw("1.1.0")
    assert exit_code("registry", "show", "triage") == 1
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert found["agent/triage@1.0.0"]["notes"] == {"a": [{"B": "AP8="}]}
    assert list(found) == ["agent/triage@1.0.0", "agent/triage@1.1.0"]
    assert "Binary, which no entry may have: agent/triage@1.0.0 /notes/a/0." in printed.err


def test_broken_status_hides_no_other_entry(capsys: pytest.CaptureFixture[str]) -> None:
    put_raw("1.0.0", status={"NULL": True})
    put_raw("1.1.0", status={"S": "broken"})
    put_raw("1.2.0", status={"B": b"active"})
    put_raw("1.3.0", status={"BOOL": False})
    assert exit_code("registry", "list") == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines()[:4] == [
        "agent/triage@1.0.0  active  latest",
        "agent/triage@1.1.0  broken",
        "agent/triage@1.2.0  broken: its status is of the type Binary",
        "agent/triage@1.3.0  broken: its status is of the type bool",
    ]
    assert "Broken: agent/triage@1.2.0, agent/triage@1.3.0. A /status is text, as active or deprecated" in printed.err


@pytest.mark.parametrize("action", ["check", "put"])
def test_entry_that_stands_twice_is_told_with_both_places(failing: Failing, tmp_path: Path, action: str) -> None:
    one = write(tmp_path / "one.json", {"kind": "agent", "entry": make_agent()})
    two = write(tmp_path / "two.json", {"entries": [make_tool(), {"entry": make_agent()}, make_tool()]})
    told = failing(action, one, two, str(tmp_path))
    assert f"{two} /entries/1/entry: agent/triage@1.0.0 stands at {one} /entry too; keep one of them" in told
    assert f"{two} /entries/2: tool/enrich stands at {two} /entries/0 too" in told
    assert run("list") == []


def test_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", make_agent())
    assert run("check", path, str(tmp_path), path) == ["agent/triage@1.0.0"]


def test_placeholders_that_differ_are_no_repetition(tmp_path: Path) -> None:
    write(tmp_path / "a.json", {"entries": [make_tool("${ONE_NAME}"), make_tool("${OTHER_NAME}")]})
    assert run("check", str(tmp_path)) == ["tool/one_name", "tool/other_name"]


@pytest.mark.parametrize("action", ["check", "put"])
def test_files_that_a_parser_would_take_or_fail_on_are_told(failing: Failing, tmp_path: Path, action: str) -> None:
    write(tmp_path / "deep.json", '{"a":' * 9_000 + "1" + "}" * 9_000)
    write(tmp_path / "twice.json", '{"agent_name": "a",\n"agent_name": "b"}')
    write(tmp_path / "yaml" / "number.yaml", f"agent_name: 5\nversion: 1.0\nstatus: on\nstate_machine_arn: {AGENT}\n")
    write(tmp_path / "yaml" / "date.yaml", "agent_name: a\nmetadata: {since: 2026-01-31}\n")
    told = failing(action, str(tmp_path))
    assert f"{tmp_path}/deep.json: it is nested deeper than 100 levels" in told
    assert (
        f'{tmp_path}/twice.json: "agent_name" is given twice in one object, at line 1, column 2 and at line 2' in told
    )
    assert (
        "/agent_name: expected a name of 1 to 255 characters in one line, without @ and #, got 5; write it in quotes"
        in told
    )
    assert "/version: expected a string that is not empty, got 1.0; write it in quotes" in told
    assert "/status: expected a string that is not empty, got true; write it in quotes" in told
    assert "/metadata/since: the value is read as a YAML date, 2026-01-31; write it in quotes" in told


def test_folder_without_entries_is_told(failing: Failing, tmp_path: Path) -> None:
    write(tmp_path / "notes.txt", "not an entry")
    (tmp_path / "folder.json").mkdir()
    assert f"{tmp_path}: there are no entries; expected files that end in .json" in failing("check", str(tmp_path))


def test_misspelt_keys_are_noted_where_they_stand(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", {"entries": [make_tool(), make_agent(status=None, stauts="draft")]})
    assert run("check", path) == [
        "tool/enrich",
        "agent/triage@1.0.0",
        f"  note: {path} /entries/1/stauts: \"stauts\" is kept and means nothing here; did you mean 'status'?",
    ]


def test_what_a_schema_does_not_check_is_noted(tmp_path: Path) -> None:
    schema = {"properties": {"code": {"type": "string", "format": "uuid", "pattern": "^(?!0)"}}}
    path = write(tmp_path / "a.json", {"entries": [make_tool(output_schema=schema)]})
    [entry, note] = run("check", path)
    assert entry == "tool/enrich"
    assert note.startswith(
        f"  note: {path} /entries/0/output_schema/properties/code/pattern: the pattern is not checked"
    )


def test_programming_errors_are_not_dressed_up(failing: Failing, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise TypeError("a fault of this code")

    monkeypatch.setattr(registration, "registries_of", fail)
    with pytest.raises(TypeError):
        failing("list")

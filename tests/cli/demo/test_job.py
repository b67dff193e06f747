"""What the local stack fills into configs, and the names that it shares with the SAM CLI's settings."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from batchctl.demo.job import EXAMPLES as EXAMPLE_FILES
from batchctl.demo.job import Job
from batchctl.errors import WrongUsage
from batchctl.local.foreground import main_stack
from batchctl.local.stack import MAIN, LocalStack
from batchctl.project import ROOT
from tests.cli.command_line import exit_code

TOOL = "arn:aws:lambda:us-east-1:000000000000:function:batch-example-contact-tool-local"


@pytest.fixture
def stack() -> LocalStack:
    """A stack that was never started, with the outputs of one that was."""
    stack = LocalStack()
    stack.outputs = {"BucketName": "the-bucket", "ContactToolArn": TOOL, "StateMachineArn": "arn:machine"}
    return stack


def job(folder: Path, config: str) -> Job:
    (folder / "people.csv").write_text("name\nAna\n", encoding="utf-8")
    (folder / "people.json").write_text(config, encoding="utf-8")
    return Job(folder / "people.csv", folder / "people.json")


@pytest.mark.parametrize(
    ("config", "filled_in"),
    [
        ("s3://${BUCKET}/inputs/", "s3://the-bucket/inputs/"),
        ("${CONTACT_TOOL_ARN} ${CONTACT_TOOL_ARN}", f"{TOOL} {TOOL}"),
        ("${STATE_MACHINE_ARN}", "arn:machine"),
        ("${BUCKET_NAME}", "the-bucket"),
        ("${UNKNOWN} $BUCKET ${bucket} {BUCKET}", "${UNKNOWN} $BUCKET ${bucket} {BUCKET}"),
        ("{name}: ä\\n", "{name}: ä\\n"),
    ],
)
def test_names_of_the_stack_are_filled_in_and_nothing_else_is_touched(
    stack: LocalStack, config: str, filled_in: str
) -> None:
    assert stack.substituted(config) == filled_in


def test_example_stands_in_for_what_is_not_given(tmp_path: Path) -> None:
    examples = sorted(path.name.removesuffix(".config.json") for path in EXAMPLE_FILES.glob("*.config.json"))
    assert examples
    for example in examples:
        found = Job.of(None, None, example)
        assert found.csv_path.parent == EXAMPLE_FILES
        assert (found.config_path is None) == (found.request.agent is not None)
    own = job(tmp_path, "{}")
    mixed = Job.of(own.csv_path, None, examples[0])
    assert (mixed.csv_path, mixed.config_path) == (own.csv_path, EXAMPLE_FILES / f"{examples[0]}.config.json")


def test_command_is_the_one_that_a_user_would_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert Job.of(None, None, "tickets").command == "batchctl run examples/tickets.csv --agent ticket_triage"
    assert Job.of(None, None, "lines").command == "batchctl run examples/lines.csv --config examples/lines.config.json"
    # An agent's name would not say what the columns of another CSV are.
    assert Job.of(EXAMPLE_FILES / "lines.csv", None, "tickets").command == (
        "batchctl run examples/lines.csv --config examples/tickets.config.json"
    )


@pytest.mark.parametrize("given", [(Path("absent.csv"), None, "contacts"), (None, Path("absent.json"), "contacts")])
def test_file_that_is_not_there_is_told(given: tuple[Any, Any, str]) -> None:
    with pytest.raises(
        WrongUsage, match=r"^--c\w+: there is no file absent\.\w+\. Give one that exists, or an example"
    ):
        Job.of(*given)


def test_example_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(
        WrongUsage, match=r"--example: there is no 'contact'\. Did you mean contacts\? Expected one of addresses, batch"
    ):
        Job.of(None, None, "contact")


def test_sam_deploys_to_the_stack_that_the_command_line_knows() -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))["local"]
    assert settings["global"]["parameters"]["stack_name"] == MAIN.name
    overrides = dict(pair.split("=", 1) for pair in settings["global"]["parameters"]["parameter_overrides"])
    assert main_stack([], []).parameters.items() <= overrides.items()


def test_help_names_every_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("demo", "--help") == 0
    told = set(re.findall(r"\w+", capsys.readouterr().out))
    assert {path.name.removesuffix(".config.json") for path in EXAMPLE_FILES.glob("*.config.json")} <= told

"""`batchctl run`, as far as it needs no stack; tests/integration/test_bring_your_own_agent.py runs it on one."""

from pathlib import Path
from typing import Any

import pytest

from batchctl.run import running
from tests.cli.command_line import exit_code


class OtherStack:
    """A stack that is not the batch processor's."""

    def __init__(self) -> None:
        self.outputs = {"ApprovalAgentArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:my-approval"}

    def client(self, service: str) -> Any:
        raise AssertionError(service)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "a.csv").write_text("name\nAna\n")
    (tmp_path / "a.json").write_text('{"target": "x"}')
    return str(tmp_path / "a.csv"), str(tmp_path / "a.json")


def test_stack_without_a_bucket_is_told_before_anything_is_uploaded(
    files: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "account_of", lambda _: OtherStack())
    assert exit_code("run", files[0], "--config", files[1], "--stack", "my-targets") == 1
    assert "Name the batch processor's stack with --stack" in capsys.readouterr().err


def test_file_that_is_not_there_is_wrong_usage(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("run", files[0], "--config", "absent.json") == 2
    assert exit_code("run", "absent.csv", "--config", files[1]) == 2
    assert "absent.csv" in capsys.readouterr().err


def test_output_that_is_no_folder_is_told_before_anything_runs(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("run", files[0], "--config", files[1], "--output", files[0]) == 2
    assert f"--output: {files[0]} is a file" in " ".join(capsys.readouterr().err.split())

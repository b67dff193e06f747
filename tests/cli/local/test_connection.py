"""How other shells, and batchctl in them, find the running local stack, and nobody else does."""

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from batchctl.account import account_of
from batchctl.local import connection, private_file
from batchctl.local.connection import NoLocalStack, RunningLocalStack, published
from batchctl.local.emulator.process import Emulator
from batchctl.where import Where
from tests.functional.tables import REGISTRIES

OUTPUTS = {f"{kind.title()}RegistryName": table for kind, table in REGISTRIES.items()}


@pytest.fixture(scope="module")
def emulator() -> Any:
    with Emulator(auth=True) as running:
        yield running


@pytest.fixture(autouse=True)
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the stack is told of, in a shell that knows no stack and is signed in to an account."""
    for name in OUTPUTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-an-account")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-an-account")
    path = tmp_path / "a folder" / "environment.sh"
    monkeypatch.setattr(connection, "FILE", path)
    return path


def test_a_command_without_a_stack_finds_the_running_one_by_itself(emulator: Emulator) -> None:
    with published({**emulator.environment(), **OUTPUTS}):
        account = account_of(Where())
        assert account.client("sts").get_caller_identity()["Arn"].endswith(":root")
        assert account.outputs["AgentRegistryName"] == OUTPUTS["AgentRegistryName"]


def test_a_stack_in_the_shells_variables_comes_first(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AgentRegistryName", "of the shell")
    with published({**emulator.environment(), **OUTPUTS}):
        assert account_of(Where()).outputs["AgentRegistryName"] == "of the shell"


def test_what_is_printed_can_be_pasted_and_its_keys_are_taken(emulator: Emulator) -> None:
    odd = {"Odd": 'it\'s $HOME; `ls` "x" ü'}
    with published({**emulator.environment(), **odd}) as command:
        script = f"{command} && printenv Odd && printenv AWS_ACCESS_KEY_ID && printenv AWS_SESSION_TOKEN"
        shell = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
        assert RunningLocalStack().outputs["Odd"] == odd["Odd"]
    # The token of the account is gone: the emulator would refuse it.
    assert shell.stdout.split("\n") == [odd["Odd"], emulator.environment()["AWS_ACCESS_KEY_ID"], "", ""]


def test_nobody_but_its_owner_may_read_it(file: Path, emulator: Emulator) -> None:
    before = os.umask(0)
    try:
        with published(emulator.environment()):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_it_goes_with_its_stack_but_a_later_ones_stays(file: Path) -> None:
    with published({"A": "1"}):
        with published({"A": "2"}):
            pass
        assert not file.exists()
        private_file.write(file, "export A=3\n")
    assert file.read_text() == "export A=3\n"


def test_without_one_it_is_said_what_to_type(file: Path) -> None:
    with pytest.raises(NoLocalStack) as caught:
        account_of(Where())
    assert str(file) in str(caught.value)
    assert "`batchctl local up`" in str(caught.value)


def test_one_that_was_killed_is_told_from_one_that_runs() -> None:
    with Emulator(auth=True) as gone:
        variables = gone.environment()
    with published(variables), pytest.raises(NoLocalStack, match=r"does not run any more.*`batchctl local up`"):
        account_of(Where())


def test_a_file_that_could_not_be_written_whole_is_as_it_was(file: Path) -> None:
    private_file.write(file, "whole")
    with pytest.raises(UnicodeEncodeError):
        private_file.write(file, "\ud800")
    assert file.read_text() == "whole"
    assert [path.name for path in file.parent.iterdir()] == [file.name]

"""The commands that the local stack gives to a shell which has none of this project."""

import os
import subprocess
from pathlib import Path

import pytest

from batchctl import __version__
from batchctl.local import connection, own_commands, sam_cli
from batchctl.local.connection import published


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(connection, "FILE", tmp_path / "environment.sh")
    return tmp_path / "it's a folder"


def in_shell(folder: Path, script: str, **variables: str) -> str:
    """What a new shell prints after the line was typed that the local stack prints."""
    with published({}, own_commands.write(folder)) as line:
        environment = {"PATH": os.defpath, **variables}
        ended = subprocess.run(["sh", "-ec", f"{line}\n{script}"], env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_batchctl_is_the_one_that_runs_the_stack(folder: Path) -> None:
    assert __version__ in in_shell(folder, "batchctl version")


def test_commands_come_before_others_of_their_name(folder: Path) -> None:
    found = in_shell(folder, "command -v batchctl; command -v sam; command -v ls").splitlines()
    assert found[:2] == [str(folder / "batchctl"), str(folder / "sam")]
    assert Path(found[2]).is_file()


def test_sam_is_kept_from_what_batchctl_is_found_by(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = folder.parent / "sam environment"
    (environment / "bin").mkdir(parents=True)
    sam = environment / "bin" / "sam"
    sam.write_text('#!/bin/sh\necho "$@" "[$PYTHONPATH]" "$SAM_CLI_TELEMETRY"\n')
    sam.chmod(0o700)
    monkeypatch.setattr(sam_cli, "environment", lambda: environment)
    assert in_shell(folder, "sam deploy 'a b'", PYTHONPATH="/elsewhere") == "deploy a b [] 0\n"


def test_nobody_else_may_write_or_run_them(folder: Path) -> None:
    assert {path.stat().st_mode & 0o777 for path in own_commands.write(folder).iterdir()} == {0o700}

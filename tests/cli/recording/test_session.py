"""The recorded session: what is typed in it is taken, and its picture fetches nothing."""

import re
import subprocess
from pathlib import Path

import pytest

from batchctl.recording.__main__ import COMMANDS, PICTURE
from batchctl.recording.session import recorded
from tests.cli.test_printed_commands import taken


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_session_is_taken(command: str) -> None:
    taken(command)


def test_picture_has_every_command_and_fetches_nothing() -> None:
    text = PICTURE.read_text(encoding="utf-8").replace("&#160;", " ")
    assert [command for command in COMMANDS if f"$ {command}" not in text] == []
    assert not re.search(r"@font-face|<script|<image|url\((?!#)", text)


def test_what_commands_print_is_what_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ticket,text\nT-1,Broken\n")
    drawn = recorded(["batchctl analyze a.csv"], tmp_path).replace("&#160;", " ")
    assert "a.csv: 1 row, 2 columns" in drawn
    assert "batchctl agents list --csv a.csv" in drawn
    assert drawn.index("2 columns") < drawn.index("Next:"), "the answer comes before what is next"


def test_command_that_fails_is_no_session(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        recorded(["batchctl analyze absent.csv"], tmp_path)

"""The recorded session: what is typed in it is taken, and its picture fetches nothing."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from batchctl.recording.__main__ import COMMANDS, PICTURE
from batchctl.recording.session import _lines, recorded
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


def test_command_that_fails_is_no_session(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        recorded(["batchctl analyze absent.csv"], tmp_path)


def test_lines_of_answer_and_notes_stay_whole() -> None:
    notes, answer = os.pipe(), os.pipe()
    for (_, writer), text in ((notes, b"one\nhalf of "), (answer, b"path"), (answer, b".csv\n"), (notes, b"two\n")):
        os.write(writer, text)
    for _, writer in (notes, answer):
        os.close(writer)
    assert b"".join(_lines(notes[0], answer[0])) == b"one\nhalf of two\npath.csv\n"
    for reader, _ in (notes, answer):
        os.close(reader)


def test_lines_that_arrive_in_pieces_are_not_cut() -> None:
    notes, answer = os.pipe(), os.pipe()
    os.write(notes[1], b"one\nhalf of ")
    lines = _lines(notes[0], answer[0])
    assert next(lines) == b"one\n"
    os.write(answer[1], b"path.csv\n")
    assert next(lines) == b"path.csv\n"
    os.write(notes[1], b"two\n")
    assert next(lines) == b"half of two\n"
    for descriptor in (*notes, *answer):
        os.close(descriptor)

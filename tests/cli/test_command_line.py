"""What all commands have in common: help at once, how they end, and what is told where."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from batchctl import __version__, account
from batchctl.__main__ import app
from batchctl.help_layout import UNDERSTAND
from tests.cli.command_line import exit_code

# What takes long to import; Rich alone takes as long as all else that help needs.
HEAVY = {"boto3", "botocore", "pydantic", "ministack", "rich", "yaml", "jsonschema", "batch_processor"}
LOADED = """
import json, sys
from batchctl.__main__ import main
try:
    main()
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def commands() -> dict[str, Any]:
    """All commands by what one types, those of groups included."""
    root: Any = typer.main.get_command(app)
    found: dict[str, Any] = {"": root}
    for name, command in root.commands.items():
        found |= {name: command} | {f"{name} {inner}": one for inner, one in getattr(command, "commands", {}).items()}
    return found


COMMANDS = commands()


@pytest.mark.parametrize("words", COMMANDS)
def test_help_imports_nothing_that_takes_long(words: str) -> None:
    arguments = [*words.split(), "--help"]
    ended = subprocess.run([sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True)
    assert HEAVY.intersection(json.loads(ended.stderr)) == set()
    assert ended.stdout


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_an_example(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(*words.split(), "--help") == 0
    printed = capsys.readouterr().out
    assert f"Examples:\n    {' '.join(['batchctl', *words.split()])}" in printed


def test_help_has_every_command_under_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--help") == 0
    sections = capsys.readouterr().out.split("\n\n")
    [start] = [section for section in sections if section.startswith("Start:")]
    [set_up] = [section for section in sections if section.startswith("Set up:")]
    assert "  demo  " in start
    assert all(f"  {name}  " in set_up for name in ("local", "registry", "factory", "version", "help"))
    [understand] = [section for section in sections if section.startswith(f"{UNDERSTAND}:")]
    assert all(f"  {name}  " in understand for name in ("results", "failures"))


@pytest.mark.parametrize("word", ["version", "--version"])
def test_version_is_told(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(word) == 0
    assert capsys.readouterr().out == f"batchctl {__version__}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("dmeo", "No such command 'dmeo'. Did you mean 'demo'?"),
        ("registry lst", "No such command 'lst'. Did you mean 'list'?"),
        ("demo --exmaple lines", "No such option: --exmaple"),
        ("demo --csv", "Option '--csv' requires an argument"),
        ("registry list agnt", "'agnt' is not one of 'agent', 'tool', 'template', 'schema'. Did you mean 'agent'?"),
        ("help exit-code", "Did you mean 'exit-codes'?"),
        ("registry check", "Missing argument"),
        ("demo --example contact", "Did you mean contacts?"),
        ("demo --csv absent.csv", "--csv: there is no file absent.csv."),
        ("", "Usage: batchctl"),
    ],
)
def test_what_cannot_be_done_as_typed_ends_with_2(words: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(*words.split()) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""


def test_failure_ends_with_1_and_is_told_on_stderr_without_colour(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("registry", "check", "absent.json") == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("\nUnusableFiles\nabsent.json: ")
    assert "\x1b" not in printed.err
    assert printed.out == ""


def test_no_color_is_respected_on_a_terminal() -> None:
    pty = pytest.importorskip("pty")
    found: dict[str, bytes] = {}
    for no_color in ("", "1"):
        reader, writer = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "NO_COLOR": no_color}
        command = [sys.executable, "-m", "batchctl", "registry", "check", "absent.json"]
        subprocess.run(command, stderr=writer, env=environment, check=False)
        os.close(writer)
        found[no_color] = os.read(reader, 10_000)
        os.close(reader)
    assert b"\x1b[1;31mUnusableFiles" in found[""]
    assert b"[31m" not in found["1"]


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_command_ends_with_130(
    signal_number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(account, "account_of", lambda _: os.kill(os.getpid(), signal_number))
    assert exit_code("registry", "list") == 130
    assert capsys.readouterr().err == "\nInterrupted.\n"


def test_completion_knows_the_commands() -> None:
    environment = {**os.environ, "_BATCHCTL_COMPLETE": "complete_bash", "COMP_WORDS": "batchctl reg", "COMP_CWORD": "1"}
    command = [sys.executable, "-m", "batchctl"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["registry"]


def test_reader_that_has_enough_ends_the_command_quietly(tmp_path: Path) -> None:
    entries = [{"tool_name": f"tool_{number}", "lambda_arn": "${ARN}"} for number in range(5_000)]
    (tmp_path / "tools.json").write_text(json.dumps({"entries": entries}), encoding="utf-8")
    command = f"{sys.executable} -m batchctl registry check {tmp_path}/tools.json | head -1"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("tool/tool_0\n", "")

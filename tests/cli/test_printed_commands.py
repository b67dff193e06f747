"""Every `batchctl …` that README and docs print is one that the command line takes; those that need no AWS run."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from batchctl.__main__ import app
from batchctl.help_page.__main__ import PAGE as REFERENCE
from batchctl.project import ROOT
from tests.cli.command_line import exit_code

PAGES = sorted(
    [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*.md"), *ROOT.glob("generated/*/*.md")]
)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"^(?:\$ )?(batchctl .*)$", re.MULTILINE)
INLINE = re.compile(r"`(batchctl [^`]*)`")
# What runs on the files of the repository alone, and changes nothing.
RUN = r"batchctl (--help|(--)?version|registry check|factory check)\b"


def printed(text: str) -> Iterator[str]:
    for block in FENCED.findall(text):
        yield from LINE.findall(block.replace("\\\n", " "))
    # A line of prose may end within a command.
    yield from (" ".join(command.split()) for command in INLINE.findall(FENCED.sub("", text)))


PRINTED = sorted({command for page in PAGES for command in printed(page.read_text(encoding="utf-8"))})


def taken(command: str) -> None:
    """Raises what the command line says to it."""
    words, group = shlex.split(command, comments=True)[1:], typer.main.get_command(app)
    if words[0].startswith("-"):
        # Not parsed: these do at once what they say.
        assert words[0] in {name for option in group.get_params(typer.Context(group)) for name in option.opts}
        return
    context: Any = group.make_context("batchctl", words)
    while rest := [*context._protected_args, *context.args]:
        name, inner, rest = context.command.resolve_command(context, rest)
        # Prose may name a command without what it is about.
        context = inner.make_context(name, rest, parent=context, resilient_parsing=not rest)


@pytest.mark.parametrize("command", PRINTED)
def test_printed_command_is_taken(command: str) -> None:
    taken(command)


def test_commands_are_found_in_blocks_and_in_prose() -> None:
    text = "Say `batchctl demo\n--example lines`.\n```console\n$ batchctl local\nup\n```\n```bash\nbatchctl version  # so\n```\n"
    assert list(printed(text)) == ["batchctl local", "batchctl version  # so", "batchctl demo --example lines"]
    assert {"batchctl --help", "batchctl local", "batchctl factory check"} <= set(PRINTED)


def test_command_that_is_no_more_is_noticed() -> None:
    for command in ("batchctl dmeo", "batchctl demo --exmaple lines", "batchctl --nosuch"):
        with pytest.raises((typer.TyperException, AssertionError)):
            taken(command)


# The reference has examples of everything, with files that are nowhere.
RUNNABLE = {command for page in PAGES if page != REFERENCE for command in printed(page.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("command", sorted(command for command in RUNNABLE if re.match(RUN, command)))
def test_printed_command_runs(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert exit_code(*shlex.split(command, comments=True)[1:]) == 0
    assert capsys.readouterr().out

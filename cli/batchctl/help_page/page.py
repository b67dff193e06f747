"""The page: every command under what it is for, with its arguments, options and examples, and the exit codes."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer.main

from batchctl import exit_codes
from batchctl.help_layout import NO_PANEL, PANELS

_INTRODUCTION = """\
<!-- Written by `make reference` of the commands' own help; edit that. -->
# batchctl

One command line for all that can be done with batches, against a stack in an account and against the
[local stack](local-stack.md) alike. What stands here is what `--help` prints behind each command.

- **stdout has the answer alone**; progress, notes, questions and errors go to stderr. `--json` answers with one document,
  `--json a,b` with these keys of it.
- **Nothing is asked without a terminal**, nor with `--no-input`; `--yes` answers yes. `NO_COLOR` is respected.
- **Which stack**: `--stack NAME` (several times for stacks with agents), `--profile`, `--region`; else the one in the shell's
  variables, else the one that `batchctl local` keeps running.
- **A batch** is named by its name, its ARN, a beginning of its name that no other has, or `@last`.
- Each command ends with the one or two that make sense next, ready to paste. Ctrl-C never stops a batch.
- Completion: `batchctl --install-completion`.
"""
# Where Typer has nothing else to say of a value.
_TYPE = re.compile(r" <(str|path|int|float)>$")
_SHARED = ("--stack", "--profile", "--region", "--json", "--yes", "--no-input", "--help")


def page(app: typer.Typer) -> str:
    """The text of docs/batchctl.md."""
    root: Any = typer.main.get_command(app)
    panels: dict[str, list[str]] = {panel: [] for panel in (*PANELS, NO_PANEL)}
    for name, command in root.commands.items():
        panels[command.rich_help_panel or NO_PANEL].append(name)
    parts = [_INTRODUCTION, _contents(root, panels)]
    for panel, names in panels.items():
        if names:
            parts.append(f"## {panel}\n")
            parts += [section for name in names for section in _sections(name, root.commands[name])]
    parts.append(_exit_codes())
    return "\n".join(parts)


def _contents(root: Any, panels: dict[str, list[str]]) -> str:
    rows = ["| | |", "| --- | --- |"]
    for names in panels.values():
        rows += [
            f"| [`batchctl {name}`](#batchctl-{name}) | {_first_sentence(root.commands[name])} |" for name in names
        ]
    return "\n".join(rows) + "\n"


def _sections(name: str, command: Any) -> Iterator[str]:
    yield _section(name, command)
    for inner, one in getattr(command, "commands", {}).items():
        yield _section(f"{name} {inner}", one)


def _section(name: str, command: Any) -> str:
    lines = [
        f"### batchctl {name}",
        "",
        inspect.cleandoc(command.help or ""),
        "",
        "```bash",
        *_examples(command),
        "```",
        "",
    ]
    if not hasattr(command, "commands"):
        lines += [*_table(command), ""]
    return "\n".join(lines)


def _examples(command: Any) -> list[str]:
    return [line.strip() for line in command.epilog.splitlines() if line.strip().startswith("batchctl")]


def _table(command: Any) -> Iterator[str]:
    context = typer.Context(command)
    own = [option for option in command.params if not set(option.opts) & {*_SHARED}]
    records = [record for option in own if (record := option.get_help_record(context))]
    if records:
        yield "| | |"
        yield "| --- | --- |"
        yield from (f"| `{_cell(_TYPE.sub('', typed))}` | {_cell(' '.join(told.split()))} |" for typed, told in records)
    also = [option.opts[0] for option in command.params if set(option.opts) & {*_SHARED}]
    if also:
        yield ""
        yield f"Also {', '.join(f'`{name}`' for name in also)}."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _first_sentence(command: Any) -> str:
    text = " ".join((command.help or "").split())
    return _cell(text.partition(". ")[0].partition(": ")[0].rstrip("."))


def _exit_codes() -> str:
    rows = [f"| {code} | {_cell(meaning)} |" for code, meaning in exit_codes.MEANINGS.items()]
    return "\n".join(["## Exit codes", "", "| | |", "| --- | --- |", *rows, ""])

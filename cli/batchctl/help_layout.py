"""How `--help` looks: commands by what one wants to do, examples at the end.

Without Typer's Rich help, whose import takes longer than all else that help needs (docs/decisions.md).
"""

from typing import Any

from typer.core import TyperGroup

from batchctl import json_option
from batchctl.suggestions import suggesting

START, WATCH, UNDERSTAND, REPAIR, SET_UP = "Start", "Watch", "Understand", "Repair", "Set up"
PANELS = (START, WATCH, UNDERSTAND, REPAIR, SET_UP)
NO_PANEL = "Commands"


class CommandsByTask(TyperGroup):
    """Lists commands under their `rich_help_panel`; those of a group, which have none, simply as its commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Flags that nobody gave are false: to read a None, Typer would import pydantic before each command's help."""
        found = super().get_params(ctx)
        for option in found:
            if getattr(option, "is_flag", False) and option.default is None:
                option.default = False
        return found

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Click knows no option whose value may be left out, as `--json`'s."""
        return super().parse_args(ctx, json_option.with_values(args))

    def invoke(self, ctx: Any) -> Any:
        """Runs the command, whose options are read here."""
        with suggesting():
            return super().invoke(ctx)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes a section for each panel that has commands."""
        width = formatter.width - 6 - max(map(len, self.commands))
        panels: dict[str, list[tuple[str, str]]] = {panel: [] for panel in (*PANELS, NO_PANEL)}
        for name in self.list_commands(ctx):
            command: Any = self.commands[name]
            panels[command.rich_help_panel or NO_PANEL].append((name, command.get_short_help_str(width)))
        for panel, rows in panels.items():
            if rows:
                with formatter.section(panel):
                    formatter.write_dl(rows)


def examples(*lines: str) -> str:
    """The end of a command's help: what one may type, each on a line of its own."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))

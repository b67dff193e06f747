"""How `--help` looks: commands by what one wants to do, examples at the end.

Without Typer's Rich help, whose import takes longer than all else that help needs (docs/decisions.md).
"""

from typing import Any

from typer.core import TyperGroup

START, WATCH, UNDERSTAND, REPAIR, SET_UP = "Start", "Watch", "Understand", "Repair", "Set up"
_PANELS = (START, WATCH, UNDERSTAND, REPAIR, SET_UP)


class CommandsByTask(TyperGroup):
    """Lists commands under their `rich_help_panel`."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes a section for each panel that has commands."""
        width = formatter.width - 6 - max(map(len, self.commands))
        for panel in _PANELS:
            commands = {name: self.commands[name] for name in self.list_commands(ctx)}
            rows = [
                (name, command.get_short_help_str(width))
                for name, command in commands.items()
                if getattr(command, "rich_help_panel", None) == panel
            ]
            if rows:
                with formatter.section(panel):
                    formatter.write_dl(rows)


def examples(*lines: str) -> str:
    """The end of a command's help: what one may type, each on a line of its own."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))

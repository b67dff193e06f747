"""`batchctl help`: what all commands have in common."""

from typing import Annotated, Literal

import typer

from batchctl import exit_codes
from batchctl.help_layout import SET_UP, examples

app = typer.Typer()


@app.command("help", rich_help_panel=SET_UP, epilog=examples("batchctl help exit-codes"))
def help_(topic: Annotated[Literal["exit-codes"], typer.Argument(help="What to read about.")]) -> None:  # noqa: ARG001
    """Read about what all commands have in common."""
    print("What batchctl ends with:\n")
    for code, meaning in exit_codes.MEANINGS.items():
        print(f"{code:>5}  {meaning}")

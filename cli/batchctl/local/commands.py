"""`batchctl local`."""

import typer

from batchctl.help_layout import SET_UP, examples

app = typer.Typer()


@app.command(rich_help_panel=SET_UP, epilog=examples("batchctl local"))
def local() -> None:
    """Keep the embedded AWS with all stacks running, until Ctrl-C.

    What it prints, typed into another shell, points any AWS tool at it. Its keys are new with every start.
    """
    from batchctl.local.foreground import keep_running

    keep_running()

"""`batchctl version`."""

import typer

from batchctl import __version__
from batchctl.help_layout import SET_UP, examples

app = typer.Typer()


@app.command(rich_help_panel=SET_UP, epilog=examples("batchctl version"))
def version() -> None:
    """Print which version this is."""
    print(f"batchctl {__version__}")

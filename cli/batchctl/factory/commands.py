"""`batchctl factory generate|check`: agents from canonical schemas."""

from pathlib import Path
from typing import Annotated

import typer

from batchctl.help_layout import SET_UP, CommandsByTask, examples

app = typer.Typer(name="factory", cls=CommandsByTask, no_args_is_help=True)
_SCHEMA = "SCHEMA…"
Out = Annotated[Path | None, typer.Option(help="The folder of the extractions' folders, else generated/.")]


@app.callback(rich_help_panel=SET_UP, epilog=examples("batchctl factory check"))
def factory() -> None:
    """Make agents from canonical schemas, and check what was made."""


@app.command(epilog=examples("batchctl factory generate schemas/broadband_availability_bt_wholesale.json"))
def generate(
    schemas: Annotated[list[Path], typer.Argument(metavar=_SCHEMA, help="Canonical schemas, as schemas/NAME.json.")],
    out: Out = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite edited files.")] = False,
) -> None:
    """Write the files of schemas."""
    from batchctl.factory.schema_files import generate_all

    _print(generate_all(schemas, out, force=force))


@app.command(epilog=examples("batchctl factory check", "batchctl factory check schemas/my_schema.json --out generated"))
def check(
    schemas: Annotated[
        list[Path] | None,
        typer.Argument(metavar=_SCHEMA, help="Canonical schemas; without any, all in schemas/ that are generated."),
    ] = None,
    out: Out = None,
) -> None:
    """Tell whether generated files fit their schemas and each other."""
    from batchctl.factory.schema_files import check_all

    _print(check_all(schemas or [], out))


def _print(lines: list[str]) -> None:
    print("\n".join(lines))

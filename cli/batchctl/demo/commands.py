"""`batchctl demo`."""

from pathlib import Path
from typing import Annotated

import typer

from batchctl.help_layout import START, examples

app = typer.Typer()


@app.command(
    rich_help_panel=START,
    epilog=examples(
        "batchctl demo", "batchctl demo --example lines", "batchctl demo --csv my.csv --config my.config.json"
    ),
)
def demo(
    csv: Annotated[Path | None, typer.Option(help="Your own CSV.")] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="Your own config; ${BUCKET}, ${CONTACT_TOOL_ARN} and the like are filled in."),
    ] = None,
    example: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="An example instead: tickets, support, addresses, customers, contacts, products, lines, parcels or batches.",
        ),
    ] = "tickets",
) -> None:
    """Run a real batch on the embedded AWS, and show what comes out."""
    from batchctl.demo.demonstration import run_demo
    from batchctl.demo.job import Job

    raise typer.Exit(run_demo(Job.of(csv, config, example)))

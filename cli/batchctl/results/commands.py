"""`batchctl results`."""

from pathlib import Path
from typing import Annotated

import typer

from batchctl.help_layout import UNDERSTAND, examples
from batchctl.options import Batch, Json, Profile, Region, Stacks
from batchctl.where import Where

app = typer.Typer()


@app.command(
    rich_help_panel=UNDERSTAND,
    epilog=examples("batchctl results @last --rows 5", "batchctl results tickets-0f3a --download . --json status,cost"),
)
def results(
    batch: Batch,
    rows: Annotated[int, typer.Option(metavar="N", min=0, help="Show the first rows of the output.")] = 0,
    download: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Fetch CSV and summary; never over another file.")
    ] = None,
    link: Annotated[
        bool, typer.Option("--link", help="Make a link to the CSV, good for a quarter of an hour.")
    ] = False,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Tell what came out of a batch.

    Exits as `batchctl run` does: with 3 if rows failed, with 4 if it ended early (`batchctl help exit-codes`).
    """
    from batchctl.answer import Answer
    from batchctl.results.fetching import FetchedResults
    from batchctl.results.showing import show_results

    where, answer = Where.of(stack, profile, region), Answer.of(as_json, FetchedResults)
    raise typer.Exit(show_results(batch, where, answer, rows=rows, download=download, link=link))

"""`batchctl analyze` and `batchctl estimate`."""

from pathlib import Path
from typing import Annotated

import typer

from batchctl.help_layout import START, UNDERSTAND, examples
from batchctl.options import Agent, Encoding, Json, Profile, Region, Stacks

app = typer.Typer()
Csv = Annotated[str, typer.Argument(metavar="CSV", help="A file of this machine, or s3://BUCKET/KEY.")]


@app.command(
    rich_help_panel=UNDERSTAND,
    epilog=examples(
        "batchctl analyze tickets.csv", "batchctl analyze s3://my-bucket/inputs/tickets.csv --json columns"
    ),
)
def analyze(
    csv: Csv,
    rows: Annotated[int, typer.Option("--rows", min=0, max=50, help="Rows to show.")] = 0,
    encoding: Encoding = None,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Tell what a CSV holds, and what is wrong with it: columns and what they mean, rows, encoding, faults by line."""
    from batchctl.analysis.structure import analyze_csv
    from batchctl.encodings import encoding_of
    from batchctl.where import Where

    raise typer.Exit(analyze_csv(csv, rows, encoding_of(encoding), as_json, Where.of(stack, profile, region)))


@app.command(
    rich_help_panel=START,
    epilog=examples(
        "batchctl estimate tickets.csv --agent ticket_triage",
        "batchctl estimate --config tickets.config.json --trial tickets-0f3a",
    ),
)
def estimate(
    csv: Annotated[
        str | None, typer.Argument(metavar="[CSV]", help="A file of this machine, or s3://BUCKET/KEY.")
    ] = None,
    agent: Agent = None,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="A configuration in place of --agent.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="COLUMN=FIELD", help="A column and the input field that it fills; several times."
        ),
    ] = None,
    trial: Annotated[
        str | None,
        typer.Option(
            "--trial", metavar="BATCH", help="A batch of the same target that has ended, whose usage is taken."
        ),
    ] = None,
    encoding: Encoding = None,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Tell what a batch will cost, and how long it takes.

    Says what both were reckoned with. Starts nothing, but uploads a CSV of this machine, as the plan is that of the batch.
    """
    from batchctl.analysis.estimated import Wish, estimate_batch
    from batchctl.encodings import encoding_of
    from batchctl.where import Where

    wish = Wish(csv, agent, config, mapping or [], trial, encoding_of(encoding))
    raise typer.Exit(estimate_batch(wish, as_json, Where.of(stack, profile, region)))

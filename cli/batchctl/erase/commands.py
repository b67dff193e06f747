"""`batchctl erase`."""

from typing import Annotated

import typer

from batchctl.help_layout import REPAIR, examples
from batchctl.options import Batch, Json, NoInput, Profile, Region, Stacks, Yes
from batchctl.where import Where

app = typer.Typer()


@app.command(
    rich_help_panel=REPAIR,
    epilog=examples(
        "batchctl erase tickets-0f3a --stack batch-processor-dev",
        "batchctl erase tickets-0f3a --inputs --yes --json",
    ),
)
def erase(
    batch: Batch,
    inputs: Annotated[
        bool, typer.Option("--inputs", help="Erase its CSV and its configuration too, in all versions.")
    ] = False,
    yes: Yes = False,
    as_json: Json = None,
    no_input: NoInput = False,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Remove a batch's data from all places that can be reached; shows them first, and names the others."""
    from batchctl.answer import Answer
    from batchctl.erase.erasing import Told, Wish, run_erase

    where, answer = Where.of(stack, profile, region), Answer.of(as_json, Told)
    raise typer.Exit(run_erase(Wish(batch, inputs, yes, answer, no_input, where)))

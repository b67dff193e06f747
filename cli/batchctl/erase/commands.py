"""`batchctl erase`."""

from typing import Annotated

import typer

from batchctl.help_layout import REPAIR, examples

app = typer.Typer()


@app.command(
    rich_help_panel=REPAIR,
    epilog=examples(
        "batchctl erase tickets-0f3a --stack batch-processor-dev",
        "batchctl erase tickets-0f3a --inputs --yes --json",
    ),
)
def erase(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="Its name, its ARN, or a beginning of its name.")],
    inputs: Annotated[
        bool, typer.Option("--inputs", help="Erase its CSV and its configuration too, in all versions.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")] = False,
    stack: Annotated[
        list[str] | None,
        typer.Option(
            "--stack",
            metavar="NAME",
            help="The batch processor's stack. Without it, the one in the shell's variables, or the one that `batchctl local` "
            "keeps running.",
        ),
    ] = None,
    profile: Annotated[str | None, typer.Option(metavar="NAME", help="The AWS profile to use.")] = None,
    region: Annotated[str | None, typer.Option(metavar="NAME", help="The Region of the stack.")] = None,
) -> None:
    """Remove a batch's data from all places that can be reached; shows them first, and names the others."""
    from batchctl.erase.erasing import Wish, run_erase

    raise typer.Exit(run_erase(Wish(batch, inputs, yes, as_json), stack, profile, region))

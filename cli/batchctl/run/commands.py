"""`batchctl run`."""

from pathlib import Path
from typing import Annotated

import typer

from batchctl.completion import agent_names
from batchctl.help_layout import START, examples
from batchctl.options import Encoding, Json, NoInput, Profile, Region, Stacks, Yes
from batchctl.where import Where

app = typer.Typer()


@app.command(
    rich_help_panel=START,
    epilog=examples(
        "batchctl run tickets.csv --agent ticket_triage --max-rows 20",
        "batchctl run my.csv --agent ticket_triage --map 'Ticket no.=reference' --yes",
        "batchctl run my.csv --config my.config.json --stack batch-processor-dev",
        "batchctl run s3://my-bucket/my.csv --agent ticket_triage --no-wait",
    ),
)
def run(
    csv: Annotated[str, typer.Argument(metavar="CSV", help="Your CSV, on this disk or as s3://BUCKET/KEY.")],
    agent: Annotated[
        str | None,
        typer.Option(
            metavar="NAME[@VERSION]",
            help="A registered agent; the configuration is made for you.",
            autocompletion=agent_names,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Your config instead; ${BUCKET}, ${CONTACT_TOOL_ARN} and the like are filled in."
        ),
    ] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="Which field a column is for; may be given several times."),
    ] = None,
    encoding: Encoding = None,
    max_rows: Annotated[int | None, typer.Option(metavar="N", min=1, help="A trial: the first rows alone.")] = None,
    output: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the result goes.")] = Path("batch-output"),
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Watch it to its end and fetch the result.")] = True,
    again: Annotated[
        bool,
        typer.Option("--again", help="Run it once more if the same was run before; without it that batch is shown."),
    ] = False,
    yes: Yes = False,
    no_input: NoInput = False,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Run a CSV through an agent, and fetch the result.

    Prints where the result is, or with --no-wait the name of the batch. Ctrl-C leaves the batch running.
    """
    from batch_processor.operations.running.execution import StartedBatch
    from batchctl.answer import Answer
    from batchctl.asking import Asking
    from batchctl.encodings import encoding_of
    from batchctl.results.fetching import FetchedResults
    from batchctl.run.request import Request, mappings_of
    from batchctl.run.running import run_request

    answer = Answer.of(as_json, FetchedResults if wait else StartedBatch)
    where, asking = Where.of(stack, profile, region), Asking(yes, no_input)
    request = Request(
        csv,
        agent,
        config,
        mappings_of(map_),
        max_rows,
        output,
        wait,
        asking,
        answer,
        where,
        again,
        encoding_of(encoding),
    )
    raise typer.Exit(run_request(request))

"""`batchctl config check|new|show`."""

from pathlib import Path
from typing import Annotated

import typer

from batchctl.completion import agent_names
from batchctl.help_layout import START, CommandsByTask, examples
from batchctl.options import Batch, Encoding, Json, Profile, Region, Stacks

app = typer.Typer(name="config", cls=CommandsByTask, no_args_is_help=True)


@app.callback(
    rich_help_panel=START,
    epilog=examples(
        "batchctl config new tickets.csv --agent ticket_triage",
        "batchctl config check tickets.config.json --csv tickets.csv",
    ),
)
def config() -> None:
    """Make, check and show configurations."""


@app.command(
    epilog=examples(
        "batchctl config check tickets.config.json --csv tickets.csv",
        "batchctl config check tickets.config.json --csv tickets.csv --agent-file registry",
        "batchctl config check tickets.config.json --upload-to s3://my-bucket/configs/tickets.json",
    )
)
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The configuration, JSON or YAML.")],
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Its CSV, whose header is compared with the mappings.")
    ] = None,
    agent_file: Annotated[
        list[Path] | None,
        typer.Option(
            "--agent-file",
            metavar="FILE",
            help="Registry entries, or a folder of them, that its target is looked up in; may be given several times.",
        ),
    ] = None,
    upload_to: Annotated[
        str | None,
        typer.Option("--upload-to", metavar="URI", help="Where it is to be uploaded, s3://BUCKET/configs/NAME."),
    ] = None,
    region: Annotated[str | None, typer.Option(metavar="NAME", help="The Region that its ARNs should be of.")] = None,
    as_json: Json = None,
) -> None:
    """Tell all that is wrong with a configuration, without a stack: before anything is deployed, uploaded or paid."""
    from batchctl.config.checked import check_file

    raise typer.Exit(check_file(file, csv, agent_file, upload_to, region, as_json))


@app.command(
    epilog=examples(
        "batchctl config new tickets.csv --agent ticket_triage",
        "batchctl config new contacts.csv --agent contact_enrichment --map email=contactEmail -o contacts.config.json",
    )
)
def new(
    csv: Annotated[str, typer.Argument(metavar="CSV", help="A file of this machine, or s3://BUCKET/KEY.")],
    agent: Annotated[
        str,
        typer.Option(
            "--agent", metavar="NAME", help="The agent or tool that gets the rows.", autocompletion=agent_names
        ),
    ],
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="COLUMN=FIELD", help="A column and the input field that it fills; several times."
        ),
    ] = None,
    encoding: Encoding = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The file to write, else CSV's name with .config.json."),
    ] = None,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Write the configuration of a CSV and an agent, and show what of its mapping was guessed."""
    from batchctl.config.made import Wish, make_file
    from batchctl.encodings import encoding_of
    from batchctl.where import Where

    wish = Wish(csv, agent, mapping or [], output, encoding_of(encoding))
    raise typer.Exit(make_file(wish, as_json, Where.of(stack, profile, region)))


@app.command(epilog=examples("batchctl config show tickets-0f3a", "batchctl config show @last --json config"))
def show(
    batch: Batch, as_json: Json = None, stack: Stacks = None, profile: Profile = None, region: Region = None
) -> None:
    """Show the configuration that a batch was given, and what it came to."""
    from batchctl.config.kept import show_config
    from batchctl.where import Where

    show_config(batch, as_json, Where.of(stack, profile, region))

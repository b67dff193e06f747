"""`batchctl run`."""

from pathlib import Path
from typing import Annotated

import typer

from batchctl.help_layout import START, examples
from batchctl.options import Profile, Region, Stacks
from batchctl.where import Where

app = typer.Typer()


@app.command(
    rich_help_panel=START,
    epilog=examples(
        "batchctl run my.csv --config my.config.json",
        "batchctl run my.csv --config my.config.json --stack batch-processor-dev",
    ),
)
def run(
    csv: Annotated[Path, typer.Argument(metavar="CSV", help="Your CSV.")],
    config: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Its config; ${BUCKET}, ${CONTACT_TOOL_ARN} and the like are filled in."),
    ],
    output: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the result goes.")] = Path("batch-output"),
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Run a CSV on a stack that stands, and fetch what comes out."""
    from batchctl.account import account_of
    from batchctl.demo.job import Job
    from batchctl.errors import WrongUsage
    from batchctl.run.shown_run import run_job, show, watched

    for name, path in {"CSV": csv, "--config": config}.items():
        if not path.is_file():
            raise WrongUsage(f"{name}: there is no file {path}. Give one that exists.")
    if output.exists() and not output.is_dir():
        raise WrongUsage(f"--output: {output} is a file. Give a folder, which is made if it is not there.")
    account = account_of(Where.of(stack, profile, region))
    with watched() as steps:
        path, summary = run_job(Job(csv, config), account, steps, output)
    show(path, summary)

"""`batchctl registry put|list|show|check`: the registries of a stack, in an account or on the embedded AWS."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from batchctl.help_layout import SET_UP, CommandsByTask, examples
from batchctl.options import Profile, Region, Stacks
from batchctl.where import Where

if TYPE_CHECKING:
    from batch_processor.registry.tables import DynamoDbRegistries

app = typer.Typer(name="registry", cls=CommandsByTask, no_args_is_help=True)
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Entries as JSON or YAML, or folders of them.")]


@app.callback(
    rich_help_panel=SET_UP, epilog=examples("batchctl registry list", "batchctl registry check my-agent.json")
)
def registry() -> None:
    """See and fill the registries: agents, tools, templates, schemas."""


@app.command(epilog=examples("batchctl registry put agents/ tool.json --stack batch-processor-dev"))
def put(files: Files, stack: Stacks = None, profile: Profile = None, region: Region = None) -> None:
    """Register the entries of files or folders."""
    from batchctl.account import account_of
    from batchctl.registry import registration

    account = account_of(Where.of(stack, profile, region))
    _print(registration.put(files, account, registration.registries_of(account)))


@app.command(
    "list", epilog=examples("batchctl registry list", "batchctl registry list agent --stack batch-processor-dev")
)
def list_(
    kind: Annotated[
        Literal["agent", "tool", "template", "schema"] | None, typer.Argument(help="One registry instead of all.")
    ] = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """List what is registered."""
    from batch_processor.registry.entry import KINDS
    from batchctl.registry.listing import listed

    _print(listed([kind] if kind else list(KINDS), _registries(Where.of(stack, profile, region))))


@app.command(epilog=examples("batchctl registry show ticket_triage@1.0.0 --stack batch-processor-dev"))
def show(
    name: Annotated[str, typer.Argument(metavar="NAME[@VERSION]", help="Of an agent, tool, template or schema.")],
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Print what is registered under a name, as JSON."""
    from batchctl.registry.listing import shown

    _print(shown(name, _registries(Where.of(stack, profile, region))))


@app.command(epilog=examples("batchctl registry check agents/ tool.json"))
def check(
    files: Files,
    stack: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A deployed stack whose batches are to call them, the batch processor's first."
        ),
    ] = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Say what is wrong with the entries of files, without any stack, or what a stack would make of them."""
    from batchctl.account import account_of
    from batchctl.registry import registration

    where = Where.of(stack, profile, region)
    _print(registration.check(files, account_of(where) if where.words else None))


def _registries(where: Where) -> "DynamoDbRegistries":
    from batchctl.account import account_of
    from batchctl.registry.registration import registries_of

    return registries_of(account_of(where))


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        print(line)

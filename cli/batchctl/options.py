"""The options that commands share, each with one name and one meaning; of Typer alone, so that help comes at once."""

from typing import Annotated

import typer

from batchctl.completion import agent_names, batch_names

Stacks = Annotated[
    list[str] | None,
    typer.Option(
        "--stack",
        metavar="NAME",
        help="A deployed stack, the batch processor's first; may be given several times. Without it, the one in the shell's "
        "variables, or the one that `batchctl local` keeps running.",
    ),
]
Profile = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="The AWS profile to sign in with.", show_default=False)
]
Region = Annotated[str | None, typer.Option("--region", metavar="NAME", help="The Region of the stack.")]
Json = Annotated[
    str | None,
    typer.Option(
        "--json", metavar="[KEYS]", help="Answer with one JSON document; with KEYS, as a,b, it has these keys alone."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: the answer is yes.")]
NoInput = Annotated[bool, typer.Option("--no-input", help="Never ask, as where there is no terminal.")]
Batch = Annotated[
    str,
    typer.Argument(
        metavar="BATCH",
        help="Its name, its ARN, a beginning of its name that no other has, or @last.",
        autocompletion=batch_names,
    ),
]
Agent = Annotated[
    str | None,
    typer.Option("--agent", metavar="NAME", help="The agent or tool that gets the rows.", autocompletion=agent_names),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="How the CSV was saved, as cp1252; without it, as its bytes tell, else UTF-8.",
    ),
]

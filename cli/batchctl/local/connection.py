"""How other shells find the running local stack: a file of shell variables that its owner alone may read.

It has the endpoint, this start's keys and the outputs of the stacks, under their own names and under those that pages and
configs have for them, and puts `batchctl` and `sam` into the path. It lies where the next start overwrites it, and goes with
the stack that it tells of.
"""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from batchctl.errors import Expected
from batchctl.local import private_file
from batchctl.local.emulator import health
from batchctl.project import BUILDS
from batchctl.signing import signing

FILE = BUILDS / "local" / "environment.sh"
_CREDENTIALS = {"aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY"}


class NoLocalStack(Expected):
    """The local stack does not run; the message says what to type."""


class RunningLocalStack:
    """The stacks that `batchctl local` keeps running in another shell: `outputs` has what they export."""

    def __init__(self) -> None:
        self.outputs = _read(FILE)
        if not health.is_up(self.outputs):
            raise NoLocalStack(
                f"{FILE} tells of a local stack that does not run any more. Start it with `batchctl local up`, "
                "or name a deployed stack with --stack."
            )

    def client(self, service: str) -> Any:
        """A boto3 client of it, whatever account the shell is signed in to."""
        import boto3

        credentials = {argument: self.outputs[variable] for argument, variable in _CREDENTIALS.items()}
        endpoint, region = self.outputs["AWS_ENDPOINT_URL"], self.outputs["AWS_REGION"]
        config = signing(service)
        return boto3.client(service, endpoint_url=endpoint, region_name=region, config=config, **credentials)


@contextmanager
def published(variables: Mapping[str, str], commands: Path | None = None) -> Iterator[str]:
    """Inside it, other shells find the stack; yields what a person types there to point any AWS tool at it.

    `commands` is a folder of commands, which then come first in that shell.
    """
    text = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    text += f'export PATH={shlex.quote(str(commands))}:"$PATH"\n' if commands else ""
    private_file.write(FILE, text)
    try:
        yield f". {shlex.quote(str(FILE))}"
    finally:
        # A later start may have put its own there.
        if FILE.exists() and FILE.read_text(encoding="utf-8") == text:
            FILE.unlink()


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        raise NoLocalStack(
            f"No local stack runs: there is no {path}. Start it with `batchctl local up`, "
            "or name a deployed stack with --stack."
        )
    words = shlex.split(path.read_text(encoding="utf-8"))
    return dict(word.split("=", 1) for word in words if "=" in word)

"""What a demonstration runs: one of the examples, or the user's own CSV and config."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from batch_processor.document.wording import nearest
from batchctl.account import Account
from batchctl.answer import TEXT
from batchctl.asking import Asking
from batchctl.errors import WrongUsage
from batchctl.local.sam import Stack
from batchctl.local.stack import AGENTS, MAIN
from batchctl.local.stack import EXAMPLES as EXAMPLES_STACK
from batchctl.project import ROOT, WORKING_FOLDER
from batchctl.run.request import Request
from batchctl.where import HERE

EXAMPLES = ROOT / "examples"
OUTPUT = WORKING_FOLDER / "demo-output"


@dataclass(frozen=True, slots=True)
class Example:
    """What an example needs besides its own CSV: an agent by name or else its config, stacks, and CSVs its rows are about."""

    stacks: tuple[Stack, ...]
    agent: str | None = None
    others: tuple[str, ...] = ()


# Your own config may need anything.
_ANYTHING = Example((MAIN, EXAMPLES_STACK, AGENTS))
_EXAMPLES = {
    "contacts": Example((MAIN, EXAMPLES_STACK)),
    "tickets": Example((MAIN, EXAMPLES_STACK), agent="ticket_triage"),
    "support": Example((MAIN, EXAMPLES_STACK), agent="ticket-classifier"),
    "addresses": Example((MAIN, EXAMPLES_STACK)),
    "customers": Example((MAIN, EXAMPLES_STACK)),
    "products": Example((MAIN, AGENTS)),
    "lines": Example((MAIN, AGENTS)),
    "parcels": Example((MAIN, AGENTS)),
    "batches": Example(_ANYTHING.stacks, others=("lines.csv", "products.csv", "contacts.csv", "parcels.csv")),
}


@dataclass(frozen=True, slots=True)
class Job:
    """A CSV, and the agent or the config that says what to do with it."""

    csv_path: Path
    config_path: Path | None
    example: Example = _ANYTHING

    @classmethod
    def of(cls, csv_path: Path | None, config_path: Path | None, example: str) -> "Job":
        """The user's own files, with those of an example in place of what is not given."""
        if not (csv_path and config_path):
            _refuse_unknown(example)
        given = _ANYTHING if config_path else _EXAMPLES[example]
        # An example's agent knows the columns of the example's own CSV.
        config = config_path or (None if given.agent and not csv_path else EXAMPLES / f"{example}.config.json")
        job = cls(csv_path or EXAMPLES / f"{example}.csv", config, given)
        for option, path in {"--csv": job.csv_path, "--config": job.config_path}.items():
            if path and not path.is_file():
                raise WrongUsage(
                    f"{option}: there is no file {path}. Give one that exists, or an example with --example."
                )
        return job

    @property
    def request(self) -> Request:
        """What `batchctl run` would be asked for."""
        agent = None if self.config_path else self.example.agent
        # Who starts a demonstration wants to see it run.
        asking = Asking(yes=True, no_input=True)
        return Request(
            str(self.csv_path), agent, self.config_path, {}, None, OUTPUT, wait=True, asking=asking, answer=TEXT, where=HERE
        )  # fmt: skip

    @property
    def command(self) -> str:
        """The command that a user would type, with paths as short as they are from here."""
        what = ["--config", _short(self.config_path)] if self.config_path else ["--agent", str(self.example.agent)]
        return shlex.join(["batchctl", "run", _short(self.csv_path), *what])

    def prepare(self, account: Account) -> None:
        """Uploads the CSVs that the example's rows are about."""
        for path in (EXAMPLES / name for name in self.example.others):
            account.client("s3").upload_file(str(path), account.outputs["BucketName"], f"inputs/{path.name}")


def _short(path: Path) -> str:
    return min(str(path), os.path.relpath(path), key=len)


def _refuse_unknown(example: str) -> None:
    if example not in _EXAMPLES:
        meant = nearest(example, _EXAMPLES)
        near = f" Did you mean {meant}?" if meant else ""
        raise WrongUsage(f"--example: there is no {example!r}.{near} Expected one of {', '.join(sorted(_EXAMPLES))}.")

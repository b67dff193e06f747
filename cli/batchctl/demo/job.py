"""What a demonstration runs: one of the examples, or the user's own CSV and config."""

import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from batch_processor.document.document_text import UnreadableDocument, read_object
from batchctl.account import Account
from batchctl.batch_run import BatchRun, bucket_of
from batchctl.errors import WrongUsage
from batchctl.local.sam import Stack
from batchctl.local.stack import AGENTS, MAIN
from batchctl.local.stack import EXAMPLES as EXAMPLES_STACK
from batchctl.placeholders import filled
from batchctl.project import ROOT

EXAMPLES = ROOT / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """What an example needs besides its own CSV and config: stacks, and the CSVs that its rows are about."""

    stacks: tuple[Stack, ...]
    others: tuple[str, ...] = ()


# Your own config may need anything.
_ANYTHING = Example((MAIN, EXAMPLES_STACK, AGENTS))
_EXAMPLES = {
    "contacts": Example((MAIN, EXAMPLES_STACK)),
    "tickets": Example((MAIN, EXAMPLES_STACK)),
    "support": Example((MAIN, EXAMPLES_STACK)),
    "addresses": Example((MAIN, EXAMPLES_STACK)),
    "customers": Example((MAIN, EXAMPLES_STACK)),
    "products": Example((MAIN, AGENTS)),
    "lines": Example((MAIN, AGENTS)),
    "parcels": Example((MAIN, AGENTS)),
    "batches": Example(_ANYTHING.stacks, others=("lines.csv", "products.csv", "contacts.csv", "parcels.csv")),
}


@dataclass(frozen=True, slots=True)
class Job:
    """A CSV and the config that says what to do with it."""

    csv_path: Path
    config_path: Path
    example: Example = _ANYTHING

    @classmethod
    def of(cls, csv_path: Path | None, config_path: Path | None, example: str) -> "Job":
        """The user's own files, with those of an example in place of what is not given."""
        if not (csv_path and config_path):
            _refuse_unknown(example)
        job = cls(
            csv_path or EXAMPLES / f"{example}.csv",
            config_path or EXAMPLES / f"{example}.config.json",
            _ANYTHING if config_path else _EXAMPLES[example],
        )
        for option, path in {"--csv": job.csv_path, "--config": job.config_path}.items():
            if not path.is_file():
                raise WrongUsage(
                    f"{option}: there is no file {path}. Give one that exists, or an example with --example."
                )
        return job

    def config_for(self, account: Account) -> str:
        """The config with the stack's names filled in, and pointed at the CSV that is uploaded with it.

        WrongUsage if it is none: an upload that names no CSV would start nothing, and say nothing either.
        """
        return json.dumps(self._config(account), ensure_ascii=False, indent=2)

    def _config(self, account: Account) -> dict[str, Any]:
        try:
            # As the batch processor reads it, under its own name: YAML too, and no key twice.
            config = read_object(str(self.config_path), self._filled_in(account))
        except UnreadableDocument as exc:
            raise WrongUsage("\n".join(f"--config: {fault}" for fault in exc.faults)) from exc
        config.pop("input_csv_s3_uri", None)
        return config | {"csv_s3_uri": f"s3://{bucket_of(account)}/inputs/{self.csv_path.name}"}

    def _filled_in(self, account: Account) -> bytes:
        # What is not UTF-8 is told by who reads it.
        text = self.config_path.read_bytes().decode("utf-8", "surrogateescape")
        return filled(text, account.outputs).encode("utf-8", "surrogateescape")

    def start(self, account: Account) -> BatchRun:
        """Uploads all that the batch reads, its config last, which starts it."""
        bucket, config = bucket_of(account), self.config_for(account)
        for path in (self.csv_path, *(EXAMPLES / name for name in self.example.others)):
            account.client("s3").upload_file(str(path), bucket, f"inputs/{path.name}")
        run = BatchRun(account)
        run.trigger(config, self.config_path.name)
        return run


def _refuse_unknown(example: str) -> None:
    if example not in _EXAMPLES:
        near = "".join(f" Did you mean {name}?" for name in get_close_matches(example, _EXAMPLES, n=1))
        raise WrongUsage(f"--example: there is no {example!r}.{near} Expected one of {', '.join(sorted(_EXAMPLES))}.")

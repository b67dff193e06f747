"""What `batchctl run` was asked for, and how that is typed again."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from batch_processor.csv_file.csv_format import Encoding
from batch_processor.errors import SourceUnavailable
from batch_processor.operations.analysis.origin import origin_of
from batchctl.answer import Answer
from batchctl.asking import Asking
from batchctl.errors import WrongUsage
from batchctl.results.showing import refuse_file
from batchctl.where import Where

OUTPUT = Path("batch-output")


@dataclass(frozen=True, slots=True)
class Request:
    """A CSV, on this disk or in S3, and either the name of an agent or a configuration.

    `mappings` are fields by column, as `--map column=field` says.
    """

    csv: str
    agent: str | None
    config: Path | None
    mappings: dict[str, str]
    max_rows: int | None
    output: Path
    wait: bool
    asking: Asking
    answer: Answer
    where: Where
    again: bool = False
    encoding: Encoding = "auto"

    @property
    def is_in_s3(self) -> bool:
        """Whether the CSV is named by its URI."""
        return self.csv.startswith("s3://")

    def command(self, *more: str, without_max_rows: bool = False) -> str:
        """The command that asks for the same, without the options that say which stack is meant."""
        words = ["batchctl", "run", self.csv]
        words += ["--agent", self.agent] if self.agent else []
        words += ["--config", str(self.config)] if self.config else []
        words += [word for column, field in self.mappings.items() for word in ("--map", f"{column}={field}")]
        words += ["--encoding", self.encoding] if self.encoding != "auto" else []
        words += ["--max-rows", str(self.max_rows)] if self.max_rows and not without_max_rows else []
        words += ["--output", str(self.output)] if self.output != OUTPUT else []
        words += ["--again"] if self.again and not without_max_rows else []
        return shlex.join([*words, *more])

    def check(self) -> None:
        """WrongUsage has all that is wrong with what was typed, as far as the disk tells."""
        faults = [
            *([_ONE_OF_TWO] if (self.agent is None) == (self.config is None) else []),
            *(["--map: a configuration has its mapping already. Leave --map out."] if self._maps_config else []),
            *([_ENCODED] if self.config and self.encoding != "auto" else []),
            *(absent_csv(self.csv) if not self.is_in_s3 else []),
            *(_absent("--config", self.config) if self.config else []),
        ]
        if faults:
            raise WrongUsage("\n".join(faults))
        refuse_file("--output", self.output)

    @property
    def _maps_config(self) -> bool:
        return bool(self.config and self.mappings)


_ONE_OF_TWO = (
    "Say what the rows are for: --agent NAME, for an agent that is registered (`batchctl agents list`), or --config FILE. "
    "Give one of the two."
)

_ENCODED = "--encoding: a configuration says it itself, in csv_format.encoding. Say it there."


def mappings_of(given: Sequence[str] | None) -> dict[str, str]:
    """Fields by column of `--map column=field`s; a column may have a = in its name, a field has none."""
    mappings: dict[str, str] = {}
    for text in given or []:
        column, equals, field = text.rpartition("=")
        if not (equals and column and field):
            raise WrongUsage(f"--map: {text!r} has not the form column=field. Give as in --map 'Ticket no.=reference'.")
        if mappings.setdefault(column, field) != field:
            raise WrongUsage(f"--map: the column {column!r} is given twice, for {mappings[column]} and for {field}.")
    return mappings


def absent_csv(csv: str) -> list[str]:
    """What is wrong with the path of a CSV of this disk: nothing is there, or no file."""
    try:
        origin_of(csv)
    except SourceUnavailable as exc:
        return [f"CSV: {exc}"]
    return []


def _absent(name: str, path: Path) -> list[str]:
    return [] if path.is_file() else [f"{name}: there is no file {path}. Give one that exists."]

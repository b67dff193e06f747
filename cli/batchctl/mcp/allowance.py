"""What the person who starts the server lets an assistant do."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from batch_processor.document.wording import shown
from batch_processor.errors import BeforeAnyCall
from batchctl.errors import WrongUsage


class PathNotAllowed(BeforeAnyCall):
    """A path that is beneath none of the folders that were given."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether batches may be started and stopped, what one start may come to, and beneath which folders files may be read."""

    allow_run: bool = False
    max_rows: int | None = None
    max_cost_usd: float | None = None
    folders: tuple[Path, ...] = ()

    @classmethod
    def of(cls, allow_run: bool, max_rows: int | None, max_cost_usd: float | None, folders: Iterable[Path]) -> Self:
        """From what was typed; WrongUsage if it allows starts without a limit, or limits what it does not allow."""
        is_limited = max_rows is not None or max_cost_usd is not None
        if allow_run and not is_limited:
            raise WrongUsage(
                "--allow-run lets an assistant spend money, so it needs a limit for each start: "
                "--max-rows N, --max-cost-usd USD, or both."
            )
        if is_limited and not allow_run:
            raise WrongUsage("--max-rows and --max-cost-usd limit what --allow-run allows; add it, or leave them out.")
        if missing := [str(folder) for folder in folders if not folder.is_dir()]:
            raise WrongUsage(f"--folder: there is no folder {', '.join(missing)}.")
        return cls(allow_run, max_rows, max_cost_usd, tuple(folder.resolve() for folder in folders))

    def file(self, text: str) -> Path:
        """The file of that path, absolute or in one of the folders, links followed; PathNotAllowed says what may be read.

        A file that is not there and one that may not be read are told alike: nobody is to explore the disk by the answers.
        """
        if not self.folders:
            raise PathNotAllowed(
                f"{shown(text)} is no s3://bucket/key, and files of this machine may not be read: the person who started the "
                "server gave no --folder. Ask for the CSV's S3 location."
            )
        for folder in self.folders:
            path = _resolved(folder / text)
            if path and path.is_file() and path.is_relative_to(folder):
                return path
        raise PathNotAllowed(
            f"There is no file {shown(text)} that may be read; those beneath {', '.join(map(str, self.folders))} may be."
        )


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        return None

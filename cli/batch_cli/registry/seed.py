"""Registers what the repository has in `registry/`, as far as its targets are deployed."""

from collections.abc import Callable
from pathlib import Path

from batch_cli.batch_run import Account
from batch_cli.registry.commands import register, registries_of
from batch_cli.registry.files import entry_files, read_all
from batch_cli.sam import ROOT

SEEDS = ROOT / "registry"


def seed(account: Account, say: Callable[[str], None], folder: Path = SEEDS) -> list[str]:
    """The ids of what it registers; entries whose stack is not among the account's are left out."""
    files = read_all(entry_files([folder]), account.outputs)
    registered = list(register(files, registries_of(account)))
    left_out = [file.path.name for file in files if file.missing]
    say(f"Registered {', '.join(registered) or 'nothing'}" + (f"; not {', '.join(left_out)}" if left_out else ""))
    return registered

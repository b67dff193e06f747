"""Registers what the repository has in `registry/`, as far as its targets are deployed."""

from collections.abc import Callable
from pathlib import Path

from batchctl.account import Account
from batchctl.project import ROOT
from batchctl.registry.files import entry_files, read_all
from batchctl.registry.registration import register, registries_of

SEEDS = ROOT / "registry"


def seed(account: Account, say: Callable[[str], None], folder: Path = SEEDS) -> list[str]:
    """Registers the folder's entries and returns their ids; those whose stack is not in the account are left out."""
    files = read_all(entry_files([folder]), account.outputs)
    registered = list(register(files, registries_of(account)))
    left_out = sum(bool(file.missing) for file in files)
    # One line, however many there are.
    say(
        f"Registered: {len(registered)}" + (f"; left out, as their stacks are not here: {left_out}" if left_out else "")
    )
    return registered

"""Copies of the product that another build is made of, which the real SAM CLI builds and deploys over the one that stands."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from batch_processor.contract.number import CONTRACT
from batchctl.local import sam
from batchctl.local.stack import MAIN
from batchctl.project import ROOT

_PARTS = ("functions", "statemachine")
_NUMBER = Path("functions/batch_processor/contract/number.py")
_UPGRADES = Path("functions/batch_processor/contract/upgrades.py")
# From all that is older, as each new number brings one.
_STEPS = "\n_STEPS.update({older: dict for older in range(CONTRACT) if older not in _STEPS})\n"


@dataclass(frozen=True, slots=True)
class Tree(sam.Stack):
    """The main stack as a copy makes it; what is built of it stays in the copy."""

    @property
    def work_dir(self) -> Path:
        return self.folder / ".aws-sam"

    def build_once(self) -> None:
        """Builds it, unless it is built: nothing changes in a copy."""
        if not self.build_dir.exists():
            sam.build(self)

    @property
    def cache_dir(self) -> Path:
        return self.work_dir / "cache"


def of_contract(folder: Path, number: int) -> Tree:
    """The product with another number: all that a change of the contract's shapes is sure to change."""
    tree = _copied(folder)
    _edit(folder / _NUMBER, f"CONTRACT = {CONTRACT}", f"CONTRACT = {number}")
    with (folder / _UPGRADES).open("a") as upgrades:
        upgrades.write(_STEPS)
    _define(folder)
    return tree


def touched(tree: Tree) -> Tree:
    """The same tree with another text in all functions and machines, as a compatible update has."""
    path = tree.folder / _NUMBER
    path.write_text(path.read_text() + "\n# Another build.\n")
    for machine in (tree.folder / "statemachine").glob("*.asl.json"):
        machine.write_text(json.dumps({**json.loads(machine.read_text()), "Comment": "Another build."}))
    return tree


def _copied(folder: Path) -> Tree:
    for part in _PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(MAIN.template, folder)
    return Tree(folder, MAIN.name, MAIN.parameters)


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{path} has {old!r} not once"
    path.write_text(text.replace(old, new))


def _define(folder: Path) -> None:
    paths = os.pathsep.join(str(path) for path in (folder / "functions", ROOT / "cli"))
    command = [sys.executable, "-m", "batchctl.definition", str(folder / "statemachine")]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, cwd=folder, check=True)

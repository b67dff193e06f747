"""What the locks say, for the tests that compare it with what is there."""

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_PIN = re.compile(r"^([\w.-]+==[^\\\n]+)", re.MULTILINE)


def needed(lock: Path, python: str) -> dict[str, str]:
    """The versions that a lock has for a Python such as 3.13, by package."""
    there = {"python_version": python, "python_full_version": f"{python}.0"}
    pinned = [Requirement(text) for text in _PIN.findall(lock.read_text(encoding="utf-8"))]
    return {each.name: str(each.specifier)[2:] for each in pinned if not each.marker or each.marker.evaluate(there)}


def installed(folder: Path) -> dict[str, str]:
    """The versions of the packages in a folder, by package."""
    return {canonicalize_name(found.name): found.version for found in metadata.distributions(path=[str(folder)])}

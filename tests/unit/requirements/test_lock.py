import importlib.metadata
import re
import sys
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from requirements import lock
from tests.locked import needed

SOURCES = lock.sources()
# What is deployed, what runs it here, and what tests it. Tools have environments of their own, and other versions.
OF_THE_PRODUCT = [
    *(folder / "requirements.txt" for folder in map(lock.ROOT.joinpath, lock.FOLDERS) if folder.name != "requirements"),
    lock.ROOT / "requirements" / "local.txt",
    lock.ROOT / "requirements" / "dev.txt",
]
PYTHONS = ("3.11", "3.12", "3.13")
_ENTRY = re.compile(r"[\w.-]+==[^\s;]+(?: ; [^\\\n]+)?(?: \\\n {4}--hash=sha256:[0-9a-f]{64})+\n")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(lock.ROOT)))
def test_lock_fits_what_it_was_made_of(source: Path) -> None:
    first, *_ = lock.lock_of(source).read_text().splitlines(keepends=True)
    assert first == lock.first_line(source), "make lock"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(lock.ROOT)))
def test_lock_is_pinned_with_hashes_and_names_no_place(source: Path) -> None:
    _, _, entries = lock.lock_of(source).read_text().partition("\n")
    assert _ENTRY.sub("", entries) == ""


def test_every_requirements_file_is_a_lock() -> None:
    found = [*lock.ROOT.rglob("requirements*/*.txt"), *lock.ROOT.rglob("requirements.txt")]
    parts = {path.relative_to(lock.ROOT) for path in found}
    own = {path for path in parts if not any(part.startswith(".") or part == "node_modules" for part in path.parts)}
    locks = {lock.lock_of(source).relative_to(lock.ROOT) for source in SOURCES}
    # What the schema factory makes is cut out of the functions' lock; the test tool needs nothing.
    others = {path for path in own - locks if path.parts[0] != "generated"}
    assert others == {Path("tests/integration/targets/test_tool/requirements.txt")}
    assert all((lock.ROOT / path).read_text() == "" for path in others)


@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_deployed_is_what_tests_run(python: str) -> None:
    versions: dict[str, set[str]] = {}
    for path in OF_THE_PRODUCT:
        for name, version in needed(path, python).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
    deployed, tested = (needed(OF_THE_PRODUCT[at], python) for at in (0, -1))
    assert deployed.items() <= tested.items()


def test_what_is_installed_here_is_what_is_locked() -> None:
    locked = needed(OF_THE_PRODUCT[0], f"{sys.version_info.major}.{sys.version_info.minor}")
    assert {name: importlib.metadata.version(name) for name in locked} == locked


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("path", OF_THE_PRODUCT, ids=lambda path: str(path.relative_to(lock.ROOT)))
def test_lock_is_complete(path: Path, python: str) -> None:
    """As the packages that are installed here tell what they need."""
    there = needed(path, python)
    for name in there:
        for text in importlib.metadata.requires(name) or []:
            required = Requirement(text)
            marker = required.marker or Marker("python_version > '3'")
            if marker.evaluate({"python_version": python, "python_full_version": f"{python}.0", "extra": ""}):
                assert canonicalize_name(required.name) in there, f"{name} needs {text}"

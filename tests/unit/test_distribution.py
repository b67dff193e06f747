"""Tests that share something expensive go to one process, and the list of them names files that are there."""

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import conftest, distribution

ROOT = Path(distribution.__file__).parents[1]


def test_all_files_whose_tests_stay_together_exist() -> None:
    assert [path for path in distribution._TOGETHER if not (ROOT / path).is_file()] == []


def test_every_file_that_needs_the_stack_that_is_killed_shares_its_process() -> None:
    files = [path for path in (ROOT / "tests" / "integration").glob("test_*.py") if "frail_stack" in path.read_text()]
    assert len({distribution._TOGETHER[path.relative_to(ROOT).as_posix()] for path in files}) == 1


@pytest.mark.parametrize(("dist", "processes"), [("loadgroup", (os.cpu_count() or 1) + 1), ("load", None)])
def test_tests_that_wait_have_a_process_more_than_there_are_cores(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch, dist: str, processes: int | None
) -> None:
    monkeypatch.setattr(pytestconfig.option, "dist", dist)
    assert conftest.pytest_xdist_auto_num_workers(pytestconfig) == processes


def test_what_takes_longest_is_collected_first() -> None:
    class Test(NamedTuple):
        nodeid: str

    of_one_test = "tests/integration/test_stack_update.py::test_updates_end_batches_of_another_contract_and_no_others"
    items = [Test("tests/emulator/a.py::b"), Test(of_one_test), Test("tests/emulator/a.py::a")]
    conftest.pytest_collection_modifyitems(items)  # type: ignore[arg-type]
    assert [item.nodeid for item in items] == [of_one_test, "tests/emulator/a.py::b", "tests/emulator/a.py::a"]

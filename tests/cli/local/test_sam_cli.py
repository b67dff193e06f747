"""The SAM CLI's environment: in a checkout that of `make`, installed one in the user's cache."""

import sys
from pathlib import Path

import pytest

from batchctl.local import sam_cli
from batchctl.local.sam_cli import SamFailed

# A Python that makes environments of nothing but itself, and whose pip installs nothing and fails if it is asked to.
PYTHON = """#!/bin/sh
case "$2" in
    venv) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
    pip) shift $(($# - 1)); ! grep . "$1" >&2 ;;
esac
"""


@pytest.fixture
def requirements(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What an installed package would install; nothing."""
    python = tmp_path / "python"
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    path = tmp_path / "sam.txt"
    path.write_text("", encoding="utf-8")
    monkeypatch.setattr(sam_cli, "IS_INSTALLED", True)
    monkeypatch.setattr(sam_cli, "BUILDS", tmp_path / "cache")
    monkeypatch.setattr(sam_cli, "_REQUIREMENTS", path)
    return path


def test_environment_is_set_up_once_for_its_versions(requirements: Path) -> None:
    said: list[str] = []
    sam_cli.set_up(said.append)
    sam_cli.set_up(said.append)
    assert said == ["Setting up the SAM CLI (once, some minutes)"]
    assert (sam_cli.python_folder() / "python").exists()
    before = sam_cli.environment()
    requirements.write_text("# another\n", encoding="utf-8")
    assert sam_cli.environment() != before


def test_environment_that_cannot_be_set_up_is_told_and_tried_again(requirements: Path) -> None:
    requirements.write_text("./absent\n", encoding="utf-8")
    said: list[str] = []
    for _ in range(2):
        with pytest.raises(SamFailed, match=r"It needs Python's venv with pip, and a package registry") as caught:
            sam_cli.set_up(said.append)
        assert "absent" in str(caught.value)
    assert len(said) == 2


def test_checkout_without_sam_is_told_what_to_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sam_cli, "ROOT", tmp_path)
    with pytest.raises(SamFailed, match=r"Type `make \.venv-sam/\.installed`\."):
        sam_cli.set_up(print)

"""Generated folders, and the engine that reads state machines as AWS does."""

from pathlib import Path

import pytest

from batchctl.factory.canonical import Canonical, read
from batchctl.factory.folder import write
from batchctl.factory.generation import generate
from tests.factory.documents import BROADBAND, FILES
from tests.statemachine.conftest import javascript, node

__all__ = ["javascript", "node"]


@pytest.fixture
def broadband() -> Canonical:
    return read(BROADBAND)


@pytest.fixture
def folder(broadband: Canonical, tmp_path: Path) -> Path:
    """The worked example, freshly generated."""
    folder = tmp_path / broadband.names.module
    write(folder, broadband, generate(broadband))
    return folder


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def canonical(request: pytest.FixtureRequest) -> Canonical:
    """Each of the repository's canonical schemas."""
    return read(request.param)

"""One patched and one unpatched emulator for all tests, both with IAM on."""

from collections.abc import Iterator

import pytest

from batchctl.local.emulator.process import Emulator
from tests.emulator.local_aws import PYTHON, LocalAws

pytest.register_assert_rewrite("tests.emulator.observations")


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """The emulator as the batch processor uses it."""
    with Emulator(python=PYTHON, auth=True) as running:
        yield running


@pytest.fixture(scope="session")
def patched(emulator: Emulator) -> LocalAws:
    """MiniStack with everything that `fidelity` adds."""
    return LocalAws(emulator.environment())


@pytest.fixture(scope="session")
def unpatched() -> Iterator[LocalAws]:
    """MiniStack as it is."""
    with Emulator(python=PYTHON, auth=True, options=["--unpatched"]) as running:
        yield LocalAws(running.environment())

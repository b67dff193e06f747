"""The stack as the batches that are resumed find it."""

import pytest

from tests.functional.account import put
from tests.functional.resumption.runs import MACHINE, PEOPLE
from tests.functional.targets import create_agent


@pytest.fixture
def stack(account: None) -> None:
    """The target, the machine and the CSV."""
    create_agent()
    create_agent(MACHINE)
    put("inputs/people.csv", PEOPLE)

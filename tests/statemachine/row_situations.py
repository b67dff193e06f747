"""What the states of the row pipeline may meet, by name."""

from collections.abc import Iterator

from tests.statemachine import express_agents
from tests.statemachine.dead_letter_situations import dead_letter_situations
from tests.statemachine.extraction_situations import extraction_situations
from tests.statemachine.input_situations import input_situations
from tests.statemachine.retry_situations import retry_situations
from tests.statemachine.situation import Situation
from tests.statemachine.target_situations import target_situations
from tests.statemachine.unread_situations import unread_situations


def row_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from input_situations()
    yield from target_situations()
    yield from express_agents.situations()
    yield from extraction_situations()
    yield from unread_situations()
    yield from retry_situations()
    yield from dead_letter_situations()

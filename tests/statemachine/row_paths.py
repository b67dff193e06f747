"""The paths through the row pipeline, state by state, with what the tasks would give."""

from tests.statemachine.attempt_paths import ATTEMPTS
from tests.statemachine.earlier_paths import EARLIER_RUNS
from tests.statemachine.express_agents import PATHS as EXPRESS_AGENTS
from tests.statemachine.large_answer_paths import LARGE_ANSWERS
from tests.statemachine.unread_paths import UNREAD_ANSWERS
from tests.statemachine.update_paths import UPDATES

PATHS = {**ATTEMPTS, **UNREAD_ANSWERS, **LARGE_ANSWERS, **EARLIER_RUNS, **UPDATES, **EXPRESS_AGENTS}

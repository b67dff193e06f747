"""In how many processes pytest-xdist runs tests that need stacks, and which of them in one: those that would otherwise
make something expensive twice.
"""

import os

from xdist.scheduler import LoadScopeScheduling

_TOGETHER = {
    "tests/integration/test_bring_your_own_agent.py": "the page's walk, with two batches of a thousand rows",
    "tests/integration/test_built_functions.py": "each function started under AWS's emulator",
    "tests/integration/test_deployments.py": "the second environment",
    "tests/integration/test_erasure.py": "four batches, and a search of everything",
    "tests/integration/test_example_agents.py": "the examples' batches",
    "tests/integration/test_express_faults.py": "the stack that is killed and let fail",
    "tests/integration/test_faults.py": "the stack that is killed and let fail",
    "tests/integration/test_generated_agents.py": "the generated agents' stacks",
    "tests/integration/test_kills.py": "the stack that is killed and let fail",
    "tests/integration/test_large_batches.py": "the batch of ten thousand rows",
    "tests/integration/test_orchestrator.py": "the conversations' batches",
    "tests/integration/test_spec_walk_through.py": "the stacks of the environment prod",
    "tests/integration/test_stack_update.py": "the stack that is updated",
    "tests/integration/test_task_faults.py": "the stack that is killed and let fail",
}


def processes() -> int:
    """One more than there are cores: half of the time that a test with a stack takes, it waits for time limits and retries."""
    return (os.cpu_count() or 1) + 1


class ByWhatTheyShare(LoadScopeScheduling):  # type: ignore[misc] # xdist tells no types
    """Hands out what belongs together as a whole, the most tests first, and then all other tests one by one.

    Of scopes with as many tests those come first that were collected first: what is shared, or one long test would be the last.

    xdist's own `loadgroup` would do, but since pytest 9.2 it does not see the groups:
    https://github.com/pytest-dev/pytest-xdist/issues/1386
    """

    def _split_scope(self, nodeid: str) -> str:
        return _TOGETHER.get(_file(nodeid), nodeid)


def is_shared(nodeid: str) -> bool:
    """Whether the test belongs together with others."""
    return _file(nodeid) in _TOGETHER


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]

"""Settings of all tests."""

import signal

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import Scheduling

from tests.distribution import ByWhatTheyShare, is_shared, processes

# A shared machine is slow at times; an example that takes long is no fault of the code.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")

# A shell's background job ignores Ctrl-C, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Of `-n auto --dist loadgroup`; else pytest-xdist's own, a process for each core."""
    return processes() if config.getvalue("dist") == "loadgroup" else None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Of `--dist loadgroup`, the groups are those of `tests.distribution`."""
    return ByWhatTheyShare(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares something expensive comes first: it takes longest."""
    items.sort(key=lambda item: not is_shared(item.nodeid))

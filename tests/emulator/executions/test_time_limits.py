"""What is due when executions' times are up."""

import threading
import time

from batchctl.local.emulator.fidelity.executions.time_limits import TimeLimits


def test_what_is_due_is_done_in_time_and_what_ended_before_is_not() -> None:
    limits, done, all_done = TimeLimits(), list[str](), threading.Event()
    began = time.monotonic()
    with limits.after(0.4, all_done.set), limits.after(0.2, lambda: done.append("second")):
        with limits.after(0.05, lambda: done.append("first")):
            time.sleep(0.12)
        with limits.after(0.3, lambda: done.append("never")):
            pass
        assert all_done.wait(5)
    assert done == ["first", "second"]
    assert time.monotonic() - began < 2


def test_failure_of_one_does_not_keep_the_others_from_being_done() -> None:
    limits, done = TimeLimits(), threading.Event()
    with limits.after(0.01, _fail), limits.after(0.02, done.set):
        assert done.wait(5)


def test_what_ended_is_forgotten_long_before_it_is_due() -> None:
    limits = TimeLimits()
    for _ in range(5_000):
        with limits.after(300, _fail):
            pass
    assert len(limits._due) < 1_100


def _fail() -> None:
    raise ValueError("broken")

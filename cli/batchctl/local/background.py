"""The local stack in the background: `batchctl local up`, `down`, `status` and `logs`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NotRequired, TypedDict

from batchctl import exit_codes
from batchctl.answer import Answer, note, tell_next
from batchctl.errors import Expected
from batchctl.local import connection, running
from batchctl.local.allowed_names import allowed_names
from batchctl.local.connection import NoLocalStack, RunningLocalStack
from batchctl.where import HERE

# The first start sets the SAM CLI up, and builds everything.
_START_SECONDS = 900.0
_STOP_SECONDS = 60.0
_POLL_SECONDS = 0.2
_OWNER_ONLY = 0o600


class NotStarted(Expected):
    """The stack did not come up; the message has the end of its log."""


class NotStopped(Expected):
    """The process that keeps the stack running did not end."""


class LocalStatus(TypedDict):
    """`up` once batches can run; `starting` while the stacks are deployed."""

    status: str
    pid: NotRequired[int]
    since: NotRequired[str]
    endpoint_url: NotRequired[str]
    environment_file: NotRequired[str]
    log: str


def up(agents: Sequence[str], tools: Sequence[str]) -> int:
    """Starts the stack unless it runs, and waits until batches can run on it; the exit code."""
    allowed_names("--agents", agents), allowed_names("--tools", tools)  # wrong ones are told here, not in a log
    if found := running.keeper():
        note(f"{running.told(found)} It stays as it is.")
        return exit_codes.DONE
    _start(agents, tools)
    note(
        "\nThe local stack is up, in the background. batchctl finds it by itself; for any other tool, type in its shell:"
    )
    print(f". {connection.FILE}")
    tell_next(HERE, "batchctl run examples/tickets.csv --agent ticket_triage --max-rows 20", "batchctl local down")
    return exit_codes.DONE


def _start(agents: Sequence[str], tools: Sequence[str]) -> None:
    words = [f"--agents={pattern}" for pattern in agents] + [f"--tools={pattern}" for pattern in tools]
    running.LOG.parent.mkdir(parents=True, exist_ok=True)
    log = os.open(running.LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "batchctl.local.keeping", *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C and the end of this shell are none of its business.
            start_new_session=True,
        )
    try:
        _wait_until_up(process)
    except BaseException:
        process.terminate()
        process.wait(_STOP_SECONDS)
        raise


def _wait_until_up(process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    with running.LOG.open(encoding="utf-8", errors="replace") as log:
        while time.monotonic() < deadline:
            for line in log.readlines():
                note(line.rstrip("\n"))
            if process.poll() is not None:
                raise NotStarted(f"The local stack did not start; above, or in {running.LOG}, is why.")
            if _connection() is not None:
                return
            time.sleep(_POLL_SECONDS)
    raise NotStarted(f"The local stack was not up within {_START_SECONDS:.0f} s. Its log is {running.LOG}.")


def down() -> int:
    """Stops the stack and waits until all of it has ended; the exit code."""
    found = running.keeper()
    if found is None:
        note("No local stack runs.")
        return exit_codes.DONE
    if found.pid:
        with suppress(ProcessLookupError):
            os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while running.keeper() is not None:
        if time.monotonic() > deadline:
            raise NotStopped(
                f"{running.told(found)} It did not end within {_STOP_SECONDS:.0f} s; its log is {running.LOG}."
            )
        time.sleep(_POLL_SECONDS)
    note("The local stack is stopped; what was in it is gone.")
    return exit_codes.DONE


def status(answer: Answer) -> int:
    """Tells whether the stack is up; the exit code is that of failure if it is not."""
    found, stack = running.keeper(), _connection()
    told = LocalStatus(status="down" if found is None else "starting" if stack is None else "up", log=str(running.LOG))
    if found is not None:
        told |= {"pid": found.pid, "since": found.since}
    if found is not None and stack is not None:
        told |= {"endpoint_url": stack.outputs["AWS_ENDPOINT_URL"], "environment_file": str(connection.FILE)}
    answer.give(told, _print_status)
    if found is None:
        tell_next(HERE, "batchctl local up")
    return exit_codes.DONE if told["status"] == "up" else exit_codes.FAILED


def _print_status(told: LocalStatus) -> None:
    print("\n".join(f"{name:<17}{value}" for name, value in told.items()))


def logs(*, follow: bool, is_over: Callable[[], bool] = lambda: False) -> int:
    """Prints what the last `batchctl local up` and its embedded AWS logged; the exit code."""
    if not running.LOG.exists():
        note(
            "There is no log: nobody has typed `batchctl local up` here. `batchctl local` alone tells what it does itself."
        )
        return exit_codes.FAILED
    with running.LOG.open(encoding="utf-8", errors="replace") as log:
        while True:
            sys.stdout.write(log.read())
            sys.stdout.flush()
            if not follow or is_over():
                return exit_codes.DONE
            time.sleep(_POLL_SECONDS)


def _connection() -> RunningLocalStack | None:
    try:
        return RunningLocalStack()
    except NoLocalStack:
        return None

"""Which process keeps the local stack running: one for each checkout, or for each user of an installation.

A lock says so, which goes with its process however that ends; what is in the file is told to people and to `batchctl local down`.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from batchctl.errors import Expected
from batchctl.project import BUILDS

FILE = BUILDS / "local" / "running.json"
LOG = BUILDS / "local" / "background.log"
_OWNER_ONLY = 0o600
_ATTEMPTS, _ASKING_SECONDS = 5, 0.05


class AlreadyRuns(Expected):
    """Another process keeps the local stack running; the message says which, and what to type."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """The process that keeps the stack running, and since when."""

    pid: int
    since: str


@contextmanager
def claimed() -> Iterator[None]:
    """Inside it this process is the one that keeps the stack running."""
    with _opened() as file:
        if not _waits_for_lock(file):
            raise AlreadyRuns(f"{told(keeper())} Use that one, or stop it with `batchctl local down` and start anew.")
        file.truncate(0)
        json.dump({"pid": os.getpid(), "since": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}, file)
        file.flush()
        yield


def keeper() -> Keeper | None:
    """The process that keeps the stack running, or is starting it; None if none does."""
    if not FILE.exists():
        return None
    with _opened() as file:
        if _is_locked(file):
            return None
        file.seek(0)
        try:
            return Keeper(**json.load(file))
        except ValueError:  # it has the lock and has not written yet
            return Keeper(0, "")


def told(found: Keeper | None) -> str:
    """Who keeps it running, as a sentence."""
    if found is None or not found.pid:
        return "The local stack is being started by another command."
    return f"The local stack is kept running since {found.since} by process {found.pid}."


def _waits_for_lock(file: IO[str]) -> bool:
    # Whoever only asks has the lock for a moment too.
    for _ in range(_ATTEMPTS):
        if _is_locked(file):
            return True
        time.sleep(_ASKING_SECONDS)
    return False


def _is_locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _opened() -> IO[str]:
    FILE.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(FILE, os.O_RDWR | os.O_CREAT, _OWNER_ONLY), "r+", encoding="utf-8")

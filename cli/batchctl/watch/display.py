"""Where progress is shown: redrawn in place on a terminal, as plain lines anywhere else; on stderr."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live

from batch_processor.operations.running.progress import BatchProgress
from batchctl.watch.progress_lines import live_lines, plain_line, state

REDRAW_SECONDS = 0.5
PLAIN_SECONDS = 30.0


class Display(Protocol):
    """Shows how far a batch is."""

    def show(self, progress: BatchProgress, seconds_since: float) -> None:
        """Called several times a second; `seconds_since` is the age of what is shown."""


@contextmanager
def display() -> Iterator[Display]:
    """Inside it progress is shown; behind it a terminal has no trace of it."""
    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        yield PlainDisplay(console)
        return
    with Live(
        console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as live:
        yield LiveDisplay(live)


class LiveDisplay:
    """The six lines, in place."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def show(self, progress: BatchProgress, seconds_since: float) -> None:
        lines = live_lines(progress, self._live.console.width, seconds_since)
        self._live.update(Group(*lines), refresh=True)


class PlainDisplay:
    """A line now and then, and at each change of state."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._state = ""
        self._said = float("-inf")

    def show(self, progress: BatchProgress, seconds_since: float) -> None:  # noqa: ARG002
        word = state(progress)
        if word == self._state and time.monotonic() - self._said < PLAIN_SECONDS:
            return
        self._state, self._said = word, time.monotonic()
        self._console.print(plain_line(progress), markup=False, highlight=False, soft_wrap=True)

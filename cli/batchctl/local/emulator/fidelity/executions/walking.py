"""One thread walks through states at a time; the others wait for their turn, or for what they called.

Forty threads that all want the interpreter hinder each other more than they help: each switch between them costs more
than many a state. Whoever waits lets the next one walk, so calls still run at the same time.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_turn = threading.Lock()
_thread = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """In the block this thread walks, and no other does."""
    if _has_turn():
        yield
        return
    _take()
    try:
        yield
    finally:
        _give()


def pause() -> "_Pause":
    """In the block this thread only waits; whoever holds a lock that walking threads want must not enter it."""
    return _Pause()


class _Pause:
    """Half as long as by a generator, and every call has one."""

    def __enter__(self) -> None:
        self._had_turn = _has_turn()
        if self._had_turn:
            _give()

    def __exit__(self, *_: object) -> None:
        if self._had_turn:
            _take()


def _has_turn() -> bool:
    return getattr(_thread, "has_turn", False)


def _take() -> None:
    _turn.acquire()
    _thread.has_turn = True


def _give() -> None:
    _thread.has_turn = False
    _turn.release()

"""The stack that the tools work on, looked for when the first of them is called: an assistant waits for the tools' list."""

import threading
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from batch_processor.operations.deployment import Deployment
from batchctl.where import Where


class Stack:
    """A context manager; inside it `deployment` finds the stack once, and again as long as it was not found."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self._found: Deployment | None = None
        self._account: Any = None
        self._lock = threading.Lock()
        self._exits = ExitStack()

    @property
    def deployment(self) -> Deployment:
        """The stack; raises what says why there is none."""
        with self._lock:
            if self._found is None:
                from batchctl.account import account_of, using

                self._account = account_of(self.where)
                self._found = self._exits.enter_context(using(_OneAtATime(self._account)))
            return self._found

    def client(self, service: str) -> Any:
        """A boto3 client of its account."""
        assert self.deployment
        return self._account.client(service)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()


class _OneAtATime:
    """An account whose clients are made one after another: tools run in threads, and boto3's sessions are not for several."""

    def __init__(self, account: Any) -> None:
        self.outputs: dict[str, str] = account.outputs
        self._account = account
        self._lock = threading.Lock()

    def client(self, service: str) -> Any:
        with self._lock:
            return self._account.client(service)

"""Operations that answer what a test has for them, in place of a stack's, for the front end that shows it."""

from contextlib import nullcontext
from types import ModuleType
from typing import Any

import pytest

from tests.cli.shapes import ARN

DEPLOYMENT = object()


class Operations:
    """What stands in for operations; `calls` has what each was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def answer(self, module: ModuleType, **answers: Any) -> None:
        """The module's operations answer so; an exception is raised, a list gives one answer after the other."""
        if hasattr(module, "deployed"):
            self._patch.setattr(module, "deployed", lambda _: nullcontext(DEPLOYMENT))
        if hasattr(module, "named_batch"):
            self._patch.setattr(module, "named_batch", lambda text, _: f"{ARN.rpartition(':')[0]}:{text}")
        for name, given in answers.items():
            self._patch.setattr(module, name, self._answering(name, given))

    def _answering(self, name: str, given: Any) -> Any:
        left = list(given) if isinstance(given, list) else None

        def operation(*arguments: Any, **named: Any) -> Any:
            self.calls.append((name, arguments, named))
            found = left.pop(0) if left is not None else given
            if isinstance(found, Exception):
                raise found
            return found

        return operation

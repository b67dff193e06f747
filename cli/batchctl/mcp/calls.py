"""Calls an operation for an assistant, within what is allowed, and puts whatever goes wrong into words for it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from batch_processor.document.problem import Problem
from batch_processor.errors import BatchProcessorError, InvalidArguments
from batch_processor.operations.answers import checked, failure, run
from batch_processor.operations.catalogue import OPERATIONS
from batchctl.mcp.allowance import Allowance
from batchctl.mcp.limits import check_start
from batchctl.mcp.stack import Stack
from batchctl.mcp.upload import UPLOAD, upload_csv

_LOG = logging.getLogger(__name__)
_CSVS = ("s3_uri", "csv_uri")
CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: the operation's answer, or {error, message, suggestion?, …} if it failed."""

    document: dict[str, Any]
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Calls:
    """The operations as this server offers them."""

    stack: Stack
    allowance: Allowance

    def call(self, name: str, given: Mapping[str, Any]) -> Outcome:
        """Calls it with what an assistant gave, among which a confirmation never is."""
        if CONFIRMATION in given:
            exc = InvalidArguments(name, [Problem(f"/{CONFIRMATION}", "is not for you to give: a person confirms")])
            return Outcome(failure(exc), failed=True)
        return self._outcome(name, given)

    def confirm(self, name: str, given: Mapping[str, Any], confirmation: str) -> Outcome:
        """Calls it again once a person has agreed, with the confirmation that it had asked for."""
        return self._outcome(name, {**given, CONFIRMATION: confirmation})

    def _outcome(self, name: str, given: Mapping[str, Any]) -> Outcome:
        try:
            return Outcome(self._answer(name, dict(given)))
        except BatchProcessorError as exc:
            return Outcome(failure(exc), failed=True)
        except Exception as exc:
            from batchctl.advice import is_expected, told

            if not is_expected(exc):
                # By its kind and place alone: its words may be a row's.
                _LOG.error("%s: %s in %s", name, type(exc).__name__, _place(exc))
                told_of = "An error of the product itself, which its standard error output names. Tell the user."
                return Outcome({"error": "UNEXPECTED", "message": told_of}, failed=True)
            return Outcome({"error": type(exc).__name__, "message": told(exc)}, failed=True)

    def _answer(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        given |= {key: self._csv(given[key]) for key in _CSVS if isinstance(given.get(key), str)}
        if name == UPLOAD:
            return upload_csv(given, self.allowance, self.stack)
        if self.allowance.allow_run and name in OPERATIONS:
            checked(OPERATIONS[name], given, local_files=True)
            check_start(name, given, self.allowance, self._run)
        return self._run(name, given)

    def _run(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        return run(name, given, self.stack.deployment, local_files=bool(self.allowance.folders))

    def _csv(self, text: str) -> str:
        return text if text.startswith("s3://") else str(self.allowance.file(text))


def _place(exc: BaseException) -> str:
    trace = exc.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "an unknown place"

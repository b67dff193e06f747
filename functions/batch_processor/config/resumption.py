"""Which earlier batch this one resumes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from batch_processor.config.locations import EXECUTION_FORM, EXECUTION_PREFIX
from batch_processor.document.shape import Finding, expected

# What Step Functions allows in the name of an execution.
_NAME = r"""[^\s\x00-\x1f\x7f-\x9f<>{}\[\]?*"#%\\^|~`$&,;:/]{1,80}"""
_BATCH = f"^({EXECUTION_PREFIX})?{_NAME}$"
KEYS = ("resume_from", "only_failed_from")

BatchName = Annotated[
    str,
    Field(pattern=_BATCH, examples=["tickets-3f2a9c", f"{EXECUTION_FORM}"]),
    expected(f"the name of a batch's execution, or its ARN, {EXECUTION_FORM}"),
]


@dataclass(frozen=True)
class Resumption:
    """The batch to resume, by name or ARN; `only_failed` is for one that has ended with failed rows."""

    batch: str
    only_failed: bool
    accept_changes: bool

    @property
    def pointer(self) -> str:
        return f"/{KEYS[self.only_failed]}"


def named_batch(document: Any) -> Resumption | None:
    """Return the earlier batch that a raw document names; None if it names none, two, or one in a wrong form."""
    keys_given = [key for key in KEYS if key in document] if isinstance(document, dict) else []
    if len(keys_given) != 1 or not _is_batch(document[keys_given[0]]):
        return None
    return Resumption(document[keys_given[0]], keys_given[0] == KEYS[1], document.get("accept_changes") is True)


def _is_batch(value: Any) -> bool:
    # Half a surrogate pair has no UTF-8; `parse` refuses it wherever it stands.
    return isinstance(value, str) and bool(re.fullmatch(_BATCH, value)) and not re.search("[\ud800-\udfff]", value)


def resumption_problems(given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong between the keys that name an earlier batch."""
    keys_given = [key for key in KEYS if key in given]
    if len(keys_given) == 2:
        yield Finding(
            ("only_failed_from",),
            "resume_from and only_failed_from cannot be given together; only_failed_from is for a batch that has "
            "ended with failed rows, resume_from for one that did not get to its end",
        )
    if "accept_changes" in given and not keys_given:
        yield Finding(
            ("accept_changes",), "it says something of resume_from and only_failed_from only; leave it out without them"
        )

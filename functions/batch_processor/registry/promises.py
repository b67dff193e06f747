"""What whoever registers a target promises of it, and nobody can see from outside."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from batch_processor.document.shape import expected

# The keys of both.
PROMISES = ("idempotent", "deterministic")


def _flag_of_text(given: Any) -> Any:
    """CloudFormation makes texts of flags."""
    return {"true": True, "false": False}.get(given, given) if isinstance(given, str) else given


Deterministic = Annotated[
    bool,
    BeforeValidator(_flag_of_text),
    Field(description="whether the same input has the same answer, in any row and on any day"),
    expected("true or false"),
]
Idempotent = Annotated[
    bool,
    BeforeValidator(_flag_of_text),
    Field(description="whether a second call with the same `id` does no harm and answers alike"),
    expected("true or false"),
]

"""The section `defaults`, a second place for some keys: it counts where a key is not given in its own place."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field

from batch_processor.config.misplaced import MISPLACED
from batch_processor.document.shape import WHOLE, Flag, Shape, expected
from batch_processor.limits import INLINE_CONCURRENCY

_MOST_CONCURRENCY = 10_000

MaxConcurrency = Annotated[
    int,
    Field(ge=1, le=_MOST_CONCURRENCY),
    WHOLE,
    expected(
        f"a whole number from 1 to {_MOST_CONCURRENCY:,} (Step Functions runs at most {INLINE_CONCURRENCY} rows of an "
        f"inline batch at a time, and {_MOST_CONCURRENCY:,} of a distributed one)"
    ),
]
TtlDays = Annotated[int, Field(ge=1, le=365), WHOLE, expected("a whole number of days, 1 to 365")]


class Defaults(Shape):
    """Another place for some keys, which hold where they are not said in their own."""

    model_config = ConfigDict(title="Defaults")
    misplaced: ClassVar[Mapping[str, str]] = MISPLACED

    ttl_days: TtlDays | None = Field(default=None, description="`ttl_days` where that is not said itself.")
    max_concurrency: MaxConcurrency | None = Field(
        default=None, description="`max_concurrency` where execution_config does not say it."
    )
    enable_compression: Flag | None = Field(
        default=None, description="`enable_compression` where that is not said itself."
    )


def given_or_default(shape: Shape, defaults: Defaults, key: str) -> Any:
    """Return the key's value in its own place, else in `defaults`, else the default of its own place."""
    default = getattr(defaults, key)
    return getattr(shape, key) if key in shape.model_fields_set or default is None else default

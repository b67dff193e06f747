"""Where the rows' results are kept, for how long, and how the rows are spread over executions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from batch_processor.document.shape import MARK, WHOLE, Finding, expected, one_of

StorageModeName = Literal["auto", "inline", "dynamodb"]
MapModeName = Literal["auto", "inline", "distributed"]

StorageMode = Annotated[StorageModeName, one_of("auto", "inline", "dynamodb")]
MapMode = Annotated[MapModeName, one_of("auto", "inline", "distributed")]
MaxRows = Annotated[
    Annotated[int, Field(ge=1), WHOLE, Tag(f"{MARK}number")] | Annotated[Literal["all"], Tag(f"{MARK}all")],
    Discriminator(lambda given: f"{MARK}all" if isinstance(given, str) else f"{MARK}number"),
    expected('a whole number of rows, 1 or more, or "all"'),
]


@dataclass(frozen=True)
class StorageOptions:
    """Where results are kept and for how many days; `compress` packs what is large."""

    mode: StorageModeName = "auto"
    ttl_days: int = 7
    compress: bool = True


def storage_problems(given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the problem of inline storage for a distributed batch, which has no single payload."""
    if given.get("storage_mode") == "inline" and given.get("map_mode") == "distributed":
        yield Finding(
            ("storage_mode",),
            "inline keeps the results in the payload of one execution, and a distributed batch has many; "
            "leave storage_mode or map_mode to auto",
        )

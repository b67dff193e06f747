"""Where a configuration says what: for problems that only the CSV's header brings to light."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .input_mapping import written_fields
from .json_document import pointer
from .output_mapping import written_columns


@dataclass(frozen=True)
class Pointers:
    """JSON pointers by input field and by output column; `csv` leads to the URI of the CSV."""

    csv: str
    fields: Mapping[str, str]
    columns: Mapping[str, str]


def find_pointers(document: Mapping[str, Any]) -> Pointers:
    """The pointers of a document that was parsed without problems."""
    return Pointers(
        csv="/csv_s3_uri" if "csv_s3_uri" in document else "/input_csv_s3_uri",
        fields=_located(document, "input_mapping", written_fields(document["input_mapping"])),
        columns=_located(document, "output_mapping", written_columns(document["output_mapping"])),
    )


def _located(document: Mapping[str, Any], key: str, written: Iterator[tuple[str, tuple[Any, ...]]]) -> dict[str, str]:
    return {name: pointer(document, (key, *location)) for name, location in written}

"""A request to json_to_csv in its normal form."""

from dataclasses import dataclass
from typing import Any, cast

from batch_processor.config import OutputColumn, OutputOptions
from batch_processor.contract import Output, WrittenCsv
from batch_processor.contract import OutputColumn as PlannedColumn
from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.document.json_path import MISSING, Step
from batch_processor.document.s3_uri import S3Uri

Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Paths to what a row needs in a child's input and output; None where it is not there, and nothing is guessed.

    In each item of the input: its index, counted from `first_index`, and its row. In each answer of the output: the
    index of its item, and the target's answer itself.
    """

    input_index: Steps | None = None
    input_row: Steps | None = None
    output_index: Steps | None = None
    output_answer: Steps = ()
    first_index: int = 0

    @property
    def indexed(self) -> bool:
        """Whether rows go by index, and not in the order of the files."""
        return self.input_index is not None or self.output_index is not None


@dataclass(frozen=True, slots=True)
class MapResultsRequest:
    """A request in its normal form."""

    manifest: S3Uri
    output: OutputOptions
    output_prefix: S3Uri | None
    csv: S3Uri | None
    csv_format: CsvFormat
    places: Places

    def planned_output(self, bucket: str, key: str, csv: WrittenCsv | None = None) -> Output:
        """The output as a plan has it."""
        output = Output(
            columns=list(map(_planned, self.output.columns)),
            include_original=self.output.include_original,
            add_metadata=self.output.add_metadata,
            escape_formulas=self.output.escape_formulas,
            bucket=bucket,
            key=key,
        )
        if csv:
            output["csv"] = csv
        if self.output.quote_errors:
            output["quote_errors"] = True
        return output


def _planned(column: OutputColumn) -> PlannedColumn:
    optional = {"type": column.type, "format": column.format, "legacy": column.legacy}
    given: Any = {name: value for name, value in optional.items() if value}
    if column.default is not MISSING:
        given["default"] = column.default
    return cast("PlannedColumn", {"name": column.name, "source": list(column.source), **given})

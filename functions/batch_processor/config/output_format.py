"""How the output CSV is written, where it is not to be as RFC 4180 has it."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from batch_processor.config.csv_format import CsvFormatShape
from batch_processor.contract import WrittenCsv
from batch_processor.document.shape import MARK, Flag, Shape, expected

AS_INPUT: Final = "as_input"
_COMMA: Final = ","


@dataclass(frozen=True)
class OutputFormat:
    """Delimiter and byte order mark of the output; None where it follows the input."""

    delimiter: str | None = _COMMA
    bom: bool | None = False

    def written(self, encoding: str, delimiter: str) -> WrittenCsv:
        """How the output is written if the input has this encoding and this delimiter."""
        # The output is UTF-8 whatever the input is. Spreadsheets read UTF-16 and an ANSI encoding without being told,
        # but UTF-8 only by its mark; so of all inputs, only UTF-8 without a mark gives an output without one.
        bom = encoding != "utf-8" if self.bom is None else self.bom
        return WrittenCsv(delimiter=delimiter if self.delimiter is None else self.delimiter, bom=bom)


RFC_4180: Final = OutputFormat()


class OutputFormatShape(Shape):
    """How the output CSV is written: UTF-8, lines ended by CRLF, cells quoted where they must be."""

    model_config = ConfigDict(title="Output CSV format")

    delimiter: Annotated[
        str,
        Field(pattern=r'^(comma|tab|\\t|semicolon|pipe|[^"\r\n\x00])$'),
        expected("comma, tab, semicolon, pipe or one character that is no quote and no line break"),
    ] = Field(
        default="comma",
        description="What separates cells: comma, tab, semicolon, pipe or one character.",
        examples=["semicolon"],
    )
    bom: Flag | None = Field(default=None, description="Whether a UTF-8 byte order mark comes first; false by default.")


OutputFormatChoice = Annotated[
    Annotated[Literal["as_input"], Tag(f"{MARK}word")] | Annotated[OutputFormatShape, Tag(f"{MARK}object")],
    Discriminator(lambda given: f"{MARK}object" if isinstance(given, dict) else f"{MARK}word"),
    expected('"as_input" or an object {delimiter, bom}'),
]


def output_format(given: Literal["as_input"] | OutputFormatShape | None, *, bom: bool | None) -> OutputFormat:
    """The normal form; `bom`, said for itself, holds whatever the format is."""
    if isinstance(given, OutputFormatShape):
        delimiter = CsvFormatShape(delimiter=given.delimiter).normalised().delimiter
        return OutputFormat(delimiter, bool(given.bom if bom is None else bom))
    if given == AS_INPUT:
        return OutputFormat(None, bom)
    return OutputFormat(bom=bool(bom))

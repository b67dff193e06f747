"""How the input CSV is written, where detection is not wanted or not enough."""

from typing import Annotated, Final, get_args

from pydantic import AfterValidator, ConfigDict, Field

from batch_processor.csv_file.csv_format import CsvFormat, Encoding
from batch_processor.document.shape import Shape, expected, sentence_error
from batch_processor.document.wording import choices, nearest, shown

ENCODINGS: Final[dict[str, Encoding]] = {
    **{name: name for name in get_args(Encoding)},
    **dict.fromkeys(("utf8", "UTF-8", "UTF8", "utf-8-sig"), "utf-8"),
    **dict.fromkeys(("utf16", "UTF-16", "UTF16"), "utf-16"),
    **dict.fromkeys(("utf-16le", "UTF-16LE", "UTF-16-LE"), "utf-16-le"),
    **dict.fromkeys(("utf-16be", "UTF-16BE", "UTF-16-BE"), "utf-16-be"),
    **dict.fromkeys(("windows-1252", "Windows-1252", "CP1252"), "cp1252"),
    **dict.fromkeys(("latin1", "iso-8859-1", "ISO-8859-1"), "latin-1"),
}
_DELIMITERS: Final = {"comma": ",", "tab": "\t", r"\t": "\t", "semicolon": ";", "pipe": "|"}


def _known_encoding(name: str) -> str:
    if name in ENCODINGS:
        return name
    meant = nearest(name, ENCODINGS)
    hint = f"; did you mean '{meant}'?" if meant else ""
    raise sentence_error(f"expected {choices(get_args(Encoding))}, got {shown(name)}{hint}")


class CsvFormatShape(Shape):
    """How the input CSV is written. Everything is detected where nothing is said."""

    model_config = ConfigDict(title="CSV format")

    encoding: Annotated[
        str,
        expected("the name of an encoding"),
        AfterValidator(_known_encoding),
        Field(json_schema_extra={"enum": [*ENCODINGS]}),
    ] = Field(
        default=CsvFormat.encoding,
        description="Encoding of the CSV. `auto` follows a byte order mark and else reads UTF-8.",
        examples=["utf-8", "cp1252"],
    )
    delimiter: Annotated[
        str,
        Field(pattern=r'^(auto|comma|tab|\\t|semicolon|pipe|[^"\r\n\x00])$'),
        expected("auto, comma, tab, semicolon, pipe or one character that is no quote and no line break"),
    ] = Field(
        default=CsvFormat.delimiter,
        description="What separates cells: `auto`, comma, tab, semicolon, pipe or one character.",
        examples=["auto", ";", "tab"],
    )

    def normalised(self) -> CsvFormat:
        """Return the format with one spelling for each thing."""
        return CsvFormat(ENCODINGS[self.encoding], _DELIMITERS.get(self.delimiter, self.delimiter))

"""How the input CSV is written, where detection is not wanted or not enough."""

from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field

from batch_processor.csv_file.csv_format import CsvFormat, Encoding, Escape, Ragged
from batch_processor.document.shape import WHOLE, Flag, Shape, expected, one_of, sentence_error
from batch_processor.document.wording import choices, nearest, shown

ENCODINGS: Final[dict[str, Encoding]] = {
    **{name: name for name in get_args(Encoding)},
    **dict.fromkeys(("utf8", "UTF-8", "UTF8", "utf-8-sig"), "utf-8"),
    **dict.fromkeys(("utf16", "UTF-16", "UTF16"), "utf-16"),
    **dict.fromkeys(("utf-16le", "UTF-16LE", "UTF-16-LE"), "utf-16-le"),
    **dict.fromkeys(("utf-16be", "UTF-16BE", "UTF-16-BE"), "utf-16-be"),
    **dict.fromkeys(("windows-1252", "Windows-1252", "CP1252"), "cp1252"),
    **dict.fromkeys(("latin1", "iso-8859-1", "ISO-8859-1"), "latin-1"),
    **dict.fromkeys(("windows-1250", "Windows-1250", "CP1250"), "cp1250"),
    **dict.fromkeys(("windows-1251", "Windows-1251", "CP1251"), "cp1251"),
    **dict.fromkeys(("mac-roman", "macroman", "macintosh", "MacRoman"), "mac_roman"),
    **dict.fromkeys(("shift-jis", "Shift_JIS", "Shift-JIS", "sjis"), "shift_jis"),
    **dict.fromkeys(("windows-31j", "Windows-31J", "CP932", "ms932"), "cp932"),
    **dict.fromkeys(("euc_jp", "EUC-JP", "eucjp"), "euc-jp"),
    **dict.fromkeys(("gb2312", "GB2312", "gbk", "GBK", "GB18030"), "gb18030"),
    **dict.fromkeys(("Big5", "BIG5"), "big5"),
    **dict.fromkeys(("euc_kr", "EUC-KR", "euckr"), "euc-kr"),
}
_DELIMITERS: Final = {"comma": ",", "tab": "\t", r"\t": "\t", "semicolon": ";", "pipe": "|", "space": " "}
_QUOTES: Final = {"none": "", "double": '"', "single": "'"}
_ONE_CHARACTER = r'[^"\r\n\x00]'


def _known_encoding(name: str) -> str:
    if name in ENCODINGS:
        return name
    meant = nearest(name, ENCODINGS)
    hint = f"; did you mean '{meant}'?" if meant else ""
    raise sentence_error(f"expected {choices(get_args(Encoding))}, got {shown(name)}{hint}")


class CsvFormatShape(Shape):
    """How the input CSV is written. What is not said is detected where it is beyond doubt; else the CSV is refused."""

    model_config = ConfigDict(title="CSV format")

    encoding: Annotated[
        str,
        expected("the name of an encoding"),
        AfterValidator(_known_encoding),
        Field(json_schema_extra={"enum": [*ENCODINGS]}),
    ] = Field(
        default=CsvFormat.encoding,
        description="Encoding of the CSV. `auto` follows a byte order mark, or UTF-16's zero bytes, and else reads UTF-8.",
        examples=["utf-8", "cp1252"],
    )
    encoding_certain: Flag = Field(
        default=CsvFormat.encoding_certain,
        description="`true`: the encoding is right although the bytes look like another one, or have control characters.",
    )
    delimiter: Annotated[
        str,
        Field(pattern=rf"^(auto|comma|tab|\\t|semicolon|pipe|space|{_ONE_CHARACTER} ?)$"),
        expected(
            "auto, comma, tab, semicolon, pipe, space or one character that is no quote and no line break, perhaps and a blank"
        ),
    ] = Field(
        default=CsvFormat.delimiter,
        description=(
            "What separates cells: `auto`, comma, tab, semicolon, pipe, space or one character. A blank behind it, as in "
            '`", "`, takes blanks at the beginning of a cell for a part of the delimiter.'
        ),
        examples=["auto", ";", "tab"],
    )
    quote: Annotated[
        str,
        Field(pattern=rf"^(auto|none|double|single|\"|{_ONE_CHARACTER})$"),
        expected("auto, none, double, single or one character that is no line break"),
    ] = Field(
        default=CsvFormat.quote,
        description=(
            "What stands around cells that have delimiters or line ends in them: double or single quotes, or another character; "
            "`none` if quotes are characters like others."
        ),
        examples=["auto", "none", "double"],
    )
    escape: Annotated[Literal["auto", Escape], one_of("auto", *get_args(Escape))] = Field(
        default="auto",
        description=(
            "How a quote stands within quotes: `doubled`, behind a `backslash`, or not at all. With `quote` `none`, `backslash` "
            r"reads the escapes of PostgreSQL's COPY and of MySQL, as `\t`, `\n` and `\N`."
        ),
    )
    line_end: Annotated[Literal["auto", "crlf", "lf", "cr", "any"], one_of("auto", "crlf", "lf", "cr", "any")] = Field(
        default="auto",
        description="What ends a row: `auto` takes what ends the header; `any` takes each of the three for a line end.",
    )
    header_line: Annotated[int, Field(ge=1, le=1_000), WHOLE, expected("the number of a line, 1 to 1000")] | None = (
        Field(
            default=None,
            description="The line of the header, from 1 on. What stands above it is not read.",
            examples=[4],
        )
    )
    ragged: Annotated[Ragged, one_of(*get_args(Ragged))] = Field(
        default=CsvFormat.ragged,
        description=(
            "What becomes of a row that has more or fewer cells than the header: `fail`s alone, gets the batch `refuse`d, or is "
            "`pad`ded: empty cells at its end are added or dropped."
        ),
    )

    def normalised(self) -> CsvFormat:
        """Return the format with one spelling for each thing."""
        return CsvFormat(
            encoding=ENCODINGS[self.encoding],
            delimiter=_DELIMITERS.get(self.delimiter, self.delimiter),
            quote=_QUOTES.get(self.quote, self.quote),
            escape=self.escape,
            line_end=self.line_end,
            header_line=self.header_line,
            ragged=self.ragged,
            encoding_certain=self.encoding_certain,
        )

"""Tells what a CSV holds: its form, its columns and what they mean, how many rows, and what is wrong with it."""

from time import monotonic
from typing import Any, Literal, NotRequired, TypedDict, cast

from batch_processor.csv_file.csv_format import Encoding
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.csv_file.dialect import delimiter_name
from batch_processor.errors import InvalidCsv
from batch_processor.operations.analysis.columns import Column
from batch_processor.operations.analysis.origin import origin_of
from batch_processor.operations.analysis.problems import FoundProblem, problem_of, problems_of
from batch_processor.operations.analysis.roles import Role, data_type, judge, number_format
from batch_processor.operations.analysis.survey import Survey, survey
from batch_processor.operations.deployment import Deployment

# What a cell could be taken for without losing anything: 007 and +44 20 … stay strings.
DataType = Literal["string", "integer", "number", "boolean", "date", "datetime", "json"]
_MOST_SAMPLE_ROWS, _LONGEST_SAMPLE = 100, 1_000


class ColumnProfile(TypedDict):
    """A column, as far as the rows that were looked at tell. `distinct` is "at least" once `distinct_is_exact` is false.

    `number_format` says how numbers are written that programs have to be told how to read: "1.234,56 €".
    """

    name: str
    role: Role
    role_evidence: str
    data_type: DataType
    cells: int
    empty_cells: int
    distinct: int
    distinct_is_exact: bool
    longest: int
    examples: list[str]
    number_format: NotRequired[str]


class CsvStructure(TypedDict):
    """The answer of analyze_csv_structure.

    `row_count` is exact if `row_count_is_exact`, else an estimate from ranged samples whose relative error is about
    `row_count_error`; the exact count is count_csv_rows's. `sample_data` are the first rows, cell by column, of a cell at
    most 1,000 characters. A file that cannot be read has no columns, and a problem that blocks.
    """

    s3_uri: str
    size_bytes: int
    columns: list[str]
    row_count: int
    row_count_is_exact: bool
    row_count_error: NotRequired[float]
    rows_examined: int
    sample_data: list[dict[str, str]]
    data_types: dict[str, DataType]
    profiles: list[ColumnProfile]
    encoding: str
    delimiter: str
    line_end: str
    quote: str
    header_line: int
    csv_format: dict[str, Any]
    problems: list[FoundProblem]
    seconds: float


def analyze_csv_structure(
    s3_uri: str,
    sample_rows: int = 5,
    deployment: Deployment | None = None,  # noqa: ARG001, as all operations have it
    encoding: Encoding = "auto",
) -> CsvStructure:
    """What the CSV holds, within 10 s at any size; `s3_uri` may be a path where a front end runs on the user's machine.

    `encoding` is what csv_format would declare, for a CSV that does not tell it itself. SourceUnavailable if there is no such
    file. Needs no deployment.
    """
    return study(s3_uri, sample_rows, encoding)[0]


def study(s3_uri: str, sample_rows: int = 5, encoding: Encoding = "auto") -> tuple[CsvStructure, Survey | None]:
    """The same, with what was seen, which has more of the cells; None of a file that cannot be read."""
    began = monotonic()
    origin = origin_of(s3_uri)
    try:
        seen = survey(origin, min(max(sample_rows, 0), _MOST_SAMPLE_ROWS), encoding)
    except InvalidCsv as exc:
        return _unreadable(s3_uri, origin.size_bytes, str(exc), monotonic() - began), None
    return _told(s3_uri, origin.size_bytes, seen, encoding, began), seen


def profile_of(column: Column) -> ColumnProfile:
    """What is told of a column."""
    judgement = judge(column)
    profile = ColumnProfile(
        name=column.name,
        role=judgement.role,
        role_evidence=judgement.evidence,
        data_type=cast("DataType", data_type(column, judgement.role)),
        cells=column.cells,
        empty_cells=column.empty_cells,
        distinct=column.distinct,
        distinct_is_exact=column.distinct_is_exact,
        longest=column.longest,
        examples=column.examples,
    )
    if written := number_format(column, judgement.role):
        profile["number_format"] = written
    return profile


def _told(uri: str, size: int, seen: Survey, encoding: Encoding, began: float) -> CsvStructure:
    profiles, csv = [profile_of(column) for column in seen.columns], seen.csv
    names = [column.name for column in seen.columns]
    structure = CsvStructure(
        s3_uri=uri,
        size_bytes=size,
        columns=names,
        row_count=seen.row_count,
        row_count_is_exact=seen.row_count_is_exact,
        rows_examined=seen.rows_examined,
        sample_data=[dict(zip(names, map(_shown, cells), strict=False)) for cells in seen.first_rows],
        data_types={profile["name"]: profile["data_type"] for profile in profiles},
        profiles=profiles,
        encoding=csv.encoding,
        delimiter=csv.dialect.delimiter,
        line_end=csv.dialect.line_end,
        quote=csv.dialect.quote,
        header_line=csv.dialect.header_line,
        csv_format=_csv_format(csv, encoding),
        problems=list(problems_of(seen)),
        seconds=0.0,
    )
    if not seen.row_count_is_exact:
        structure["row_count_error"] = seen.row_count_error
    structure["seconds"] = round(monotonic() - began, 3)
    return structure


def _shown(cell: str) -> str:
    """A cell as a sample: of a long one the beginning, with a mark."""
    return cell if len(cell) <= _LONGEST_SAMPLE else f"{cell[:_LONGEST_SAMPLE]}…"


def _csv_format(csv: CsvInput, encoding: Encoding) -> dict[str, Any]:
    """What a configuration has to say so that the same form is read, whatever other rows come; nothing of a plain CSV."""
    said = {} if encoding == "auto" else {"encoding": encoding}
    if csv.dialect.delimiter == ",":
        return said
    return said | {"delimiter": delimiter_name(csv.dialect.delimiter).strip('"')}


def _unreadable(uri: str, size: int, told: str, seconds: float) -> CsvStructure:
    return CsvStructure(
        s3_uri=uri,
        size_bytes=size,
        columns=[],
        row_count=0,
        row_count_is_exact=False,
        rows_examined=0,
        sample_data=[],
        data_types={},
        profiles=[],
        encoding="",
        delimiter="",
        line_end="",
        quote="",
        header_line=1,
        csv_format={},
        problems=[problem_of(told, blocks=True)],
        seconds=round(seconds, 3),
    )

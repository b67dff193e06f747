"""Tells what a CSV holds: its form, its columns and what they mean, how many rows, and what is wrong with it."""

from typing import Any, Literal, NotRequired, TypedDict

from batch_processor.operations.deployment import Deployment

Role = Literal[
    "identifier", "category", "free_text", "number", "date", "email", "url", "phone", "person_name", "company_name",
    "address_part", "country", "postcode", "json", "boolean", "empty",
]  # fmt: skip
# What a cell could be taken for without losing anything: 007 and +44 20 … stay strings.
DataType = Literal["string", "integer", "number", "boolean", "date", "datetime", "json"]


class ColumnProfile(TypedDict):
    """A column, as far as the rows that were looked at tell. `distinct` is "at least" once `distinct_is_exact` is false."""

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


class FoundProblem(TypedDict):
    """Something about the file; `blocks` says that a batch would be refused for it."""

    line: NotRequired[int]
    message: str
    suggestion: str
    blocks: bool


class CsvStructure(TypedDict):
    """The answer of analyze_csv_structure.

    `row_count` is exact if `row_count_is_exact`, else an estimate from ranged samples whose relative error is about
    `row_count_error`; the exact count is count_csv_rows's. `sample_data` are the first rows, cell by column.
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


def analyze_csv_structure(s3_uri: str, sample_rows: int = 5, deployment: Deployment | None = None) -> CsvStructure:
    """What the CSV holds, within 10 s at any size; `s3_uri` may be a path where a front end runs on the user's machine.

    Needs no deployment but for a CSV in S3.
    """
    raise NotImplementedError

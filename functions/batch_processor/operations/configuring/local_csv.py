"""Looks at a CSV of this machine as a batch does at its own."""

from dataclasses import dataclass
from pathlib import Path

from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.csv_file.detection import Sample
from batch_processor.csv_file.dialect import Dialect
from batch_processor.csv_file.header import Header
from batch_processor.csv_file.source import fault_of, open_csv, take_header
from batch_processor.errors import InvalidCsv
from batch_processor.operations.analysis.origin import origin_of


@dataclass(frozen=True, slots=True)
class LocalCsv:
    """The header, the CSV's beginning, how it is read, and what is wrong behind the header of a small file."""

    header: Header
    sample: Sample
    dialect: Dialect
    fault: InvalidCsv | None


def look_at(path: Path, csv_format: CsvFormat) -> tuple[LocalCsv | None, list[str]]:
    """The CSV, or why it is none."""
    try:
        csv, sample = open_csv(origin_of(str(path)), csv_format)
        records = csv.records()
        header = Header(tuple(take_header(records, str(path), csv_format.header_line)))
    except InvalidCsv as exc:
        return None, [f"{path}: {exc}"]
    return LocalCsv(header, sample, csv.dialect, fault_of(records) if sample.complete else None), []

"""Reads from S3 what a CSV of a Map Run's results is made of: the manifest, its files, and the original CSV."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from batch_processor.aws import s3
from batch_processor.csv_file import source
from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.csv_file.csv_input import CsvInput, open_text
from batch_processor.csv_file.records import Record
from batch_processor.document.problem import Problem
from batch_processor.document.s3_uri import S3Uri
from batch_processor.errors import InvalidConfiguration
from batch_processor.map_run.json_values import read_array, read_lines
from batch_processor.map_run.manifest import Manifest, ResultFile, parse_manifest
from batch_processor.map_run.rows import MapRows

_LARGEST_MANIFEST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OriginalCsv:
    """The CSV that the Map Run has read, pinned and read through once."""

    pinned: s3.PinnedObject
    csv: CsvInput
    header: list[str]
    row_count: int
    has_surplus: bool

    @property
    def source(self) -> dict[str, Any]:
        """The CSV as the summary describes it."""
        version = {"version_id": self.pinned.version_id} if self.pinned.version_id else {}
        sizes = {"etag": self.pinned.etag, "size_bytes": self.pinned.size_bytes}
        return {
            "uri": self.pinned.uri,
            **version,
            **sizes,
            "encoding": self.csv.encoding,
            "delimiter": self.csv.dialect.delimiter,
        }

    def rows(self) -> Iterator[Record]:
        """The records behind the header."""
        records = self.csv.records()
        next(records)
        return records


def read_manifest(uri: S3Uri) -> Manifest:
    """The manifest as it is now; SourceUnavailable, or ValueError if the object is something else."""
    pinned = s3.pin(uri.bucket, uri.key)
    # Somebody may name a result file, which can have 5 GB; so much of it is no manifest either.
    return parse_manifest(pinned.read_range(0, _LARGEST_MANIFEST_BYTES))


def open_csv(uri: S3Uri, csv_format: CsvFormat) -> OriginalCsv:
    """Pins the CSV and counts its rows; SourceUnavailable or InvalidCsv."""
    pinned = s3.pin(uri.bucket, uri.key)
    csv, _ = source.open_csv(pinned, csv_format)
    if csv.dialect.ragged == "fail":
        # What has been answered is written out, however ragged the rows are.
        csv.dialect = replace(csv.dialect, ragged="keep")
    records = csv.records()
    header = source.take_header(records, pinned.uri, csv_format.header_line)
    row_count, has_surplus = 0, False
    for record in records:
        row_count += 1
        has_surplus |= len(record.cells) > len(header)
    return OriginalCsv(pinned, csv, header, row_count, has_surplus)


def read_results(manifest: Manifest, rows: MapRows) -> None:
    """Takes all results into the rows; InvalidConfiguration names the file that is not what the manifest says."""
    for file in manifest.files:
        try:
            for record in _records(file):
                rows.add(record, file.group, file.key.rpartition("/")[2])
        except ValueError as exc:
            raise InvalidConfiguration([Problem("/results", f"{file.uri}: {exc}")]) from exc


def _records(file: ResultFile) -> Iterator[Any]:
    pinned = s3.pin(file.bucket, file.key)
    if pinned.size_bytes != file.size_bytes:
        raise ValueError(
            f"it has {pinned.size_bytes:,} bytes, but {file.size_bytes:,} were written; it is not the Map Run's file any more"
        )
    with open_text(pinned.open()) as text:
        yield from read_lines(text) if file.is_lines else read_array(text)

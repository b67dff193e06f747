"""Opens and describes a CSV in S3 whose version is pinned."""

from collections.abc import Iterator

from batch_processor.aws.s3 import PinnedObject
from batch_processor.contract import Plan, Source
from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.csv_file.csv_input import (
    LONGEST_LINE_BYTES,
    SAMPLE_BYTES,
    CsvInput,
    Record,
    detect_delimiter,
    detect_encoding,
)
from batch_processor.csv_file.header import Header
from batch_processor.errors import InvalidCsv

_SAMPLE_LINES = 3


def csv_input(plan: Plan) -> CsvInput:
    """The batch's CSV, in the version that was pinned."""
    source = plan["source"]
    pinned = PinnedObject(
        source["bucket"], source["key"], source["etag"], source["size_bytes"], source.get("version_id")
    )
    return CsvInput(pinned.open, source["encoding"], source["delimiter"])


def open_csv(pinned: PinnedObject, csv_format: CsvFormat) -> CsvInput:
    """The CSV; its first bytes decide what the format leaves to detection. InvalidCsv if the encoding is unreadable."""
    sample = _sample(pinned)
    encoding = detect_encoding(sample, csv_format.encoding)
    delimiter = detect_delimiter(sample, encoding) if csv_format.delimiter == "auto" else csv_format.delimiter
    return CsvInput(pinned.open, encoding, delimiter)


def _sample(pinned: PinnedObject) -> bytes:
    """The file's first bytes; more of them where lines are long, as a header alone does not tell its delimiter."""
    sample = pinned.read_range(0, SAMPLE_BYTES)
    while sample.count(b"\n") < _SAMPLE_LINES and len(sample) < min(pinned.size_bytes, LONGEST_LINE_BYTES):
        sample += pinned.read_range(len(sample), len(sample))
    return sample


def take_header(records: Iterator[Record], uri: str) -> list[str]:
    """Takes the header, the first record, off the records and returns its cells; InvalidCsv if there is none."""
    header = next(records, None)
    if header is None:
        raise InvalidCsv(f"{uri} is empty; the first line must be a header.")
    return header.cells


def describe_source(uri: str, pinned: PinnedObject, csv_format: CsvFormat) -> tuple[Source, Header]:
    """A plan's description of its CSV, where it is pinned and how it is written, and its header; `uri` as the user gave it."""
    csv = open_csv(pinned, csv_format)
    header = Header(tuple(take_header(csv.records(), uri)))
    source = Source(
        uri=uri,
        bucket=pinned.bucket,
        key=pinned.key,
        etag=pinned.etag,
        size_bytes=pinned.size_bytes,
        encoding=csv.encoding,
        delimiter=csv.delimiter,
        width=len(header.names),
        header_digest=header.digest,
    )
    if pinned.version_id:
        source["version_id"] = pinned.version_id
    return source, header

"""Opens and describes a CSV in S3 whose version is pinned."""

import codecs
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from batch_processor.aws.s3 import PinnedObject
from batch_processor.contract import Plan, Source
from batch_processor.csv_file.checked_bytes import LONGEST_LINE_BYTES
from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.csv_file.detection import Sample, detect_dialect
from batch_processor.csv_file.dialect import dialect_of
from batch_processor.csv_file.encodings import DeclarationDoubt, detect_encoding, is_doubtful
from batch_processor.csv_file.header import Header
from batch_processor.csv_file.not_csv import refuse_binary, refuse_documents
from batch_processor.csv_file.records import Record
from batch_processor.csv_file.undecodable import doubt_told
from batch_processor.errors import InvalidCsv

SAMPLE_BYTES = 256 * 1024
_SAMPLE_LINES = 3


class Readable(Protocol):
    """The bytes of a CSV, wherever they are, which stay the same while they are read; `uri` is how people call it."""

    @property
    def uri(self) -> str: ...

    @property
    def size_bytes(self) -> int: ...

    def open(self, start: int = 0, end: int | None = None) -> io.RawIOBase:
        """A stream of the bytes, or of those from `start` up to `end`."""

    def read_range(self, start: int, length: int) -> bytes:
        """The bytes from `start`."""


def csv_input(plan: Plan) -> CsvInput:
    """The batch's CSV, in the version that was pinned."""
    source = plan["source"]
    pinned = PinnedObject(
        source["bucket"], source["key"], source["etag"], source["size_bytes"], source.get("version_id")
    )
    return CsvInput(pinned.open, source["encoding"], dialect_of(source))


def open_csv(pinned: Readable, csv_format: CsvFormat) -> tuple[CsvInput, Sample]:
    """The CSV, and its beginning, which decides what the format leaves to detection.

    InvalidCsv if it is another kind of file, or if nothing reads it, or not beyond doubt.
    """
    head = _head(pinned)
    refuse_binary(head)
    encoding = detect_encoding(head, csv_format.encoding)
    if is_doubtful(encoding) and not csv_format.encoding_certain:
        doubt = DeclarationDoubt(encoding)
        doubt.add(head, final=True)
        if doubt.is_utf_8:
            raise InvalidCsv(doubt_told(pinned.open(), encoding))
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    refuse_documents(text)
    sample = Sample(text, complete=len(head) == pinned.size_bytes)
    return CsvInput(pinned.open, encoding, detect_dialect(sample, csv_format)), sample


def _head(pinned: Readable) -> bytes:
    """The file's first bytes; more of them where lines are long, as a header alone does not tell its delimiter."""
    head = pinned.read_range(0, SAMPLE_BYTES)
    while head.count(b"\n") + head.count(b"\r") < _SAMPLE_LINES and len(head) < min(
        pinned.size_bytes, LONGEST_LINE_BYTES
    ):
        head += pinned.read_range(len(head), len(head))
    return head


def take_header(records: Iterator[Record], uri: str, header_line: int | None = None) -> list[str]:
    """Takes the header, the first record, off the records and returns its cells; InvalidCsv if it is not where it should be."""
    header = next(records, None)
    if header is None:
        where = (
            f"has no line {header_line}"
            if header_line and header_line > 1
            else "is empty; the first line must be a header"
        )
        raise InvalidCsv(f"{uri} {where}.")
    if header_line and header.line != header_line:
        raise InvalidCsv(
            f"csv_format.header_line says {header_line}, and that line is blank. The next one that is not is line {header.line}."
        )
    return header.cells


@dataclass(frozen=True, slots=True)
class Described:
    """A plan's description of its CSV, the header, the CSV's beginning, and what is wrong behind the header of a small file."""

    source: Source
    header: Header
    sample: Sample
    fault: InvalidCsv | None


def describe_source(uri: str, pinned: PinnedObject, csv_format: CsvFormat) -> Described:
    """What a plan has to say of its CSV; `uri` as the user gave it. InvalidCsv as `open_csv` and `take_header` say.

    A small file is read to its end, so that a fault of its rows is known along with what else is wrong.
    """
    csv, sample = open_csv(pinned, csv_format)
    records = csv.records()
    header = Header(tuple(take_header(records, uri, csv_format.header_line)))
    source = Source(
        uri=uri,
        bucket=pinned.bucket,
        key=pinned.key,
        etag=pinned.etag,
        size_bytes=pinned.size_bytes,
        encoding=csv.encoding,
        delimiter=csv.dialect.delimiter,
        width=len(header.names),
        header_digest=header.digest,
    )
    if dialect := csv.dialect.as_planned():
        source["dialect"] = dialect
    if pinned.version_id:
        source["version_id"] = pinned.version_id
    return Described(source, header, sample, fault_of(records) if sample.complete else None)


def fault_of(records: Iterator[Record]) -> InvalidCsv | None:
    """What is wrong with the first record that is not sound; None if all are."""
    try:
        deque(records, maxlen=0)
    except InvalidCsv as exc:
        return exc
    return None

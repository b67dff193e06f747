import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from batch_processor.errors import InvalidCsv
from tests.unit.csv_file.files import read


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        for name in names:
            target.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (gzip.compress(b"a,b\n", mtime=0), "gzip-compressed. Gunzip it first"),
        (bz2.compress(b"a,b\n"), "bzip2-compressed"),
        (lzma.compress(b"a,b\n"), "xz-compressed"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook (.xlsx)"),
        (archive("data.csv"), "a ZIP archive. Unzip it first"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an old Excel workbook (.xls)"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"Obj\x01\x04", "an Avro file"),
        (b"<!doctype HTML>\n<p>", "an HTML page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>', "XML"),
        (b"<rows><row/></rows>", "XML"),
        (b'[\n  {"a": 1},\n', "JSON"),
        (b'{"a": 1}\n{"a": 2}\n', "JSON Lines"),
        ('{\r\n "a": 1}'.encode("utf-16"), "JSON"),
    ],
    # Not by their bytes, some of which are the time.
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_other_kinds_of_files_are_refused_by_name(content: bytes, kind: str) -> None:
    with pytest.raises(InvalidCsv) as caught:
        read(content)
    assert str(caught.value).startswith(f"The file is no CSV: it is {kind}")


@pytest.mark.parametrize(
    "content", ["<DATE>,<TIME>\n1,2\n", "[no],[name]\n1,2\n", "{no},name\n1,2\n", "PK,BZh\n1,2\n", "ORC,PAR\n1,2\n"]
)
def test_header_that_begins_alike_is_a_header(content: str) -> None:
    assert read(content) == [line.split(",") for line in content.splitlines()]

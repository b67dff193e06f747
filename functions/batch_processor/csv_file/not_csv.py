"""Knows files of other kinds by their first bytes, as they often come under the name of a CSV."""

import json
import re

from batch_processor.errors import InvalidCsv

_AS_CSV = 'Open it and save the sheet as "CSV UTF-8"'
_UNPACK = "Unpack it first"
_EXPORT = "Export its rows as CSV"
_MAGIC = (
    (b"\x1f\x8b", "gzip-compressed", "Gunzip it first"),
    *((b"BZh%d1AY&SY" % level, "bzip2-compressed", _UNPACK) for level in range(1, 10)),
    (b"\xfd7zXZ\0", "xz-compressed", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls), or another OLE document", _AS_CSV),
    (b"%PDF-", "a PDF", _EXPORT),
    (b"PAR1", "a Parquet file", _EXPORT),
    (b"Obj\x01", "an Avro file", _EXPORT),
    (b"ORC\x08", "an ORC file", _EXPORT),
    (b"ORC\x0a", "an ORC file", _EXPORT),
    (b"ARROW1\0\0", "an Arrow file", _EXPORT),
    (b"SQLite format 3\0", "an SQLite database", _EXPORT),
    (b"{\\rtf", "an RTF document", "Save it as plain text"),
    (b"\x89PNG\r\n", "a picture (PNG)", _EXPORT),
    (b"\xff\xd8\xff", "a picture (JPEG)", _EXPORT),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ZIPPED = (
    (b"xl/", "an Excel workbook (.xlsx)"),
    (b"opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)"),
    (b"Index/", "a Numbers or iWork document"),
    (b"word/", "a Word document (.docx)"),
    (b"[Content_Types].xml", "an Office document, probably an Excel workbook (.xlsx)"),
)
_HTML = re.compile(r"<(!doctype html|html|head|body|table|meta|script)[\s>]", re.IGNORECASE)
_ROOT = re.compile(r"<([a-z][\w:.-]*)[\s>/]", re.IGNORECASE)


def refuse_binary(head: bytes) -> None:
    """InvalidCsv if the first bytes are those of another kind of file, with what to do."""
    if head.startswith(_ZIP):
        kind = next((name for sign, name in _ZIPPED if sign in head), "")
        _refuse(kind or "a ZIP archive", _AS_CSV if kind else "Unzip it first")
    for sign, kind, advice in _MAGIC:
        if head.startswith(sign):
            _refuse(kind, advice)


def refuse_documents(text: str) -> None:
    """InvalidCsv if the beginning of a text is that of HTML, XML or JSON."""
    start = text.lstrip()
    if _HTML.match(start):
        _refuse("an HTML page, perhaps the error page of a download", _EXPORT)
    # <DATE>,<TIME> is a header; what is closed again is an element.
    root = _ROOT.match(start)
    if start.startswith("<?xml") or (root and f"</{root[1]}>" in start):
        _refuse("XML", _EXPORT)
    if start.startswith(("{", "[")):
        _refuse_json(start)


def _refuse_json(start: str) -> None:
    line = start.split("\n", 1)[0].strip()
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        # Not of one line; a header does not begin with a quote within a brace.
        if re.match(r'(\{\s*"[^"\n]*"\s*:|\[\s*[\[{])', start):
            _refuse("JSON", _EXPORT)
        return
    if isinstance(value, dict | list):
        _refuse("JSON Lines" if start.count("\n") and start.strip() != line else "JSON", _EXPORT)


def _refuse(kind: str, advice: str) -> None:
    raise InvalidCsv(f"The file is no CSV: it is {kind}. {advice}, and upload the CSV.")

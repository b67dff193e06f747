import codecs

import pytest

from batch_processor.csv_file.encodings import detect_encoding
from batch_processor.errors import InvalidCsv
from tests.unit.plans import cells_of, csv_of


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,ü\n1,€\n".encode(), "utf-8"),
        ("a,ü\n1,€\n".encode("utf-8-sig"), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + "a,ü\n1,€\n".encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + "a,ü\n1,€\n".encode("utf-16-be"), "utf-16"),
    ],
)
def test_encoding_is_detected_by_its_mark(content: bytes, encoding: str) -> None:
    assert detect_encoding(content, "auto") == encoding
    assert cells_of(csv_of(content, encoding)) == [["a", "ü"], ["1", "€"]]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le", "utf-16-be"])
def test_encoding_without_a_mark_is_as_declared(encoding: str) -> None:
    content = "name\nJürgen\n".encode(encoding)
    assert detect_encoding(content, encoding) == encoding
    assert cells_of(csv_of(content, encoding)) == [["name"], ["Jürgen"]]


def test_a_mark_outweighs_the_declaration() -> None:
    assert detect_encoding(codecs.BOM_UTF8 + b"a", "cp1252") == "utf-8-sig"


@pytest.mark.parametrize("mark", [codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE])
@pytest.mark.parametrize("declared", ["auto", "utf-8", "utf-16"])
def test_utf_32_is_refused_whatever_is_declared(mark: bytes, declared: str) -> None:
    encoding = "utf-32-le" if mark == codecs.BOM_UTF32_LE else "utf-32-be"
    with pytest.raises(InvalidCsv, match=r"^The file is UTF-32, which is not supported\. Save it as UTF-8\.$"):
        detect_encoding(mark + "a,b\n".encode(encoding), declared)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ["auto", "utf-16"])
def test_utf_16_without_a_mark_is_known_by_its_zero_bytes(encoding: str, declared: str) -> None:
    assert detect_encoding("name,town\n1,Zürich\n".encode(encoding), declared) == encoding


@pytest.mark.parametrize("declared", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_not_believed_of_a_file_without_zero_bytes(declared: str) -> None:
    with pytest.raises(
        InvalidCsv, match=rf"says {declared}, and the file has no byte order mark and not the zero bytes"
    ):
        detect_encoding(b"a,b\n1,2\n", declared)


@pytest.mark.parametrize(("actual", "declared"), [("utf-16-le", "utf-16-be"), ("utf-16-be", "cp1252")])
def test_encoding_that_zero_bytes_contradict_is_refused(actual: str, declared: str) -> None:
    with pytest.raises(InvalidCsv, match=rf'says {declared}, and by its zero bytes the file is {actual}\..*"{actual}"'):
        detect_encoding("a,b\n1,2\n".encode(actual), declared)


def test_utf_32_is_known_without_a_mark() -> None:
    with pytest.raises(InvalidCsv, match="UTF-32"):
        detect_encoding("a,b\n1,2\n".encode("utf-32-le"), "auto")


def test_empty_file_needs_no_mark() -> None:
    assert detect_encoding(b"", "utf-16") == "utf-16"
    assert cells_of(csv_of(b"", "utf-16")) == []

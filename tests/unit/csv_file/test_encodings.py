import codecs

import pytest

from batch_processor.csv_file.encodings import detect_encoding
from batch_processor.errors import InvalidCsv
from tests.unit.csv_file.files import read
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
    for text in ("name,town\n1,Zürich\n", "姓名,数\n一二,一\n三\u3000四,一一\n", "name,x\n\0,y\n"):
        assert detect_encoding(text.encode(encoding), declared) == encoding


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


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250", "mac_roman", "shift_jis"])
def test_declaration_is_not_believed_of_a_file_that_is_utf_8(encoding: str) -> None:
    with pytest.raises(InvalidCsv, match=rf"says {encoding}, and .* lines 2, 3 is UTF-8, as in the rest of the file"):
        read("no,name\n1,José\n2,Zoé\n", encoding=encoding)


def test_lines_that_are_not_utf_8_are_named_where_most_is() -> None:
    content = "no,name\n1,José\n2,".encode() + "Zoé".encode("cp1252") + "\n3,Noël\n".encode()
    with pytest.raises(InvalidCsv, match=r"in lines 2, 4 is UTF-8; only line 3 is not\. Mend it there"):
        read(content, encoding="cp1252")
    with pytest.raises(InvalidCsv, match=r"^Line 3, column 5: .* The rest of it is UTF-8, .* write line 3 anew\.$"):
        read(content)


def test_one_cell_of_utf_8_is_found_in_a_file_of_another_encoding() -> None:
    many = "".join(f"{number},Müller & Söhne\n" for number in range(30_000)).encode("cp1252")
    with pytest.raises(InvalidCsv, match=r"in line 30002 is UTF-8, while most of the file is not"):
        read(b"no,name\n" + many + "x,Zoé\n".encode() + many[:20_000], encoding="cp1252")


def test_override_reads_what_was_doubted() -> None:
    assert read("no,name\n1,José\n", encoding="cp1252", encoding_certain=True)[1][1] == "JosÃ©"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("„Spaß“,1\n“Fuß”,2\nGrüße,3", "cp1252"),
        ("Kraków,1\nŁódź,2", "cp1250"),
        ("Рёбра,1\nВсё № 5,2", "cp1251"),
        ("l’été à l’école,1\ndéjà “là”,2", "mac_roman"),
        ("点検,1\n型式,2", "shift_jis"),
        ("東京,1", "euc-jp"),
        ("北京,1\n联通,2", "gb18030"),
        ("臺北,1", "big5"),
        ("서울,1", "euc-kr"),
    ],
)
def test_declaration_that_is_true_is_believed(text: str, encoding: str) -> None:
    assert read(f"name,no\n{text}\n".encode(encoding), encoding=encoding)[1:] == [
        line.split(",") for line in text.splitlines()
    ]


def test_halves_of_pairs_are_told_as_what_they_are() -> None:
    with pytest.raises(InvalidCsv, match="CESU-8"):
        read(b"no,name\n1,\xed\xa0\xbd\xed\xb8\x80\n")


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("Иван Петров,Рязань", "cp1251", '"cp1251" reads И'),
        ("São Tomé,pão", "mac_roman", '"mac_roman" reads ã'),
        ("点検連番,型式", "cp932", '"shift_jis" reads 点'),
    ],
)
def test_encodings_are_suggested_by_what_they_read(text: str, encoding: str, told: str) -> None:
    with pytest.raises(InvalidCsv) as caught:
        read(f"a,b\r{text}\r".encode(encoding))
    assert told in str(caught.value)


def test_zero_bytes_in_a_row_make_no_utf_16_of_a_short_file() -> None:
    assert detect_encoding(b"a,b\n1,\0\0\0\n", "auto") == "utf-8"

import pytest

from batch_processor.errors import InvalidCsv
from tests.unit.csv_file.files import read

FILLER = b"1,x\n" * 300_000


@pytest.mark.parametrize("filler", [b"", FILLER])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"2,\x1b$B;3ED\x1b(B\n", "here is an escape sequence of ISO-2022"),
        (b"2,\x1b$)C\x0e!!\x0f\n", "here is an escape sequence of ISO-2022"),
        (b"2,y\n\0\0\0\0\0\0", "here are zero bytes as no text has them"),
        (b"2,y\n" + "3,later\n".encode("utf-16-le"), "here are zero bytes as no text has them"),
        (b"2,y\n\0\0", "here are zero bytes as no text has them"),
        (b"2,y\n" + "3,z".encode("utf-16-le"), "here are zero bytes as no text has them"),
        ("\ufeffno,name\n".encode(), "a byte order mark stands here, as where files were put together"),
        ("2,it\u0092s\n".encode(), r"here is U\+0092, a control character that no text has: ’ of cp1252"),
    ],
)
def test_what_no_text_has_is_refused_wherever_it_stands(filler: bytes, content: bytes, told: str) -> None:
    with pytest.raises(InvalidCsv, match=rf"^Line \d+: {told}"):
        read(b"no,name\n1,x\n1,x\n1,x\n1,x\n1,x\n" + filler + content)


def test_colours_of_a_terminal_and_a_lone_zero_byte_are_characters() -> None:
    assert read("no,name\n1,\x1b[31mred\x1b(B\n2,\0\n")[1:] == [["1", "\x1b[31mred\x1b(B"], ["2", "\0"]]


def test_control_characters_of_latin_1_lead_to_encodings_that_have_letters_there() -> None:
    content = "no,name\n1,it’s\n".encode("cp1252")
    with pytest.raises(InvalidCsv, match="in cp1252 it is ’, in mac_roman í"):
        read(content, encoding="latin-1")
    assert read(content, encoding="cp1252")[1][1] == "it’s"


def test_line_of_a_byte_order_mark_is_told() -> None:
    with pytest.raises(InvalidCsv, match=r"^Line 3: a byte order mark"):
        read("\ufeffno,name\n1,x\n\ufeffno,name\n2,y\n".encode("utf-16-le"))
    assert read("no,name\n1,\ufeffx\n")[1][1] == "\ufeffx"


def test_what_is_certain_is_kept() -> None:
    assert read("no,name\n1,it\u0092s\x1b$B\n", encoding_certain=True)[1][1] == "it\u0092s\x1b$B"


def test_signs_within_words_are_letters_of_mac_roman() -> None:
    content = "no,name\r1,São Tomé\r2,mão\r".encode("mac_roman")
    with pytest.raises(
        InvalidCsv, match=r"^Line 2: csv_format.encoding says cp1252, which makes ‹ of a letter within a word"
    ):
        read(content, encoding="cp1252")
    assert read(content, encoding="mac_roman")[2][1] == "mão"

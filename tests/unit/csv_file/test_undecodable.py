import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.csv_file.undecodable import locate_undecodable


class Trickle(io.RawIOBase):
    """Bytes that come few at a time, so that every chunk ends somewhere else."""

    def __init__(self, content: bytes, at_a_time: int) -> None:
        self._content = io.BytesIO(content)
        self._at_a_time = at_a_time

    def read(self, size: int = -1, /) -> bytes:
        return self._content.read(self._at_a_time)


@pytest.mark.parametrize(
    ("content", "encoding", "place"),
    [
        (b"\xff", "utf-8", (1, 1)),
        ("é€𝄞".encode() + b"\xe2\x82", "utf-8", (1, 4)),
        (b"a\n\xe2\x82,\n", "utf-8", (2, 1)),
        (b"a\rb\r\nc\n\xc3", "utf-8", (4, 1)),
        (b"a\r\n\n\xff", "utf-8", (3, 1)),
        (codecs.BOM_UTF8 + b"a,b\nxyz,\xff\n", "utf-8-sig", (2, 5)),
        (codecs.BOM_UTF8 + b"\xff", "utf-8-sig", (1, 1)),
        (b"ab\x81", "cp1252", (1, 3)),
        ("a\nbc".encode("utf-16") + b"\x00\xd8" + "d".encode("utf-16-le"), "utf-16", (2, 3)),
        ("a\nbc".encode("utf-16") + b"\x00", "utf-16", (2, 3)),
        ("a\r\nb".encode("utf-16-be") + b"\xdc\x00", "utf-16-be", (2, 2)),
    ],
)
def test_undecodable_bytes_are_located_in_characters(content: bytes, encoding: str, place: tuple[int, int]) -> None:
    assert locate_undecodable(io.BytesIO(content), encoding) == place  # type: ignore[arg-type]
    assert locate_undecodable(Trickle(content, 1), encoding) == place


def test_decodable_file_ends_where_nothing_was_found() -> None:
    assert locate_undecodable(io.BytesIO(b"a\nbc"), "utf-8") == (2, 3)  # type: ignore[arg-type]


def naive_place(content: bytes, encoding: str) -> tuple[int, int] | None:
    """Decodes all at once; line ends are normalised, so that counting is trivial."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError as exc:
        text = content[: exc.start].decode(encoding)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return len(lines), len(lines[-1]) + 1
    return None


@given(
    st.lists(
        st.one_of(
            st.text("aé€𝄞\r\n,", min_size=1, max_size=6).map(str.encode),
            st.sampled_from([b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9d\x84", b"\x81", b"\xd8", b"\r", b"\n"]),
        ),
        max_size=8,
    ).map(b"".join),
    st.sampled_from(["utf-8", "cp1252", "utf-16-le", "utf-16-be"]),
    st.integers(1, 7),
)
def test_place_is_that_of_a_naive_search(content: bytes, encoding: str, at_a_time: int) -> None:
    expected = naive_place(content, encoding)
    if expected:
        assert locate_undecodable(Trickle(content, at_a_time), encoding) == expected


@given(st.binary(max_size=20), st.integers(1, 7))
def test_place_behind_a_mark_does_not_count_the_mark(content: bytes, at_a_time: int) -> None:
    expected = naive_place(content, "utf-8")
    if expected:
        assert locate_undecodable(Trickle(codecs.BOM_UTF8 + content, at_a_time), "utf-8-sig") == expected

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.csv_file.header import Header, digest_of, width_of


def explanation(header: Header, name: str) -> str:
    with pytest.raises(LookupError) as caught:
        header.locate(name)
    return str(caught.value.args[0])


def test_columns_are_addressed_by_their_names() -> None:
    header = Header(("name", "e mail"))
    assert header.addresses == ("name", "e mail")
    assert header.locate("e mail") == 1


def test_repeated_names_are_numbered() -> None:
    header = Header(("email", "name", "email"))
    assert header.addresses == ("email#1", "name", "email#2")
    assert header.locate("email#2") == 2


def test_empty_names_are_addressed_by_their_position() -> None:
    header = Header(("", "name", ""))
    assert header.addresses == ("column_1", "name", "column_3")
    assert [header.locate("column_1"), header.locate("column_3")] == [0, 2]


def test_name_as_written_comes_before_an_address_that_looks_like_it() -> None:
    assert Header(("email", "email", "email#2")).locate("email#2") == 2


def test_ambiguous_name_is_explained_with_its_addresses() -> None:
    assert explanation(Header(("email", "email")), "email") == (
        "the CSV has 2 columns named 'email'; say which one: 'email#1', 'email#2'"
    )


def test_address_of_two_columns_locates_neither() -> None:
    assert explanation(Header(("", "a", "a", "column_1", "column_1")), "a#3") == (
        "the CSV has no column 'a#3'; did you mean 'a#2'?"
    )


def test_misspelt_name_is_answered_with_the_nearest() -> None:
    assert explanation(Header(("name", "email")), "emial") == "the CSV has no column 'emial'; did you mean 'email'?"


def test_name_like_no_other_is_answered_with_what_there_is() -> None:
    assert (
        explanation(Header(("a", "")), "quantity")
        == "the CSV has no column 'quantity'; its columns are 'a', 'column_2'"
    )


def test_long_list_of_columns_is_cut() -> None:
    assert explanation(Header(tuple(f"c{n}" for n in range(25))), "quantity").endswith("'c19' and 5 more")


@pytest.mark.parametrize(
    ("name", "there"), [("email", True), ("email#1", True), ("column_3", True), ("column_1", False), ("", True)]
)
def test_column_is_there_under_its_name_or_address(name: str, there: bool) -> None:
    assert Header(("email", "email", "")).has(name) is there


@given(st.lists(st.sampled_from(["", "a", "a#1", "a#2", "column_1", "b"]), max_size=6))
def test_whatever_is_located_goes_by_that_name(names: list[str]) -> None:
    header = Header(tuple(names))
    for name in {*names, *header.addresses} - {""}:
        assert header.has(name)
        try:
            position = header.locate(name)
        except LookupError:
            assert names.count(name) > 1 or header.addresses.count(name) > 1
        else:
            assert name in (header.names[position], header.addresses[position])


@pytest.mark.parametrize(
    ("names", "addresses"),
    [
        (("a", "a", "a#1"), ("a#1#", "a#2", "a#1")),
        (("", "column_1"), ("column_1#", "column_1")),
        (("a", "a", "a#2", "a#2#"), ("a#1", "a#2##", "a#2", "a#2#")),
    ],
)
def test_address_is_told_apart_from_a_column_that_is_really_called_so(
    names: tuple[str, ...], addresses: tuple[str, ...]
) -> None:
    header = Header(names)
    assert header.addresses == addresses
    assert [header.locate(address) for address in addresses] == list(range(len(names)))


WIDE = Header(tuple(f"Question {n:05}: {'how satisfied were you with it, and why? ' * 6}" for n in range(16_384)))


def test_messages_stay_short_whatever_the_header_is() -> None:
    told = explanation(WIDE, "Qustion 16000")
    assert told.startswith("the CSV has no column 'Qustion 16000'; its columns are 'Question 00000: how")
    assert told.endswith("more")
    assert len(told) < 800
    assert len(explanation(Header(WIDE.names * 2), WIDE.names[0])) < 400
    assert len(explanation(Header(WIDE.names[:1] * 16_384), WIDE.names[0])) < 1_000


def test_long_names_that_are_repeated_keep_what_tells_them_apart() -> None:
    names = ("x" * 250, "x" * 250)
    assert explanation(Header(names), names[0]).endswith(
        f"say which one: '{'x' * 40}…{'x' * 38}#1', '{'x' * 40}…{'x' * 38}#2'"
    )


def test_name_that_differs_in_case_and_blanks_is_meant_however_wide_the_header_is() -> None:
    asked = WIDE.names[16_000].upper().replace(" ", "  ")
    told = (
        f"{WIDE.names[16_000]!r} differs from it only by capital letters and blanks; write the name as the CSV has it"
    )
    assert explanation(WIDE, asked).endswith(told)
    assert explanation(Header((*WIDE.names, "E-Mail")), "email").endswith("did you mean 'E-Mail'?")


def test_columns_of_a_wide_header_are_located() -> None:
    empty = Header(("",) * 16_384)
    assert (empty.locate("column_16384"), WIDE.locate(WIDE.names[-1])) == (16_383, 16_383)
    marks = Header(("", *("column_1" + "#" * n for n in range(2_000))))
    assert marks.addresses[0] == "column_1" + "#" * 2_000


def test_digest_tells_headers_apart() -> None:
    headers = [("a", "b"), ("b", "a"), ("a,b",), ("a",), ("a", "b", ""), ("ab", "")]
    assert len({Header(names).digest for names in headers}) == len(headers)
    assert Header(("a", "b")).digest == Header(("a", "b")).digest


def test_plan_of_a_batch_that_began_under_an_older_version_has_the_header_itself() -> None:
    older: Any = {"header": ["a", "b"]}
    newer: Any = {"width": 2, "header_digest": Header(("a", "b")).digest}
    assert (width_of(older), digest_of(older)) == (width_of(newer), digest_of(newer))

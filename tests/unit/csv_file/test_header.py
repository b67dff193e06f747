import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.csv_file.header import Header


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

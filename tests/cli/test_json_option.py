import pytest

from batchctl.json_option import is_asked, with_values


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("list --json", "list --json="),
        ("list --json status,cost", "list --json=status,cost"),
        ("list --json status --stack x", "list --json=status --stack x"),
        ("results --json tickets-20261121", "results --json= tickets-20261121"),
        ("results --json @last", "results --json= @last"),
        ("analyze --json tickets.csv", "analyze --json= tickets.csv"),
        ("list --json=status cost", "list --json=status cost"),
        ("list --json --limit 3", "list --json= --limit 3"),
        ("rows -- --json", "rows -- --json"),
        ("", ""),
    ],
)
def test_keys_are_told_from_what_is_the_commands_own(typed: str, read: str) -> None:
    words = with_values(typed.split())
    assert words == read.split()
    assert with_values(words) == words


def test_a_document_is_asked_for_with_and_without_keys() -> None:
    assert is_asked(["list", "--json"])
    assert is_asked(["list", "--json=status"])
    assert not is_asked(["list", "--jsonx"])

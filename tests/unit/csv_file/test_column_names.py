import pytest

from batch_processor.csv_file.column_names import look_alike, shown_name, why_not_found


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("naïve", "'naïve'"),
        ("品番", "'品番'"),
        ("नाम", "'नाम'"),
        ("it's", '"it\'s"'),
        ("Fu\u0308r", "'Fu[U+0308]r'"),
        ("\ufeffid", "'[U+FEFF]id'"),
        ("a\u00a0b", "'a[U+00A0]b'"),
        ("two\nlines", "'two\\nlines'"),
    ],
)
def test_name_is_shown_in_its_script_and_what_cannot_be_seen_by_its_code_point(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize(
    ("column", "name", "difference"),
    [
        (
            "Fu\u0308r",
            "Für",
            "in U+0075 (LATIN SMALL LETTER U) and U+0308 (COMBINING DIAERESIS), where the",
        ),
        ("first\u00a0name", "first name", "in U+00A0 (NO-BREAK SPACE), where the configuration has U+0020 (SPACE)"),
        ("\ufeffid", "id", "in U+FEFF (ZERO WIDTH NO-BREAK SPACE), where the configuration has nothing"),
        ("id", "i\u200bd", "in nothing, where the configuration has U+200B (ZERO WIDTH SPACE)"),
        ("ｉｄ", "id", "in U+FF49 (FULLWIDTH LATIN SMALL LETTER I)"),
        ("Email", "email", "by capital letters"),
        ("email ", "email", "by blanks at its beginning or end"),
    ],
)
def test_column_that_only_looks_like_another_is_told_with_the_difference(
    column: str, name: str, difference: str
) -> None:
    told = why_not_found(name, ["other", column])
    assert told.startswith(f"{shown_name(column)} differs from it only ")
    assert difference in told
    assert look_alike(name, ["other", column]) == column


def test_other_names_are_not_alike() -> None:
    assert look_alike("id", ["ids", "", " "]) is None
    assert look_alike("", [""]) is None

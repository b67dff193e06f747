import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.config.template_text import Placeholder, doubled_names, is_like_json, parse_template, placeholders

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


def rendered(template: str, cells: dict[str, str]) -> str:
    return "".join(cells[piece.name] if isinstance(piece, Placeholder) else piece for piece in parse_template(template))


@given(st.lists(st.one_of(st.text(), NAMES.map(Placeholder)), max_size=8), st.text())
def test_template_renders_as_pythons_format_does(pieces: list[str | Placeholder], cell: str) -> None:
    template = "".join(
        f"{{{piece.name}}}" if isinstance(piece, Placeholder) else piece.replace("{", "{{").replace("}", "}}")
        for piece in pieces
    )
    cells = dict.fromkeys(placeholders(template), cell)
    assert rendered(template, cells) == template.format(**cells)


@given(st.text(alphabet="{}ab"))
def test_braces_are_refused_wherever_pythons_format_refuses_them(template: str) -> None:
    try:
        expected = template.format(**dict.fromkeys(("a", "b", "aa", "ab", "ba", "bb"), "x"))
    except ValueError:
        with pytest.raises(ValueError, match="the template has"):
            parse_template(template)
    except (KeyError, IndexError):
        pass  # a longer name, or empty braces, which are refused here
    else:
        assert rendered(template, dict.fromkeys(placeholders(template), "x")) == expected


def test_adjacent_text_is_one_piece() -> None:
    assert parse_template("a{{b}}c{d}") == ("a{b}c", Placeholder("d"))


def test_placeholder_may_be_any_column_name() -> None:
    assert placeholders("{first name} {a.b} {x!r} {n:>4} {é#2}") == {
        "first name",
        "a.b",
        "x!r",
        "n:>4",
        "é#2",
    }


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("a {b", "single { at character 3"),
        ("a } b", "single } at character 3"),
        ("a {} b", "empty braces at character 3"),
        ("{a{b}}", "single { at character 1"),
    ],
)
def test_wrong_brace_is_named_with_its_place(template: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_template(template)


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("{{bird}} and {{ nest }}, {{bird}}", ["bird", "nest"]),
        ("{{{bird}}} {{{{nest}}}} {egg}", []),
        ('{{"bird": "{bird}", "nest": {{}}}} {{}} {{a: b}}', []),
    ],
)
def test_names_in_double_braces_are_found(template: str, names: list[str]) -> None:
    assert doubled_names(template) == names


def test_names_that_json_is_taken_for_are_told_apart() -> None:
    assert [is_like_json(name) for name in ('"a": "b"', " a: b ", "\n  a\n", "'a'", "first name", "e#2", "n>4")] == [
        True, True, True, True, False, False, False,
    ]  # fmt: skip

from collections.abc import Callable
from typing import Any

import pytest

from batch_processor.config.header_problems import header_problems
from batch_processor.csv_file.header import Header
from tests.unit.configs import make_document

CAPITALS = "the CSV has no column 'species'; 'Species' differs from it only by capital letters; write the name as the CSV has it"
HEADER = Header(("Species", "nest", "odd: name"))


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{Species} in {{nest}}", "{{nest}} is the text {nest} in every row; did you mean {nest}, with single braces?"),
        ("{Species} in {{ nests }}", "{{nests}} is the text {nests} in every row; did you mean {nest}, with single braces?"),
        ("{nest} of {{species}}", "{{species}} is the text {species} in every row; did you mean {Species}, with single braces?"),
        ("Of {{species}}", CAPITALS),
        ("Of {{nest}}", None),
        ("{species}", CAPITALS),
        (
            'Answer {"egg": "…"} for {nest}',
            '{"egg": "…"} reads as a column, and the CSV has none of that name; write {{ and }} for braces',
        ),
        ("{ egg } {nest}", "{ egg } reads as a column, and the CSV has none of that name; write {{ and }} for braces"),
        ("A { nest }.", "{ nest } has blanks within its braces, which the column's name has not; write {nest}"),
        (
            "{Species} {{ nest | upper }}",
            "{{nest | upper}} is the text {nest | upper} in every row; did you mean {nest}, with single braces?",
        ),
        ("{Species} {{row.nest}}", "{{row.nest}} is the text {row.nest} in every row; did you mean {nest}, with single braces?"),
        ("{Species} {{word}} {{{nest}}} {{{{nest}}}} {{\"nest\": 1}} {odd: name}", None),
    ],
)  # fmt: skip
def test_braces_that_mean_something_else_are_told(
    document: Callable[..., Any], template: str, told: str | None
) -> None:
    transformations = {"prompt": {"type": "template", "config": {"template": template}}}
    given = document(input_mapping={"transformations": transformations})
    problems = list(header_problems(given, HEADER))
    assert [problem.message for problem in problems] == ([told] if told else [])
    assert {problem.pointer for problem in problems} <= {"/input_mapping/transformations/prompt/config/template"}


def test_name_that_a_variable_stands_for_is_no_column(document: Callable[..., Any]) -> None:
    config = {"template": "{bird} {{nest}}", "variables": {"bird": "Species", "nest": "nest"}}
    given = document(input_mapping={"transformations": {"prompt": {"type": "template", "config": config}}})
    assert list(header_problems(given, HEADER)) == []


def messages(document: Any, *names: str, elsewhere: str = "") -> list[str]:
    found = header_problems(document, Header(names), told_elsewhere=lambda _: elsewhere)
    return [problem.message for problem in found]


def optional(*names: str) -> Any:
    columns = [{"csv_column": name, "agent_input_field": name, "required": False} for name in names]
    return make_document(input_mapping={"column_mappings": columns})


def test_header_without_any_mapped_column_is_refused_although_none_is_required() -> None:
    assert messages(optional("mail", "phone"), "sep=", "") == [
        "the CSV has no column 'mail'; its columns are 'sep=', 'column_2'",
        "the CSV has no column 'phone'; its columns are 'sep=', 'column_2'",
    ]


def test_optional_column_may_be_missing_beside_one_that_is_there() -> None:
    assert messages(optional("mail", "phone"), "phone") == []


def test_where_missing_columns_stand_is_told_once() -> None:
    document = make_document(input_mapping={"column_mappings": {"mail": "a", "phone": "b"}})
    first, second = messages(document, "x", elsewhere="; line 3 has all that are missing")
    assert first.endswith("; line 3 has all that are missing")
    assert "line 3" not in second


def test_column_that_looks_like_another_is_not_looked_for_elsewhere() -> None:
    document = make_document(input_mapping={"column_mappings": {"Größe": "a"}})
    [message] = messages(document, "Gro\u0308ße", elsewhere="; line 3 has it")
    assert "U+0308 (COMBINING DIAERESIS)" in message
    assert "line 3" not in message


def test_constants_alone_need_no_column() -> None:
    assert messages(make_document(input_mapping={"static_values": {"a": 1}}), "x") == []


@pytest.mark.parametrize(
    ("mappings", "told"),
    [
        ({"nst": "nest"}, 'did you mean \'nest\'? If column and field are the wrong way round, write "nest": "nst"'),
        (
            {"Speces": "nest"},
            'did you mean \'Species\'? If column and field are the wrong way round, write "nest": "Speces"',
        ),
        (
            {"wood": "nest"},
            'it has \'nest\': the mapping is the wrong way round, as the column comes first; write "nest": "wood"',
        ),
    ],
)
def test_misspelt_column_is_told_from_a_mapping_that_is_the_wrong_way_round(
    mappings: dict[str, str], told: str
) -> None:
    problems = header_problems(make_document(input_mapping={"column_mappings": mappings}), HEADER)
    assert [problem.message.endswith(told) for problem in problems] == [True]

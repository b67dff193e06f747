"""What a template's braces say, held against the header."""

from collections.abc import Callable
from typing import Any

import pytest

from batch_processor.config.header_problems import header_problems
from batch_processor.csv_file.header import Header

HEADER = Header(("Species", "nest", "odd: name"))


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{Species} in {{nest}}", "{{nest}} is the text {nest} in every row; did you mean {nest}, with single braces?"),
        ("{Species} in {{ nests }}", "{{nests}} is the text {nests} in every row; did you mean {nest}, with single braces?"),
        ("{nest} of {{species}}", "{{species}} is the text {species} in every row; did you mean {Species}, with single braces?"),
        ("Of {{species}}", "the CSV has no column 'species'; did you mean 'Species'?"),
        ("Of {{nest}}", None),
        ("{species}", "the CSV has no column 'species'; did you mean 'Species'?"),
        (
            'Answer {"egg": "…"} for {nest}',
            '{"egg": "…"} reads as a column, and the CSV has none of that name; write {{ and }} for braces',
        ),
        ("{ egg } {nest}", "{ egg } reads as a column, and the CSV has none of that name; write {{ and }} for braces"),
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

import json
from typing import Any

import pytest

from batch_processor.csv_file.records import Record
from batch_processor.loading.row_fitness import RowFitness
from tests.unit.plans import make_plan

KIBIBYTE = 1024


def judge(cells: list[str], most_bytes: int = 256 * KIBIBYTE, **sections: Any) -> tuple[str, str] | None:
    """What is wrong with a row on line 7, with an upper bound of its JSON."""
    fitness = RowFitness(make_plan(**sections), most_bytes)
    return fitness.problem(Record(7, cells), "".join(cells) + " " * 100)


def jsonpath_of(column: str, position: int) -> dict[str, Any]:
    return {"fields": [{"field": "id", "column": column, "path": ["id"]}], "columns": {column: position}}


def test_row_of_the_headers_width_is_fit() -> None:
    assert judge(["Ana", ""]) is None


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["Ana"], 'Line 7 has 1 cell, the header has 2; csv_format.ragged "pad" would add empty ones.'),
        (
            ["Ana", "a@x.org", ""],
            'Line 7 has 3 cells, the header has 2; csv_format.ragged "pad" would drop the empty ones at its end.',
        ),
        (["Ana", "a@x.org", "x"], "Line 7 has 3 cells, the header has 2."),
    ],
)
def test_row_of_another_width_is_unfit_and_tells_the_setting_by_which_it_would_fit(cells: list[str], told: str) -> None:
    assert judge(cells) == ("RaggedRow", told)


def test_ragged_row_names_a_delimiter_that_was_guessed() -> None:
    problem = judge(["Ana"], source={"dialect": {"delimiter_guessed": True}})
    assert problem
    assert '(guessed delimiter: "comma"; csv_format.delimiter declares another)' in problem[1]


@pytest.mark.parametrize("cells", [["", ""], [" ", "\t"], [""], ["", "", ""]])
def test_row_of_empty_cells_has_nothing_to_send(cells: list[str]) -> None:
    assert judge(cells) == ("EmptyRow", "Line 7: all cells are empty, so there is nothing to send.")


def test_row_without_a_mapped_cell_has_nothing_to_send_to_a_target_that_needs_one() -> None:
    needy = {"columns": {"email": 1}, "needs_a_cell": True}
    assert judge(["Ana", " "], input=needy) == (
        "EmptyRow",
        "Line 7: the mapped cells are empty, and the target needs one, so there is nothing to send.",
    )
    assert judge(["Ana", "a@x.org"], input=needy) is None
    assert judge(["Ana", " "], input={"columns": {"email": 1}}) is None
    assert (judge(["Ana"], input=needy) or "")[0] == "RaggedRow"


def test_empty_cell_of_a_required_mapping_makes_the_row_unfit() -> None:
    assert judge(["Ana", ""], input={"required": ["email"]}) == (
        "RequiredCellEmpty",
        "Line 7, column 'email': the cell is empty, and its mapping says required.",
    )
    assert judge(["", "b@x.org"], input={"required": ["email"]}) is None


@pytest.mark.parametrize(
    "cell",
    ["{}", "[1]", "null", ' "x" ', "-1.5e308", "12345678901234567890123", '"\\ud83d\\ude00"', "[" * 100 + "]" * 100],
)
def test_json_cell_of_a_jsonpath_is_fit(cell: str) -> None:
    assert judge(["x", cell], input=jsonpath_of("email", 1)) is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "Expecting value: line 1 column 1 (char 0)"),
        ("{oops", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("NaN", "NaN is not JSON"),
        ("[-Infinity]", "-Infinity is not JSON"),
        ("[1e999]", "a number is larger than any that Step Functions can carry"),
        ("9" * 400, "a number is larger than any that Step Functions can carry"),
        ('"\\ud83d"', "'utf-8' codec can't encode character '\\ud83d' in position 1: surrogates not allowed"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 102 + "]" * 102, "nested deeper than 100 levels"),
        ('{"a":' * 102 + "1" + "}" * 102, "nested deeper than 100 levels"),
        ('[{"a":' * 51 + "1" + "}]" * 51, "nested deeper than 100 levels"),
    ],
)
def test_cell_of_a_jsonpath_that_is_no_json_makes_the_row_unfit(cell: str, reason: str) -> None:
    assert judge(["x", cell], input=jsonpath_of("email", 1)) == (
        "InvalidJsonCell",
        f"Line 7, column 'email': expected JSON for a jsonpath, {reason}.",
    )


@pytest.mark.parametrize(
    ("fields", "uses"),
    [
        ([{"field": "f", "column": "email"}], 1),
        ([{"field": "f", "columns": ["name", "email"], "separator": " "}], 1),
        ([{"field": "f", "segments": [{"text": "Mail: "}, {"column": "email"}]}], 1),
        ([{"field": "f", "column": "name"}, *({"field": f"f{n}", "column": "email"} for n in range(2))], 2),
    ],
)
def test_row_whose_agent_input_is_too_large_is_unfit(fields: list[dict[str, Any]], uses: int) -> None:
    mapping = {"fields": fields, "columns": {"name": 0, "email": 1}}
    assert judge(["x", "y" * (198 * KIBIBYTE // uses)], input=mapping) is None
    problem = judge(["x", "y" * (201 * KIBIBYTE // uses)], input=mapping)
    assert problem is not None
    assert problem[0] == "RowTooLarge"
    assert problem[1].startswith("Line 7: its agent input takes up to 20")
    assert problem[1].endswith(" bytes, at most 204,800 can be sent.")


@pytest.mark.parametrize("character", ["\x01", "€", '"', "𝄞"])
def test_size_is_that_of_the_json_and_not_of_the_characters(character: str) -> None:
    in_json = {"\x01": 6, "€": 3, '"': 2, "𝄞": 4}[character]
    assert judge(["x", character * (198 * KIBIBYTE // in_json)]) is None
    assert judge(["x", character * (202 * KIBIBYTE // in_json)]) is not None


def test_messages_format_has_its_prompt_twice() -> None:
    cells = ["x", "y" * 101 * KIBIBYTE]
    assert judge(cells) is None
    assert judge(cells, target={"input_format": "messages"}) is not None


def test_prompt_of_all_the_input_is_its_json_once_more_within_a_text() -> None:
    cells = ["x", '"' * 34 * KIBIBYTE]
    sent = {"prompt": json.dumps({"email": cells[1]}), "data": {"email": cells[1]}}
    assert len(json.dumps(sent)) > 200 * KIBIBYTE
    assert judge(cells) is None
    assert judge(cells, target={"input_format": "prompt_data"}) is not None


def test_separators_and_constants_are_part_of_the_agent_input() -> None:
    joined = {"field": "f", "columns": ["name", "email"], "separator": "-" * 101 * KIBIBYTE}
    assert judge(["x", "y"], input={"fields": [joined], "columns": {"name": 0, "email": 1}}) is not None
    assert judge(["x", "y"], input={"constants": {"guide": "-" * 201 * KIBIBYTE}}) is not None


def test_row_beyond_what_a_row_batch_has_room_for_is_unfit() -> None:
    assert judge(["", "€" * 1_000], most_bytes=3_100) is None
    assert judge(["", "€" * 1_000], most_bytes=3_099) == (
        "RowTooLarge",
        "Line 7: its cells in use take 3,100 bytes, a row batch has room for 3,099.",
    )


@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"target": {"input_format": "messages"}},
        {"target": {"input_format": "prompt_data"}},
        {"input": {"fields": [{"field": f"f{n}", "column": "email"} for n in range(5)]}},
        {"input": {"constants": {"guide": "-" * 150 * KIBIBYTE}}},
    ],
)
@pytest.mark.parametrize("most_bytes", [5_000, 256 * KIBIBYTE])
def test_row_that_is_short_enough_is_fit_whatever_characters_it_has(sections: Any, most_bytes: int) -> None:
    fitness = RowFitness(make_plan(**sections), most_bytes)
    assert fitness.fit_characters > 500
    for character in ("\x01", "𝄞"):
        row_json = '"\\u0001' if character == "\x01" else "𝄞"
        cell = character * (fitness.fit_characters // len(row_json))
        # As if it were long enough to be looked at.
        assert fitness._size_problem({"email": cell}, row_json * len(cell), "Line 7") is None


@pytest.mark.parametrize("mapping", [{"required": ["email"]}, jsonpath_of("email", 1)])
def test_no_row_is_short_enough_where_cells_must_be_looked_at(mapping: Any) -> None:
    assert RowFitness(make_plan(input=mapping)).fit_characters == -1

import pytest

from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration, InvalidEntry


@pytest.mark.parametrize("count", [99, 100])
def test_problems_are_listed_each_on_a_line_of_its_own(count: int) -> None:
    problems = [Problem(f"/key-{number}", "wrong") for number in range(count)]
    lines = str(InvalidConfiguration(problems)).splitlines()
    assert lines[0] == f"The configuration has {count} problems:"
    assert lines[1:] == [f"- {problem}" for problem in problems]


def test_problem_that_is_alone_is_one() -> None:
    assert str(InvalidEntry("The agent", ["no name"])) == "The agent has 1 problem:\n- no name"


def test_beyond_a_hundred_problems_are_counted() -> None:
    problems = [Problem(f"/key-{number}", "wrong") for number in range(2_100)]
    for error in (InvalidConfiguration(problems), InvalidEntry("The agent", problems)):
        lines = str(error).splitlines()
        assert lines[0].endswith("has 2,100 problems:")
        assert (len(lines), lines[-2:]) == (102, ["- /key-99: wrong", "- and 2,000 more"])
        assert len(error.problems) == 2_100

import pytest

from tests.functional.account import DATA, put
from tests.functional.map_results import JOINED, problems, put_results, put_tickets
from tests.unit.map_runs import answer, succeeded


def test_all_that_is_not_there_is_told_at_once() -> None:
    told = problems(output_s3_prefix="s3://nobodys", **JOINED)
    assert [pointer for pointer, _ in told] == ["/output_s3_prefix", "/results", "/csv_s3_uri"]
    assert "there is no such object" in told[1][1]


def test_columns_that_are_there_already_are_refused() -> None:
    put("inputs/tickets.csv", b"category,_status\na,b\n")
    put_results(successes=[succeeded({"score": "1", "index": 0}, answer(0))])
    assert [pointer for pointer, _ in problems(**JOINED)] == [
        "/output_mapping/structured_output_fields/0",
        "/output_mapping",
    ]
    assert [pointer for pointer, _ in problems()] == ["/output_mapping/structured_output_fields/1"]


@pytest.mark.parametrize("folder", ["configs", "work/x"])
def test_output_does_not_go_where_the_stack_works(folder: str) -> None:
    put_tickets()
    ((pointer, message),) = problems(output_s3_prefix=f"s3://{DATA}/{folder}")
    assert (pointer, "choose another prefix" in message) == ("/output_s3_prefix", True)

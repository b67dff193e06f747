import pytest

from tests.functional.account import DATA, put
from tests.functional.map_results import CSV, JOINED, problems, put_results, put_tickets, table
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


@pytest.mark.parametrize("folder", ["configs", "work/x", "mine"])
def test_output_in_the_own_bucket_goes_under_outputs(folder: str) -> None:
    put_tickets()
    ((pointer, message),) = problems(output_s3_prefix=f"s3://{DATA}/{folder}")
    assert (pointer, "type s3://data/outputs/" in message) == ("/output_s3_prefix", True)


@pytest.mark.parametrize("folder", ["work/night", "configs", "outputs"])
def test_what_is_no_csv_of_the_callers_is_read_neither_as_csv_nor_as_results(folder: str) -> None:
    put_tickets()
    put(f"{folder}/tickets.csv", CSV)
    [(pointer, message)] = problems(**{**JOINED, "csv_s3_uri": f"s3://{DATA}/{folder}/tickets.csv"})
    assert (pointer, f"s3://{DATA}/{folder}/tickets.csv: " in message) == ("/csv_s3_uri", True)
    put_results(successes=[succeeded({"index": 0}, answer(0))], folder=f"{folder}/run")
    [(pointer, message)] = problems(results=f"s3://{DATA}/{folder}/run/manifest.json")
    assert (pointer, f"/{folder}/run/manifest.json: " in message) == ("/results", True)
    put_results(files={"SUCCEEDED": [(f"{folder}/tickets.csv", len(CSV))]})
    [(pointer, message)] = problems()
    assert (pointer, f"/{folder}/tickets.csv: " in message) == ("/results", True)


def test_output_of_a_batch_is_read_if_the_new_output_stays_beside_it() -> None:
    put_tickets()
    put("outputs/tickets.csv", CSV)
    keys = {**JOINED, "csv_s3_uri": f"s3://{DATA}/outputs/tickets.csv", "output_s3_prefix": f"s3://{DATA}/outputs/x/"}
    assert table(**keys)[0][:2] == ["id", "text"]

"""Answers that are too large for the results payload or for an item of the table."""

import json

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.errors import StorageUnavailable
from batch_processor.results import spill
from batch_processor.results.results_table import answered, results
from tests.functional.account import DATA, get, keys
from tests.functional.results.stored_rows import EXPIRED, NAMES, STORE, found, put, rows, succeeded
from tests.functional.tables import items
from tests.unit.plans import output_of


@pytest.mark.parametrize("character", ["x", "ü", "😀"])
def test_row_that_just_fits_is_stored_whole(character: str) -> None:
    cell = character * (399_000 // len(character.encode()))
    put(7, cell, "3", row_input={"ticket": "y" * 100_000})
    [item] = items().values()
    assert not item.keys() & {"input_data", "output_ref"}
    assert found() == [succeeded(7, cell, "3")]


def test_answer_beyond_an_item_goes_to_the_work_folder() -> None:
    put(7, "😀" * 150_000, "3", row_input={"ticket": "short"})
    [item] = items().values()
    assert item["output_ref"] == {"S": f"s3://{DATA}/work/night-1a2b3c4d/answers/7.json"}
    assert json.loads(get("work/night-1a2b3c4d/answers/7.json")) == {"category": "😀" * 150_000, "score": "3"}
    assert found() == [succeeded(7, "😀" * 150_000, "3")]


def test_large_answer_that_compresses_well_stays_in_the_table() -> None:
    put(7, "x" * 1_000_000, "", store={**STORE, "compress": True}, row_input={"ticket": "y" * 1_000_000})
    assert keys(DATA) == []
    assert found() == [succeeded(7, "x" * 1_000_000, "")]


def test_answer_in_the_work_folder_has_its_columns_looked_at_too() -> None:
    put(7, "x" * 500_000, names=["category"])
    assert found() == []
    assert list(answered(STORE, output_of(["category"]), rows(1, 9))) == [(7, "SUCCESS", "")]


def test_large_answers_are_fetched_one_by_one() -> None:
    put(1, "x" * 500_000, "")
    put(2, "x" * 500_000, "")
    come = results(STORE, output_of(NAMES), rows(1, 2))
    next(come)
    client("s3").delete_object(Bucket=DATA, Key="work/night-1a2b3c4d/answers/2.json")
    assert next(come)["status"] == "FAILED"


def test_large_answer_that_is_gone_is_no_success_and_the_other_rows_come() -> None:
    put(1, "x" * 500_000, "")
    put(2, "x", "")
    client("s3").delete_object(Bucket=DATA, Key="work/night-1a2b3c4d/answers/1.json")
    lost, other = found()
    assert (lost["index"], lost["status"], lost["error"]) == (1, "FAILED", "SourceUnavailable")
    assert f"s3://{DATA}/work/night-1a2b3c4d/answers/1.json" in lost["message"]
    assert other == succeeded(2, "x", "")


def test_large_answer_that_is_gone_with_its_row_is_nothing() -> None:
    put(1, "x" * 500_000, "", store=EXPIRED)
    client("s3").delete_object(Bucket=DATA, Key="work/night-1a2b3c4d/answers/1.json")
    assert found() == []


def test_large_answer_that_s3_does_not_give_for_now_is_not_told_to_be_lost() -> None:
    put(1, "x" * 500_000, "")
    with Stubber(client("s3")) as stubbed:
        stubbed.add_client_error("get_object", "SlowDown", http_status_code=503)
        with pytest.raises(StorageUnavailable):
            found()


def test_spilled_cells_come_back() -> None:
    where = {"bucket": DATA, "prefix": "work/night/"}
    spill.put_cells(where, 7, ["é\n𝄞", "", "x" * 300_000])  # type: ignore[arg-type]
    assert spill.get_cells(where, 7) == ["é\n𝄞", "", "x" * 300_000]  # type: ignore[arg-type]
    assert keys(DATA) == ["work/night/answers/7.json"]

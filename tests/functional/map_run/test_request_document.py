from typing import Any

import pytest

from batch_processor.errors import InvalidConfiguration
from batch_processor.handlers.json_to_csv import handle
from tests.functional.account import DATA
from tests.functional.map_results import FOLDER, JOINED, MANIFEST, problems, put_tickets, request
from tests.unit import map_runs


@pytest.mark.parametrize(
    "results",
    [
        MANIFEST,
        {"Bucket": DATA, "Key": f"{FOLDER}/manifest.json"},
        {"MapRunArn": map_runs.MAP_RUN_ARN, "ResultWriterDetails": {"Bucket": DATA, "Key": f"{FOLDER}/manifest.json"}},
    ],
    ids=["URI", "object", "the Map's own result"],
)
def test_results_may_be_named_in_three_ways(results: Any) -> None:
    put_tickets()
    assert handle(request(results=results, **JOINED), None)["row_count"] == 4


def test_all_problems_of_a_request_are_told_at_once() -> None:
    assert problems(
        results={"MapRunArn": "x"},
        output_mapping={},
        csv_s3_uri="tickets.csv",
        target="t",
        child_input={"row": "row"},
        first_index=2,
    ) == [
        ("/results", "'ResultWriterDetails' is missing: where the manifest is"),
        ("/output_mapping", "no output column is given; list the fields you want in 'structured_output_fields'"),
        (
            "/csv_s3_uri",
            (
                'expected the URI of one object, s3://BUCKET/KEY, got "tickets.csv"; write the bucket before it, '
                "s3://BUCKET/KEY: a batch reads nothing of anybody's machine, and `batchctl run CSV --config FILE` "
                "uploads the CSV"
            ),
        ),
        (
            "/child_input/row",
            "\"row\" is no JSONPath: expected '$', found 'r' at character 1; write it as $.details.items[0] or $['a b']",
        ),
        ("/first_index", "expected 0 or 1, got 2"),
        ("/target", "the Map Run has called its target already; take 'target' out"),
        (
            "/csv_s3_uri",
            (
                "nothing ties the results to the rows of this CSV, as Step Functions keeps no order; say in 'child_input' or "
                "'child_output' where the 'index' of an item is, or leave the CSV out"
            ),
        ),
    ]


@pytest.mark.parametrize("document", [None, [], "s3://data/manifest.json"])
def test_request_that_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(InvalidConfiguration, match="expected an object"):
        handle(document, None)

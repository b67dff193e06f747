import json

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.errors import (
    StorageUnavailable,
    StructuredOutputMissing,
)
from batch_processor.handlers.extract_structured_output import handle
from batch_processor.results import results_table, spill
from tests.functional.account import DATA, answering, keys
from tests.functional.answers import IN_TABLE, NAMES, WORK, answer_of, bare, event
from tests.functional.tables import items
from tests.unit.plans import output_of


def test_large_answer_goes_to_s3_and_can_be_fetched() -> None:
    assert bare(handle(event(answer_of("ü" * 500)), None)) == {"index": 7, "status": "SUCCESS", "spilled": True}
    assert spill.get_cells(WORK, 7) == ["ü" * 500, "3"]


def test_answers_of_several_rows_do_not_meet() -> None:
    for index in (1, 11):
        handle(event(answer_of(f"row {index}"), result_bytes=0, index=index), None)
    assert [spill.get_cells(WORK, index)[0] for index in (1, 11)] == ["row 1", "row 11"]


def test_repeated_attempt_replaces_the_spilled_answer() -> None:
    for category in ("first", "second"):
        handle(event(answer_of(category), result_bytes=0), None)
    assert spill.get_cells(WORK, 7)[0] == "second"


def test_large_answer_that_s3_does_not_take_for_now_is_worth_another_attempt() -> None:
    with answering("PutObject", 503, "SlowDown"), pytest.raises(StorageUnavailable, match="SlowDown"):
        handle(event(answer_of("x"), result_bytes=0), None)


def test_answer_to_be_kept_in_the_table_is_there_and_in_the_result_where_that_has_room() -> None:
    result = handle(event(answer_of("billing"), store=IN_TABLE, input={"ticket": "refund"}), None)
    assert bare(result) == {"index": 7, "status": "SUCCESS", "stored": True, "cells": ["billing", "3"]}
    [stored] = results_table.results(IN_TABLE, output_of(NAMES), {"first": 1, "last": 9})
    assert stored == {
        "index": 7, "status": "SUCCESS", "cells": ["billing", "3"], "at": result["at"], "ms": result["ms"]
    }  # fmt: skip
    [item] = items().values()
    assert json.loads(item["input_data"]["S"]) == {"ticket": "refund"}
    assert keys(DATA) == []


def test_input_that_had_no_room_in_the_payload_is_not_stored() -> None:
    handle(event(answer_of("billing"), store=IN_TABLE, input=None), None)
    [item] = items().values()
    assert "input_data" not in item


def test_row_s_share_of_the_payload_says_nothing_about_the_table() -> None:
    result = handle(event(answer_of("x" * 5_000), store=IN_TABLE, result_bytes=5_000), None)
    assert bare(result) == {"index": 7, "status": "SUCCESS", "stored": True}
    assert keys(DATA) == []


def test_answer_too_large_for_the_table_is_referred_to() -> None:
    result = handle(event(answer_of("x" * 500_000), store=IN_TABLE), None)
    assert bare(result) == {"index": 7, "status": "SUCCESS", "stored": True}
    [stored] = results_table.results(IN_TABLE, output_of(NAMES), {"first": 7, "last": 7})
    assert stored["cells"] == ["x" * 500_000, "3"]
    assert keys(DATA) == ["work/night-1a2b3c4d/answers/7.json"]


def test_answer_that_cannot_be_read_is_not_stored() -> None:
    with pytest.raises(StructuredOutputMissing):
        handle(event({"messages": []}, store=IN_TABLE), None)
    assert items() == {}


def test_answer_that_the_table_does_not_take_for_now_is_worth_another_attempt() -> None:
    with Stubber(client("dynamodb")) as stubbed:
        stubbed.add_client_error("put_item", "ProvisionedThroughputExceededException", http_status_code=400)
        with pytest.raises(StorageUnavailable, match="ProvisionedThroughputExceededException"):
            handle(event(answer_of("x"), store=IN_TABLE), None)


def test_time_and_duration_do_not_count_in_the_row_s_share() -> None:
    cells = json.dumps({"index": 7, "status": "SUCCESS", "cells": ["x", "3"]}).encode()
    assert "cells" in handle(event(answer_of("x"), result_bytes=len(cells)), None)
    assert "spilled" in handle(event(answer_of("x"), result_bytes=len(cells) - 1), None)


def test_answer_that_tells_of_its_tokens_is_kept_with_them() -> None:
    answer = {**answer_of("billing"), "usage": {"input_tokens": 1438, "output_tokens": 231}}
    result = handle(event(answer, store=IN_TABLE, calls=2), None)
    assert (result["calls"], result["usage"]) == (2, [1438, 231])
    [item] = items().values()
    assert item["usage"] == {"L": [{"N": "1438"}, {"N": "231"}]}

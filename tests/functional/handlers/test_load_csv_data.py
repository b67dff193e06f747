import json
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.batch import batches_table
from batch_processor.contract import Loaded, LoadedRow, Plan, RowResult
from batch_processor.errors import BatchTooLarge, InvalidCsv, OutOfTime, SourceUnavailable, StorageUnavailable
from batch_processor.handlers import aggregate_results
from batch_processor.handlers.load_csv_data import handle
from batch_processor.limits import most_rows
from batch_processor.results import results_table
from tests.functional.account import DATA, RESULTS, answering, breaking_while_read, get, keys, open_uploads, put
from tests.functional.batches import Context, as_json, manifest_of, put_batch
from tests.functional.large_batches import table_of
from tests.functional.s3_calls import calls_of
from tests.functional.tables import BATCHES
from tests.unit.plans import PAD_ADDS, failure, success

WORK = "work/night-1a2b3c4d/"
AS_PUT = ["inputs/people.csv", f"{WORK}header.json"]
EARLIER = {"batch": "evening", "only_failed": False, "rows": [], "runs": []}


def load(plan: Plan, **given: Any) -> dict[str, Any]:
    answer: dict[str, Any] = as_json(handle(as_json({"plan": plan, "given": given}), None))
    return answer


def store(plan: Plan, loaded: Loaded, *answered: int, failed: tuple[int, ...] = ()) -> None:
    """Keeps results in the table where the batch keeps them."""
    names = [column["name"] for column in plan["output"]["columns"]]
    for index in answered:
        results_table.put_success(loaded["storage"], plan["work"], index, names, ["a", "b"], {}, None, None)
    results_table.put_failures(loaded["storage"], [failure(index, "E", "m") for index in failed])


def test_rows_and_what_they_allow_are_loaded() -> None:
    plan = put_batch("name,email\nAna,a@x.org\n\nBo\nÇa,ç@x.org\n".encode())
    answer = load(plan)
    assert answer["rows"] == [
        {"index": 1, "row": {"email": "a@x.org"}},
        {
            "index": 2,
            "row": {},
            "problem": {
                "error": "RaggedRow",
                "message": f"Line 4 has 1 cell, the header has 2{PAD_ADDS}",
            },
        },
        {"index": 3, "row": {"email": "ç@x.org"}},
    ]
    loaded = answer["loaded"]
    assert (loaded["row_count"], loaded["blank_lines"], loaded["surplus_cells"]) == (3, 1, False)
    assert (loaded["map_mode"], loaded["map_mode_reason"]) == ("inline", "3 rows fit one execution")


def test_rows_are_those_of_the_pinned_version() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n")
    put("inputs/people.csv", b"name,email\nBo,b@x.org\nCy,c@x.org\n")
    assert load(plan)["rows"] == [{"index": 1, "row": {"email": "a@x.org"}}]


def test_csv_that_changed_is_refused_where_there_are_no_versions() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n", bucket=RESULTS)
    put("inputs/people.csv", b"name,email\nBob,b@x.org\n", RESULTS)
    with pytest.raises(SourceUnavailable, match="has changed since it was pinned"):
        load(plan)


@pytest.mark.parametrize("bucket", [DATA, RESULTS])
def test_inline_batch_needs_its_csv_no_more_once_it_is_loaded(bucket: str) -> None:
    content = 'name;email\n"Çä\n1";\n;x\n\n007;a;"sur;plus"\n'.encode("cp1252")
    csv_format = {"encoding": "cp1252", "delimiter": ";"}
    plan = put_batch(content, bucket=bucket, source=csv_format, target={"name": "triage"})
    loaded = load(plan)["loaded"]
    client("s3").delete_object(
        Bucket=bucket, Key="inputs/people.csv", VersionId=plan["source"].get("version_id", "null")
    )
    results = [success(row, "billing", str(row)) for row in (1, 2)] + [failure(3, "RaggedRow", "x")]
    aggregate_results.handle(as_json({"plan": plan, "loaded": loaded, "results": results}), None)
    rows = table_of(get(plan["output"]["key"], RESULTS))[1:]
    assert [row[:2] for row in rows] == [["Çä\n1", ""], ["", "x"], ["007", "a"]]
    assert [row[-1] for row in rows] == ["", "", '["sur;plus"]']


def test_inline_batch_keeps_its_rows_in_one_request() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n")
    with calls_of("PutObject") as written, calls_of("CopyObject") as copied:
        loaded = load(plan)["loaded"]
    assert ([call["Key"] for call in written], copied) == ([f"{WORK}originals.csv", f"{WORK}manifest.json"], [])
    assert (get(f"{WORK}originals.csv"), loaded["originals_kept"]) == (b"Ana,a@x.org\r\n", True)


def test_trial_keeps_no_more_rows_than_it_has() -> None:
    load(put_batch(b"name,email\nAna,a@x.org\nBo,b@x.org\n", max_rows=1))
    assert get(f"{WORK}originals.csv") == b"Ana,a@x.org\r\n"


def test_inline_batch_with_cells_of_many_bytes_keeps_them_whole_and_leaves_no_upload_behind() -> None:
    cell = "y" * 1_500_000
    content = b"name,email\n" + f"{cell},x\n".encode() * 10
    load(put_batch(content))
    assert get(f"{WORK}originals.csv") == f"{cell},x\r\n".encode() * 10
    with pytest.raises(InvalidCsv):
        load(put_batch(content + b"\xff,x\n", key="inputs/other.csv", work={"prefix": "work/other/"}))
    assert "work/other/originals.csv" not in keys(DATA)
    assert open_uploads(DATA) == []


def test_loading_that_runs_out_of_time_says_so_and_leaves_nothing() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n", map_mode="distributed")
    with pytest.raises(
        OutOfTime, match=r"^Reading the CSV takes longer .* Nothing was called, and nothing is owed\. Split"
    ):
        handle({"plan": plan, "given": {}}, Context(59))
    assert keys(DATA) == AS_PUT
    assert handle({"plan": plan, "given": {}}, Context(890))["loaded"]["row_count"] == 1


def test_csv_in_its_encoding_and_with_its_delimiter_is_loaded() -> None:
    plan = put_batch("name;email\nJürgen;ü@x.org\n".encode("cp1252"), source={"encoding": "cp1252", "delimiter": ";"})
    assert load(plan)["rows"] == [{"index": 1, "row": {"email": "ü@x.org"}}]


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\nB\xff,b@x.org\n")
    with pytest.raises(InvalidCsv, match=r"^Line 3, column 2: the bytes ff are not utf-8"):
        load(plan)


def test_batch_beyond_the_inline_limits_is_refused_where_it_is_to_be_inline() -> None:
    content = b"name,email\n" + b"x,%b\n" % (b"y" * 100_000) * 3
    for sections in ({"map_mode": "inline"}, {"storage": {"mode": "inline"}}):
        with pytest.raises(BatchTooLarge, match=r"^The mapped cells of the first"):
            load(put_batch(content, **sections))
    assert keys(DATA) == AS_PUT


@pytest.mark.parametrize(
    ("row", "count", "sections", "reason"),
    [
        ("x,y", most_rows("agent", 3) + 1, {}, "419 rows; an execution's history holds 418 of them inline"),
        ("x," + "y" * 100_000, 3, {}, "3 rows, 300,123 bytes; a payload holds 258,048"),
        ("x,y", 41, {"execution": {"max_concurrency": 100}}, "41 rows, 100 at a time; one execution runs 40"),
        ("x,y", 1, {"map_mode": "distributed"}, "map_mode is distributed"),
    ],
)
def test_rows_of_a_batch_beyond_one_execution_go_to_s3(
    row: str, count: int, sections: dict[str, Any], reason: str
) -> None:
    answer = load(put_batch(f"name,email\n{f'{row}{chr(10)}' * count}".encode(), **sections))
    loaded = answer["loaded"]
    assert answer["rows"] == []
    assert (loaded["map_mode"], loaded["row_count"], loaded["storage"]["mode"]) == ("distributed", count, "dynamodb")
    assert loaded["map_mode_reason"].startswith(reason)
    lines = get(loaded["fan_out"]["rows_key"], loaded["fan_out"]["bucket"]).splitlines()
    assert [json.loads(line) for line in lines] == [
        {"index": index, "row": {"email": row.split(",")[1]}} for index in range(1, count + 1)
    ]


def test_both_modes_load_the_same_rows() -> None:
    content = 'name;email\nJürgen;"ü\n@x.org"\n\nBo\nCy;c;d\n;"{""a"": 1}"\n'.encode("cp1252")
    source = {"encoding": "cp1252", "delimiter": ";"}
    answers = [load(put_batch(content, source=source, map_mode=mode)) for mode in ("inline", "distributed")]
    inline, loaded = answers[0]["rows"], [answer["loaded"] for answer in answers]
    assert [json.loads(line) for line in get(f"{WORK}rows.jsonl").splitlines()] == inline
    for found in ("row_count", "blank_lines", "surplus_cells"):
        assert loaded[0][found] == loaded[1][found]


def test_trial_loads_the_first_rows_in_either_mode() -> None:
    content = b"name,email\n" + b"x,y\n" * 10_000
    assert len(load(put_batch(content, max_rows=5))["rows"]) == 5
    assert load(put_batch(content, max_rows=5_000))["loaded"]["row_count"] == 5_000
    assert get(f"{WORK}rows.jsonl").count(b"\n") == 5_000


@pytest.mark.parametrize("mode", ["inline", "distributed"])
def test_batch_leaves_its_plan_and_what_was_decided(mode: str) -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n", map_mode=mode)
    loaded = load(plan)["loaded"]
    assert manifest_of(plan) == {"plan": plan, "loaded": loaded}


@pytest.mark.parametrize("content", [b"\xff,b@x.org\n", b'"open', b"one\n"])
def test_distributed_batch_that_is_refused_leaves_nothing(content: bytes) -> None:
    plan = put_batch(
        b"name,email\nAna,a@x.org\n" + content, map_mode="distributed", execution={"continue_on_error": False}
    )
    with pytest.raises(InvalidCsv, match=r"Line 3"):
        load(plan)
    assert keys(DATA) == AS_PUT


def test_plan_that_leaves_row_batches_no_room_is_refused() -> None:
    plan = put_batch(b"name,email\nx,y\n", map_mode="distributed", input={"constants": {"guide": "x" * 125_000}})
    with pytest.raises(BatchTooLarge, match=r"^The plan takes 126,\d+ bytes"):
        load(plan)


def test_row_that_no_row_batch_has_room_for_is_unfit() -> None:
    guide = "x" * 60_000
    plan = put_batch(
        b"name,email\nx,%b\n" % (b"y" * 130_000), map_mode="distributed", input={"constants": {"guide": guide}}
    )
    load(plan)
    assert json.loads(get(f"{WORK}rows.jsonl"))["problem"]["error"] == "RowTooLarge"


def test_resumed_inline_batch_goes_on_with_the_rows_that_were_not_answered() -> None:
    plan = put_batch(b"name,email\n" + b"x,y\n" * 5, earlier=EARLIER)
    store(plan, load(plan)["loaded"], 1, 4, failed=(2,))
    answer = load(plan)
    assert [(row["index"], "run" in row) for row in answer["rows"]] == [(2, True), (3, False), (5, False)]
    assert answer["loaded"]["row_count"] == 5
    assert "row_batch" not in answer["loaded"]


@pytest.mark.parametrize("map_mode", ["inline", "distributed"])
def test_row_whose_answer_nobody_could_read_goes_on_where_it_was(map_mode: str) -> None:
    plan = put_batch(b"name,email\n" + b"x,y\n" * 3, earlier=EARLIER, map_mode=map_mode)
    loaded = load(plan)["loaded"]
    unread: RowResult = {**failure(2, "StorageUnavailable", "S3 failed"), "unread": "2-5ca1ab1e"}
    results_table.put_failures(loaded["storage"], [unread, failure(3, "E", "m")])
    rows: list[LoadedRow] = [{"index": index, "row": {"email": "y"}} for index in (1, 2, 3)]
    given = {"rows": rows, "loaded": loaded} if map_mode == "distributed" else {}
    first, second, third = load(plan, **given)["rows"]
    assert second == {**rows[1], "attempt": 2, "run": "-5ca1ab1e"}
    assert (first, third) == (rows[0], {**rows[2], "run": third["run"]})


def test_answer_without_all_columns_is_none() -> None:
    plan = put_batch(b"name,email\nx,y\n", earlier=EARLIER)
    store(plan, load(plan)["loaded"], 1)
    plan["output"]["columns"].append({"name": "reason"})
    assert [row["index"] for row in load(plan)["rows"]] == [1]


def test_new_batch_does_not_look_for_answers() -> None:
    plan = put_batch(b"name,email\nx,y\n", storage={"mode": "dynamodb"})
    store(plan, load(plan)["loaded"], 1)
    assert len(load(plan)["rows"]) == 1


def test_resumed_distributed_batch_leaves_that_to_its_row_batches() -> None:
    plan = put_batch(b"name,email\n" + b"x,y\n" * 5, earlier=EARLIER, map_mode="distributed")
    assert load(plan)["rows"] == []
    assert get(f"{WORK}rows.jsonl").count(b"\n") == 5


ROWS: list[LoadedRow] = [{"index": index, "row": {"email": "y"}} for index in range(34, 67)]


@pytest.mark.parametrize("sections", [{}, {"earlier": EARLIER}])
def test_row_batch_that_runs_again_goes_on_with_the_rows_that_were_not_answered(sections: dict[str, Any]) -> None:
    plan = put_batch(b"name,email\n" + b"x,y\n" * 100, map_mode="distributed", **sections)
    loaded = load(plan)["loaded"]
    store(plan, loaded, 33, *range(34, 60), 67, failed=(60, 61))
    answer = load(plan, rows=ROWS, loaded=loaded)
    assert [(row["index"], "run" in row) for row in answer["rows"]] == [(index, index < 62) for index in range(60, 67)]
    assert answer["loaded"] == {**loaded, "row_batch": {"first": 34, "last": 66}}


def test_row_batch_that_was_answered_in_full_has_no_rows_left() -> None:
    plan = put_batch(b"name,email\n" + b"x,y\n" * 100, map_mode="distributed")
    loaded = load(plan)["loaded"]
    store(plan, loaded, *range(34, 67))
    answer = load(plan, rows=ROWS, loaded=loaded)
    assert (answer["rows"], answer["loaded"]["row_batch"]) == ([], {"first": 34, "last": 66})


def test_connection_that_breaks_is_not_noticed() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n")
    with breaking_while_read(times=2) as broken:
        assert len(load(plan)["rows"]) == 1
    assert len(broken) == 2


def test_throttling_is_worth_another_attempt() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n")
    with answering("GetObject", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        load(plan)


def test_csv_of_several_ranges_is_loaded_whole() -> None:
    rows, text = 20, (b"long " * 99 + b"\n") * 1_000
    plan = put_batch(b"name,email\n" + b'"%b",a@x.org\n' % text * rows, bucket=DATA)
    assert plan["source"]["size_bytes"] > 9 * 1024 * 1024
    assert [row["row"] for row in load(plan)["rows"]] == [{"email": "a@x.org"}] * rows
    assert load({**plan, "map_mode": "distributed"})["loaded"]["row_count"] == rows
    assert get(f"{WORK}originals.csv") == b'"%b",a@x.org\r\n' % text * rows


@pytest.mark.parametrize(
    ("body", "sections", "calls", "transitions"),
    [
        (b"Ana,a@x.org\nBo\nCy,c@x.org\n", {}, 2, 2 * 3 + 3 + 9),
        (b"x,y\n" * 100, {"map_mode": "distributed"}, 100, 3 * 100 + 5 * 25 + 9),
    ],
)
def test_what_the_batch_will_cost_is_written_down_once_its_rows_are_known(
    body: bytes, sections: dict[str, Any], calls: int, transitions: int
) -> None:
    sections = {"notification": {"success": False}, "target": {"price": {"per_call_usd": 0.5}}, **sections}
    plan = put_batch(b"name,email\n" + body, **sections)
    load(plan)
    found: Any = batches_table.find(BATCHES, plan["batch"]["key"]) or {}
    expected = found["expected_cost"]
    assert (expected["usage"]["target_call"], expected["target_usd"]) == (calls, calls / 2)
    assert expected["usage"]["state_transition"] == transitions


def test_nothing_is_expected_of_a_price_by_the_token_or_of_rows_that_may_be_taken_over() -> None:
    for sections in (
        {"target": {"price": {"input_per_million_usd": 1.0}}},
        {"map_mode": "distributed", "earlier": EARLIER},
    ):
        plan = put_batch(b"name,email\nAna,a@x.org\n", **sections)
        load(plan)
        assert "expected_cost" not in (batches_table.find(BATCHES, plan["batch"]["key"]) or {})

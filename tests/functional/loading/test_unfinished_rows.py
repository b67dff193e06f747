"""What Express children leave becomes row batches: each range gets one part, each row without an end is run once more."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from batch_processor.batch.work_folder import part_key, rest_key, unfinished_key
from batch_processor.contract import Loaded, Plan, RowRange
from batch_processor.handlers import load_csv_data
from batch_processor.loading.row_files import write_rows
from batch_processor.loading.row_fitness import RowFitness
from batch_processor.loading.row_lines import RowLines
from batch_processor.loading.sizing import distributed_loaded
from batch_processor.loading.unfinished_rows import Rest, _row_batches
from tests.functional.account import get, put
from tests.unit.plans import NO_DEADLINE, csv_of, make_plan

ROWS = 12
CONTENT = "name,email\n" + "".join(f"Ana {index},a{index}@x.org\n" if index != 5 else ",\n" for index in range(1, 13))


def express() -> tuple[Plan, Loaded]:
    plan = make_plan(
        target={"type": "tool", "idempotent": True},
        map_mode="distributed",
        execution={"timeout_seconds": 30, "max_delay_seconds": 1},
        storage={"fingerprint": "f" * 32},
    )
    found = write_rows(RowLines(csv_of(CONTENT), plan, RowFitness(plan)), plan["work"], NO_DEADLINE)
    return plan, distributed_loaded(plan, found)


def part(plan: Plan, first: int, last: int) -> None:
    put(part_key(plan["work"], RowRange(first=first, last=last)), b"x")


def left(plan: Plan, first: int, last: int, attempts: dict[int, int], **more: int) -> None:
    rows = [{"index": index, "attempt": attempt} for index, attempt in attempts.items()]
    put(unfinished_key(plan["work"], RowRange(first=first, last=last)), json.dumps({"rows": rows, **more}).encode())


def collected(plan: Plan, loaded: Loaded) -> tuple[Loaded, list[dict[str, Any]]]:
    answer = load_csv_data.handle({"plan": plan, "given": {"unfinished": True, "loaded": loaded}}, None)
    assert answer["rows"] == []
    made: Loaded = answer["loaded"]
    if not made["fan_out"].get("is_rest"):
        return made, []
    return made, [json.loads(line) for line in get(rest_key(plan["work"])).splitlines()]


def row(index: int, **more: Any) -> dict[str, Any]:
    if index == 5:
        message = "Line 6: all cells are empty, so there is nothing to send."
        return {"index": 5, "row": {}, "problem": {"error": "EmptyRow", "message": message}, **more}
    return {"index": index, "row": {"email": f"a{index}@x.org"}, **more}


def test_nothing_is_left_where_every_range_has_its_part() -> None:
    plan, loaded = express()
    part(plan, 1, 6)
    part(plan, 7, 12)
    made, batches = collected(plan, loaded)
    assert batches == []
    assert made["fan_out"].keys() == loaded["fan_out"].keys() - {"express"}


def test_rows_that_a_child_left_are_run_from_the_attempt_that_is_due_and_its_range_gets_a_part() -> None:
    plan, loaded = express()
    part(plan, 1, 4)
    left(plan, 5, 8, {5: 1, 7: 2})
    part(plan, 9, 12)
    made, batches = collected(plan, loaded)
    assert batches == [{"first": 5, "last": 8, "rows": [row(5, attempt=1), row(7, attempt=2)]}]
    assert made["fan_out"]["rows_key"] == rest_key(plan["work"])
    assert (made["fan_out"]["batch_rows"], made["storage"]) == (1, loaded["storage"])
    assert made["row_batches_at_once"] * made["rows_at_once"] <= plan["execution"]["max_concurrency"]


def test_all_rows_of_a_child_that_died_are_run() -> None:
    plan, loaded = express()
    part(plan, 5, 8)
    _, batches = collected(plan, loaded)
    assert [(batch["first"], batch["last"]) for batch in batches] == [(1, 2), (3, 4), (9, 10), (11, 12)]
    assert [row for batch in batches for row in batch["rows"]] == [row(index) for index in (1, 2, 3, 4, 9, 10, 11, 12)]


def test_a_child_that_ran_twice_and_left_rows_once_has_its_part() -> None:
    plan, loaded = express()
    part(plan, 1, 12)
    left(plan, 1, 12, {3: 1})
    assert collected(plan, loaded)[1] == []


def test_what_children_have_done_for_rows_that_they_left_is_handed_on_for_the_cost() -> None:
    plan, loaded = express()
    left(plan, 1, 4, {2: 3}, calls=2, ms=240_001)
    left(plan, 5, 8, {6: 1, 7: 2}, calls=1, ms=1_000)
    left(plan, 9, 12, {9: 3}, calls=2, ms=500)
    part(plan, 9, 12)
    made, _ = collected(plan, loaded)
    assert made["fan_out"]["left_by"] == {"children": 2, "calls": 3, "ms": 241_100}


def test_a_range_whose_rows_all_have_an_end_but_no_part_gets_one() -> None:
    plan, loaded = express()
    part(plan, 1, 6)
    left(plan, 7, 12, {})
    assert collected(plan, loaded)[1] == [{"first": 7, "last": 12, "rows": []}]


def test_collecting_again_finds_the_same() -> None:
    plan, loaded = express()
    left(plan, 1, 4, {2: 2})
    first = collected(plan, loaded)
    assert collected(plan, loaded) == first


def test_rows_that_were_not_fanned_out_are_not_run() -> None:
    """As those that have the input of an earlier row."""
    lines = [(1, b'{"index":1,"row":{}}\n'), (9, b'{"index":9,"row":{}}\n')]
    rests = [
        Rest(RowRange(first=1, last=3), None),
        Rest(RowRange(first=5, last=6), None),
        Rest(RowRange(first=8, last=9), None),
    ]
    made = [json.loads(line) for line in _row_batches(rests, iter(lines), 10, 1_000)]
    assert [(batch["first"], batch["last"], len(batch["rows"])) for batch in made] == [(1, 3, 1), (8, 9, 1)]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 8), st.one_of(st.none(), st.sets(st.integers(0, 7)))), max_size=6),
    st.integers(1, 5),
    st.integers(1, 400),
)
def test_row_batches_tile_each_rest_and_keep_their_bounds(
    lengths: list[tuple[int, set[int] | None]], most_rows: int, most_bytes: int
) -> None:
    rests, wanted, at = list[Rest](), list[int](), 1
    for length, chosen in lengths:
        rows = range(at, at + length)
        run = [at + offset for offset in sorted(chosen or ()) if offset < length] if chosen is not None else list(rows)
        attempts = None if chosen is None else dict.fromkeys(run, 2)
        rests.append(Rest(RowRange(first=at, last=at + length - 1), attempts))
        wanted += run
        at += length + 1  # one row between them has its part
    lines = ((index, b'{"index":%d,"row":{}}\n' % index) for index in range(1, at + 1))
    made = [json.loads(line) for line in _row_batches(rests, lines, most_rows, most_bytes)]
    assert [row["index"] for batch in made for row in batch["rows"]] == wanted
    tiled = [index for batch in made for index in range(batch["first"], batch["last"] + 1)]
    assert tiled == [index for rest in rests for index in range(rest.rows["first"], rest.rows["last"] + 1)]
    for batch in made:
        assert all(batch["first"] <= row["index"] <= batch["last"] for row in batch["rows"])
        assert len(batch["rows"]) <= most_rows
        assert len(json.dumps(batch["rows"], separators=(",", ":"))) <= most_bytes + 2 or len(batch["rows"]) == 1

import json
from typing import Any

import pytest

from batch_processor.contract import Loaded, LoadedRow
from batch_processor.errors import BatchTooLarge
from batch_processor.limits import PAYLOAD_BYTES, most_rows
from batch_processor.loading.inline_rows import load_rows
from tests.unit.plans import PAD_ADDS, csv_of, make_plan

KIBIBYTE = 1024


def load(content: str, **sections: Any) -> tuple[list[LoadedRow], Loaded]:
    return load_rows(csv_of(content), make_plan(**sections), lambda cells: None)


def test_rows_have_the_cells_in_use_and_their_numbers() -> None:
    rows, loaded = load("name,email\nAna,a@x.org\n\nBo,\nCy\n")
    assert rows == [
        {"index": 1, "row": {"email": "a@x.org"}},
        {"index": 2, "row": {"email": ""}},
        {
            "index": 3,
            "row": {},
            "problem": {
                "error": "RaggedRow",
                "message": f"Line 5 has 1 cell, the header has 2{PAD_ADDS}",
            },
        },
    ]
    assert (loaded["row_count"], loaded["surplus_cells"], loaded["blank_lines"]) == (3, False, 1)


def test_header_alone_is_an_empty_batch() -> None:
    rows, loaded = load("name,email\n")
    assert rows == []
    assert loaded["row_count"] == 0
    assert loaded["result_bytes"] > 200 * KIBIBYTE


def test_rows_beyond_a_payload_are_refused_with_the_limit() -> None:
    row = f"x,{'y' * KIBIBYTE}\n"
    assert len(load("name,email\n" + row * 230)[0]) == 230
    with pytest.raises(BatchTooLarge) as caught:
        load("name,email\n" + row * 300)
    assert str(caught.value).startswith("The mapped cells of the first 2")
    assert "an inline batch holds 258,048 (Step Functions: 256 KiB a payload)" in str(caught.value)
    assert "map_mode auto or distributed" in str(caught.value)


@pytest.mark.parametrize("cell", ["", "ééééééééé", 'say ""', "\n\n\n"])
@pytest.mark.parametrize("ragged", [False, True])
def test_rows_that_are_loaded_fit_a_payload_with_spaces(cell: str, ragged: bool) -> None:
    row = "x\n" if ragged else f'x,"{cell}"\n'
    count = 820  # with more, there is no room to say why each of them failed
    rows, loaded = load(
        "name,email\n" + "x,y\n" + row * (count - 1),
        target={"type": "tool"},
        execution={"max_attempts": 1, "timeout_seconds": 60},
    )
    answer = {"rows": rows, "loaded": loaded}
    assert len(json.dumps(answer, ensure_ascii=False).encode()) < PAYLOAD_BYTES


def test_rows_that_fit_to_the_last_byte_fit_a_payload_with_spaces() -> None:
    columns = {f"c{n}": n for n in range(60)}
    sections: dict[str, Any] = {
        "source": {"width": len(columns)},
        "input": {"fields": [], "columns": columns},
        "earlier": {"batch": "evening", "only_failed": True},
    }
    row = ",".join(["x"] * 60) + "\n"
    most = next(n for n in range(403, 0, -1) if fits(row * n, sections))
    assert 300 < most < 400
    rows, loaded = load(row + row * most, **sections)
    marked = [{**loaded_row, "run": "-1a2b3c4d"} for loaded_row in rows]
    assert len(json.dumps({"rows": marked, "loaded": loaded}, ensure_ascii=False).encode()) < PAYLOAD_BYTES


def fits(rows: str, sections: dict[str, Any]) -> bool:
    try:
        load(rows.split("\n")[0] + "\n" + rows, **sections)
    except BatchTooLarge:
        return False
    return True


def test_rows_that_one_execution_does_not_hold_are_refused() -> None:
    most = most_rows("agent", 3)
    assert load("name,email\n" + "x,\n" * most)[1]["map_mode"] == "inline"
    with pytest.raises(BatchTooLarge) as caught:
        load("name,email\n" + "x,\n" * (most + 1))
    assert str(caught.value) == (
        f"{most + 1:,} rows; an execution's history holds {most:,} of them inline. "
        "map_mode auto or distributed, with a storage_mode other than inline, would run them in row batches."
    )


def test_trial_of_the_first_rows_fits_whatever_comes_behind() -> None:
    rows, loaded = load("name,email\n" + "x,\n" * 10_000, max_rows=5)
    assert len(rows) == loaded["row_count"] == 5

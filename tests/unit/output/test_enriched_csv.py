import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.contract import RowRange, RowResult
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.csv_file.detection import DELIMITERS
from batch_processor.errors import RowCountMismatch
from batch_processor.output.enriched_csv import EnrichedCsv
from batch_processor.output.layout import reason
from batch_processor.results.precedence import NO_RESULT, settled
from batch_processor.results.tally import Tally
from tests.unit.plans import ENCODINGS, cells_of, csv_of, failure, make_loaded, make_plan, success, tables

METADATA = ["_status", "_error_message", "_timestamp", "_execution_time_ms"]


def write_text(
    source: CsvInput,
    results: Sequence[RowResult],
    *,
    row_count: int | None = None,
    surplus_cells: bool = False,
    **output: Any,
) -> tuple[str, Tally]:
    """The output CSV of the source's rows, with the results by their index."""
    records = source.records()
    header = next(records).cells
    plan = make_plan(source={"width": len(header)}, output=output)
    by_index = {result["index"]: result for result in results}
    rows: RowRange = {"first": 1, "last": len(results) if row_count is None else row_count}
    sink, tally = io.StringIO(newline=""), Tally()
    enriched = EnrichedCsv(sink, plan, make_loaded(rows["last"], surplus_cells=surplus_cells), tally)
    enriched.write_header(header)
    enriched.write_rows(records, settled(rows, [], by_index), rows)
    return sink.getvalue(), tally


def table_of(text: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def write(content: str, *results: RowResult, **options: Any) -> list[list[str]]:
    return list(table_of(write_text(csv_of(content), results, **options)[0]))


def test_columns_are_the_original_ones_then_the_configured_ones_then_the_metadata() -> None:
    table = write("name,email\nAna,a@x.org\n", success(1, "billing", "3"))
    assert table == [
        ["name", "email", "category", "score", *METADATA],
        ["Ana", "a@x.org", "billing", "3", "SUCCESS", "", "2026-11-21T09:35:00Z", "1200"],
    ]


def test_lines_end_as_in_rfc_4180_and_cells_are_quoted_where_they_must() -> None:
    text, _ = write_text(csv_of('a\n"x\ny"\n'), [success(1, 'say "hi"', "1,5")], add_metadata=False)
    assert text == 'a,category,score\r\n"x\ny","say ""hi""","1,5"\r\n'


def test_original_cells_are_not_touched() -> None:
    cells = ["007", "12345678901234567890123", "1.10", "1e5", "NA", " x ", "a\r\nb", "\\n", "=1+1", "-x", "\0", "日本"]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([cells, cells])
    table = write(text.getvalue(), success(1, "", ""))
    assert [row[: len(cells)] for row in table] == [cells, cells]


def test_repeated_and_empty_header_names_are_written_as_they_are() -> None:
    assert write(",a,a\n0,1,2\n", success(1, "x", "y"))[0][:3] == ["", "a", "a"]


def test_original_columns_can_be_left_out() -> None:
    table = write("name,email\nAna,a@x.org\n", success(1, "billing", "3"), include_original=False, add_metadata=False)
    assert table == [["category", "score"], ["billing", "3"]]


def test_only_generated_column_that_is_empty_is_still_a_row() -> None:
    options: dict[str, Any] = {"include_original": False, "add_metadata": False}
    column = [{"name": "category", "source": ["category"]}]
    text, _ = write_text(csv_of("a\n1\n"), [success(1, "")], columns=column, **options)
    assert text == 'category\r\n""\r\n'


def test_metadata_can_be_left_out() -> None:
    assert write("a\n1\n", success(1, "x", "y"), add_metadata=False) == [["a", "category", "score"], ["1", "x", "y"]]


def test_header_alone_gives_a_header_alone() -> None:
    assert write("name,email\n") == [["name", "email", "category", "score", *METADATA]]


def test_failed_row_keeps_its_cells_and_says_why() -> None:
    table = write("a\n1\n2\n", success(1, "x", "y"), failure(2, "AgentBusy", "no capacity"))
    assert table[2] == ["2", "", "", "FAILED", "AgentBusy: no capacity", "2026-11-21T09:35:01Z", "900"]


def test_row_that_timed_out_says_so() -> None:
    table = write("a\n1\n", failure(1, "States.Timeout", "Execution timeout after 300 s", timeout=True))
    assert table[1][3:5] == ["TIMEOUT", "Execution timeout after 300 s"]


def test_row_without_a_result_is_failed_with_a_reason() -> None:
    table = write("a\n1\n2\n3\n", success(3, "x", "y"), row_count=3)
    unprocessed = ["", "", "NOT_RUN", f"RowNotProcessed: {NO_RESULT['message']}", "", ""]
    assert table[1:3] == [["1", *unprocessed], ["2", *unprocessed]]
    assert table[3][:4] == ["3", "x", "y", "SUCCESS"]


def test_surplus_cells_are_kept_in_a_column_of_their_own_at_the_end() -> None:
    unfit = [failure(index, "RaggedRow", "ragged") for index in (1, 3)]
    table = write('a,b\n1,2,"x,é","=1"\n3,4\n5\n', unfit[0], success(2, "x", "y"), unfit[1], surplus_cells=True)
    assert table[0][-1] == "_surplus_cells"
    assert [row[:2] for row in table[1:]] == [["1", "2"], ["3", "4"], ["5", ""]]
    assert [row[-1] for row in table[1:]] == ['["x,é", "=1"]', "", ""]
    assert {len(row) for row in table} == {9}


def test_surplus_cells_are_left_out_with_the_original_ones() -> None:
    table = write("a\n1,2\n", failure(1, "RaggedRow", "ragged"), surplus_cells=True, include_original=False)
    assert table[0] == ["category", "score", *METADATA]
    assert len(table[1]) == 6


def test_generated_text_that_a_spreadsheet_would_run_is_defused() -> None:
    table = write("a\n1\n2\n", success(1, "=1+1", "-5"), failure(2, "", "=HYPERLINK()"))
    assert table[1][1:3] == ["'=1+1", "-5"]
    assert table[2][4] == "'=HYPERLINK()"


def test_names_of_generated_columns_are_defused_and_those_of_the_input_are_not() -> None:
    columns = [{"name": "=cmd|' /C calc'!A0"}, {"name": "-5"}]
    table = write("=1,+a\n1,2\n", success(1, "x", "y"), columns=columns)
    assert table[0][:4] == ["=1", "+a", "'=cmd|' /C calc'!A0", "-5"]


def test_original_cells_of_every_kind_are_not_defused() -> None:
    table = write('a\n"=1\n-x","@b"\n', failure(1, "RaggedRow", "ragged"), surplus_cells=True)
    assert (table[1][0], table[1][-1]) == ("=1\n-x", '["@b"]')


def test_cell_that_the_output_would_be_split_at_is_defused() -> None:
    carets: Any = {"delimiter": "^", "bom": False}
    text, _ = write_text(csv_of("a\n1\n"), [success(1, "x^=1", "a,=1")], csv=carets)
    assert text.splitlines()[1].startswith("1^\"x^'=1\"^a,'=1^SUCCESS")


def test_defusing_can_be_switched_off() -> None:
    table = write("a\n1\n2\n", success(1, "=1+1", "x;=1"), failure(2, "", "@x"), escape_formulas=False)
    assert (table[1][1], table[1][2], table[2][4]) == ("=1+1", "x;=1", "@x")


@pytest.mark.parametrize(("row_count", "found"), [(1, 2), (3, 2)])
def test_other_rows_than_were_loaded_are_no_output(row_count: int, found: int) -> None:
    with pytest.raises(RowCountMismatch) as caught:
        write("a\n1\n2\n", success(1, "x", "y"), row_count=row_count)
    assert str(caught.value) == (
        f"The input had {row_count} rows when it was loaded; now it has {found}. No output was written."
    )


def test_other_rows_than_a_row_batch_has_are_no_part() -> None:
    sink, tally = io.StringIO(newline=""), Tally()
    enriched = EnrichedCsv(sink, make_plan(), make_loaded(9), tally)
    rows: RowRange = {"first": 5, "last": 7}
    records = list(csv_of("Ana,a@x.org\nBo,b@x.org\n").records())
    with pytest.raises(
        RowCountMismatch, match=r"^The input had 3 rows from row 5 on when it was loaded; now it has 2\."
    ):
        enriched.write_rows(records, settled(rows, [], {}), rows)


def test_rows_are_counted_by_what_became_of_them() -> None:
    results = [success(1, "x", "y"), failure(2, "E", "m"), failure(3, "States.Timeout", "t", timeout=True)]
    _, tally = write_text(csv_of("a\n1\n2\n3\n4\n"), results, row_count=4)
    assert dict(tally.statuses) == {"SUCCESS": 1, "FAILED": 1, "TIMEOUT": 1, "NOT_RUN": 1}


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (success(1, "x"), ""),
        (failure(1, "Busy", "no capacity"), "Busy: no capacity"),
        (failure(1, "Busy", ""), "Busy"),
        (failure(1, "", "no capacity"), "no capacity"),
        (failure(1, "States.TaskFailed", "Busy: no capacity"), "Busy: no capacity"),
        ({"index": 1, "status": "FAILED"}, ""),
        (failure(1, "Busy", "half \ud83d"), "Busy: half \ufffd"),
    ],
)
def test_reason_is_the_failure_in_words(result: RowResult, words: str) -> None:
    assert reason(result) == words


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.data(), st.sampled_from(ENCODINGS), st.sampled_from(DELIMITERS), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_table_comes_out_cell_for_cell_and_row_for_row(
    data: st.DataObject, encoding: str, delimiter: str, line_end: str
) -> None:
    table = data.draw(tables(encoding))
    answers = [data.draw(st.none() | st.tuples(CELLS, CELLS)) for _ in table[1:]]
    results = [success(index, *cells) for index, cells in enumerate(answers, start=1) if cells]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(table)
    source = csv_of(text.getvalue(), encoding, delimiter)
    output, tally = write_text(source, results, row_count=len(answers), escape_formulas=False)
    written = cells_of(csv_of(output))
    width = len(table[0])
    assert [row[:width] for row in written] == table
    assert [row[width : width + 2] for row in written[1:]] == [list(cells or ("", "")) for cells in answers]
    assert tally.row_count == len(answers)


@pytest.mark.parametrize("delimiter", [*DELIMITERS, " ", "§", "'", "x"])
def test_output_is_written_with_the_delimiter_and_the_mark_that_are_asked_for(delimiter: str) -> None:
    cells = ["a,b", "a;b", "a\tb", "a|b", "x' §y", 'say "hi"', "a\r\nb", "1,5", ""]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([cells, cells])
    written, _ = write_text(
        csv_of(text.getvalue()), [success(1, "; ,", "2")], csv={"delimiter": delimiter, "bom": True}, add_metadata=False
    )
    assert written.startswith("\ufeff")
    assert written.count("\ufeff") == 1
    table = list(csv.reader(io.StringIO(written[1:], newline=""), delimiter=delimiter, strict=True))
    assert table == [[*cells, "category", "score"], [*cells, "; ,", "2"]]

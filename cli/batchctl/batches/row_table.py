"""Shows rows of a batch."""

from collections.abc import Mapping
from dataclasses import dataclass

from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.failures.rows import ShownRow, ShownRows, get_rows
from batchctl.account import deployed
from batchctl.answer import Answer, note, tell_next
from batchctl.harmless import harmless
from batchctl.tables import Column, table
from batchctl.where import Where

_COLUMNS = (
    Column("row", align="right"),
    Column("status"),
    Column("ms", align="right"),
    Column("answer, or why not", 16),
    Column("sent", 10),
)
_CELL = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed."""

    batch: str
    status: str | None
    rows: str | None
    limit: int
    after: str | None


def show_rows(wish: Wish, as_json: str | None, where: Where) -> None:
    """Prints a page of rows, with --json all that is known of each."""
    answer = Answer.of(as_json, ShownRows)
    status = wish.status.upper() if wish.status else None
    with deployed(where) as deployment:
        arn = named_batch(wish.batch, deployment)
        page = get_rows(arn, deployment, status, wish.rows, wish.limit, wish.after)
    answer.give(page, _show)
    if answer.as_json:
        return
    if not page["rows"]:
        note("No row, or none such.")
    again = [f"batchctl rows {page['batch']}", *(f"--{name} {value}" for name, value in _narrowed(wish))]
    if "next" in page:
        tell_next(where, " ".join([*again, f"--next {page['next']}"]))
    elif any(row["status"] != "SUCCESS" for row in page["rows"]):
        tell_next(where, f"batchctl failures {page['batch']}", f"batchctl retry {page['batch']}")


def _narrowed(wish: Wish) -> list[tuple[str, object]]:
    given = {"status": wish.status, "rows": wish.rows, "limit": wish.limit}
    return [(name, value) for name, value in given.items() if value]


def _show(page: ShownRows) -> None:
    if page["rows"]:
        print(table(_COLUMNS, [_row(row) for row in page["rows"]]))


def _row(row: ShownRow) -> tuple[object, ...]:
    told = row.get("error_message") or _cells(row.get("output", {}))
    cause = f"{row['cause']}: " if "cause" in row else ""
    return row["row"], row["status"], row.get("execution_time_ms", ""), f"{cause}{told}", _cells(row.get("input", {}))


def _cells(cells: Mapping[str, str]) -> str:
    return "  ".join(f"{name}={harmless(str(value), _CELL)}" for name, value in cells.items())

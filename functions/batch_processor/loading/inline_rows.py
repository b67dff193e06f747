"""Loads the rows of an inline batch, which its state machine holds all at once."""

import json
from collections.abc import Callable

from batch_processor import limits
from batch_processor.contract import Loaded, LoadedRow, Plan
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.errors import BatchTooLarge
from batch_processor.loading.map_mode import WAY_OUT, payload_bytes
from batch_processor.loading.row_fitness import RowFitness
from batch_processor.loading.row_lines import RowLines
from batch_processor.loading.sizing import inline_loaded


def load_rows(csv_input: CsvInput, plan: Plan, keep: Callable[[list[str]], None]) -> tuple[list[LoadedRow], Loaded]:
    """All rows, and what loading decides for them; BatchTooLarge if one execution might not hold them.

    `keep` is given the original cells of each.
    """
    lines = RowLines(csv_input, plan, RowFitness(plan))
    rows: list[LoadedRow] = []
    line_bytes = 0
    for line, record in lines:
        rows.append(json.loads(line))
        keep(record.cells)
        line_bytes += len(line.encode()) + 1
        if (size := payload_bytes(plan, lines.found(line_bytes))) > limits.ROWS_BYTES:
            raise BatchTooLarge(
                f"The mapped cells of the first {len(rows)} rows take {size:,} bytes; an inline batch holds "
                f"{limits.ROWS_BYTES:,} (Step Functions: 256 KiB a payload). {WAY_OUT}"
            )
    return rows, inline_loaded(plan, lines.found(line_bytes))

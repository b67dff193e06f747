"""Rows of an output, turned on their side: a CSV is wider than a screen."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from batchctl import figures
from batchctl.harmless import harmless

_CELL_WIDTH, _LEAST_CELL_WIDTH = 30, 20
_BORDER = 3
_NAME_WIDTH = 40


def show_rows(rows: Sequence[Mapping[str, str]], total: int, console: Console) -> None:
    """Prints the first rows, in as many tables below each other as it takes on a screen of that width."""
    if not rows:
        return
    name_width = min(_NAME_WIDTH, max(len(name) for name in rows[0]))
    room = console.width - name_width - 4
    at_once = min(len(rows), max(1, room // (_LEAST_CELL_WIDTH + _BORDER)))
    width = max(_LEAST_CELL_WIDTH, min(_CELL_WIDTH, room // at_once - _BORDER))
    for start in range(0, len(rows), at_once):
        shown = rows[start : start + at_once]
        first, last = start + 1, start + len(shown)
        title = f"Row {first}" if len(shown) == 1 else f"Rows {first} to {last}"
        table = Table(title=f"{title} of {figures.rows(total)}", title_justify="left")
        table.add_column("column", style="bold", no_wrap=True, min_width=name_width, max_width=_NAME_WIDTH)
        for number in range(first, last + 1):
            table.add_column(f"row {number}", no_wrap=True, max_width=width)
        for name in rows[0]:
            cells = (Text(harmless(row.get(name) or "", width)) for row in shown)
            table.add_row(Text(harmless(name, _NAME_WIDTH)), *cells)
        console.print(table)

"""Tables of answers for people: as wide as the terminal, on a narrow one a card for each row; colour says nothing by itself.

What is no terminal gets every cell whole, for whoever searches or cuts it.
"""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, chop_cells

from batchctl.harmless import harmless

_GAP = 2
_PIPED_WIDTH = 1_000_000
_LEAST_WIDTH = 20
# Of a line that is a card's; whoever wants more of a cell asks for --json.
_LONGEST_CELL = 2_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `least` characters stay if the line is short, all if it is 0; numbers stand to the right."""

    name: str
    least: int = 0
    align: Literal["left", "right"] = "left"


def terminal_width() -> int:
    """How many characters a line of stdout has; of what is no terminal, enough for anything."""
    return max(_LEAST_WIDTH, shutil.get_terminal_size().columns) if sys.stdout.isatty() else _PIPED_WIDTH


def table(columns: Sequence[Column], rows: Sequence[Sequence[object]], width: int | None = None) -> str:
    """The rows under their columns' names; a card for each row where the columns do not fit side by side."""
    width = width or terminal_width()
    cells = [[harmless(str(cell), _LONGEST_CELL) for cell in row] for row in rows]
    used = [at for at, column in enumerate(columns) if any(row[at] for row in cells) or column.least == 0]
    columns, cells = [columns[at] for at in used], [[row[at] for at in used] for row in cells]
    natural = [max(map(cell_len, (column.name, *(row[at] for row in cells)))) for at, column in enumerate(columns)]
    widths = _fitted(columns, natural, width)
    if widths is None:
        return "\n\n".join(_card(columns, row, width) for row in cells)
    lines = [[harmless(column.name) for column in columns], *cells]
    return "\n".join(_line(columns, line, widths) for line in lines)


def facts(pairs: Mapping[str, object] | Sequence[tuple[str, object]], width: int | None = None) -> str:
    """Names and values, a line each, the values below each other; what is longer goes on under its value."""
    items = [(name, harmless(str(value))) for name, value in (pairs.items() if isinstance(pairs, Mapping) else pairs)]
    indent = max((cell_len(name) for name, _ in items), default=0) + _GAP
    heads = (f"{name}{' ' * (indent - cell_len(name))}" for name, _ in items)
    return "\n".join(
        _hung(head, value, indent, width or terminal_width()) for head, (_, value) in zip(heads, items, strict=True)
    )


def _fitted(columns: Sequence[Column], natural: list[int], width: int) -> list[int] | None:
    """The widths of the columns: the widest give way first, none below its least; None if that is too wide still."""
    room = width - _GAP * (len(columns) - 1)
    least = [min(size, column.least) if column.least else size for column, size in zip(columns, natural, strict=True)]
    if sum(least) > room:
        return None
    widths = list(natural)
    while sum(widths) > room:
        _, widest = max((size, at) for at, size in enumerate(widths) if size > least[at])
        widths[widest] -= 1
    return widths


def _line(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    return (" " * _GAP).join(map(_padded, columns, cells, widths)).rstrip()


def _padded(column: Column, cell: str, size: int) -> str:
    if cell_len(cell) > size:
        cell = f"{chop_cells(cell, size - 1)[0]}…" if size > 1 else "…"
    blank = " " * (size - cell_len(cell))
    return blank + cell if column.align == "right" else cell + blank


def _card(columns: Sequence[Column], cells: Sequence[str], width: int) -> str:
    return facts([(column.name, cell) for column, cell in zip(columns, cells, strict=True) if cell], width)


def _hung(head: str, value: str, indent: int, width: int) -> str:
    room = max(_LEAST_WIDTH // 2, width - indent)
    lines = [""]
    for word in value.split(" "):
        for piece in chop_cells(word, room) or [""]:
            if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(piece) > room:
                lines.append(piece)
            else:
                lines[-1] = f"{lines[-1]} {piece}" if lines[-1] else piece
    return "\n".join([f"{head}{lines[0]}".rstrip(), *(" " * indent + line for line in lines[1:])])

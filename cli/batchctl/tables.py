"""Tables of answers for people: as wide as the terminal, on a narrow one a card for each row; colour says nothing by itself."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from batchctl.harmless import harmless, shortened

_GAP = 2
# Of a line that no terminal shows, so that what is piped on is whole.
_PIPED_WIDTH = 10_000
_LEAST_WIDTH = 20


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
    cells = [[harmless(str(cell)) for cell in row] for row in rows]
    natural = [
        max(len(column.name), *(len(row[at]) for row in cells)) if cells else len(column.name)
        for at, column in enumerate(columns)
    ]
    widths = _fitted(columns, natural, width)
    if widths is None:
        return "\n\n".join(_card(columns, row, width) for row in cells)
    lines = [[column.name for column in columns], *cells]
    return "\n".join(_line(columns, line, widths) for line in lines)


def facts(pairs: Mapping[str, object] | Sequence[tuple[str, object]], width: int | None = None) -> str:
    """Names and values, a line each, the values below each other; what is longer goes on under its value."""
    items = [(name, harmless(str(value))) for name, value in (pairs.items() if isinstance(pairs, Mapping) else pairs)]
    indent = max((len(name) for name, _ in items), default=0) + _GAP
    return "\n".join(_hung(f"{name:<{indent}}", value, width or terminal_width()) for name, value in items)


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
    shown = (
        shortened(cell, size).rjust(size) if column.align == "right" else shortened(cell, size).ljust(size)
        for column, cell, size in zip(columns, cells, widths, strict=True)
    )
    return (" " * _GAP).join(shown).rstrip()


def _card(columns: Sequence[Column], cells: Sequence[str], width: int) -> str:
    return facts([(column.name, cell) for column, cell in zip(columns, cells, strict=True) if cell], width)


def _hung(head: str, value: str, width: int) -> str:
    room = max(_LEAST_WIDTH // 2, width - len(head))
    words, lines = value.split(" "), [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\n".join([f"{head}{lines[0]}".rstrip(), *(" " * len(head) + line for line in lines[1:])])

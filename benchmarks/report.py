"""Tables for people and for docs/performance.md, and progress for who waits."""

import sys
from collections.abc import Sequence


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table under a heading."""
    lines = [f"\n### {title}\n", _line(header), _line(["---"] * len(header)), *map(_line, rows)]
    return "\n".join(lines)


def say(text: str) -> None:
    """One line of progress, apart from the tables on standard output."""
    print(f"… {text}", file=sys.stderr, flush=True)


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"

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


def replaced(document: str, name: str, text: str) -> str:
    """The document with another text between `<!-- name -->` and `<!-- end of name -->`, which must be there."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, _, rest = document.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"The document has no place for {name}: {begin.strip()} … {end}")
    return f"{before}{begin}{text.rstrip()}\n\n{end}{after}"


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"

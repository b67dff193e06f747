"""Asks the person at the terminal, where there is one and may be asked."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import typer


@dataclass(frozen=True, slots=True)
class Asking:
    """`yes` answers yes to whatever is asked; nobody is asked with `no_input`, or without a terminal."""

    yes: bool = False
    no_input: bool = False

    @property
    def is_possible(self) -> bool:
        """Whether somebody can answer."""
        return not self.no_input and sys.stdin.isatty()

    def is_confirmed(self, question: str) -> bool:
        """Whether somebody said yes, now or by `--yes`. Where nobody can be asked it is no."""
        return self.yes or (self.is_possible and typer.confirm(question, err=True))

    def choose(self, question: str, candidates: Sequence[str], *, is_likely: bool = True) -> str | None:
        """One of the candidates, by its number or itself; None for none of them.

        The first is what is taken where nothing is typed, if it `is_likely`.
        """
        lines = [question, *(f"  {number}  {name}" for number, name in enumerate(candidates, 1)), "  0  none of them"]
        typer.echo("\n".join(lines), err=True)
        while True:
            given = str(typer.prompt("Which", default="1" if candidates and is_likely else "0", err=True)).strip()
            if given in candidates:
                return given
            if given.isdigit() and int(given) <= len(candidates):
                return candidates[int(given) - 1] if int(given) else None
            typer.echo(f"{given!r} is none of them; type its number.", err=True)

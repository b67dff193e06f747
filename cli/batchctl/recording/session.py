"""Runs commands as a person types them, and draws what they printed as an SVG; nothing in it is made up."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from batchctl import exit_codes

WIDTH = 110
_CHUNK = 65_536
# Rows that failed are worth showing.
_SHOWN = (exit_codes.DONE, exit_codes.FAILED_ROWS)
# Rich names a font on the web; a picture in a README fetches nothing.
_FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
# Without it some viewers take the blanks away that a line begins with.
_SVG = _FONTS.sub("", CONSOLE_SVG_FORMAT).replace("<svg ", '<svg xml:space="preserve" ', 1)


def recorded(commands: list[str], folder: Path) -> str:
    """The SVG of the commands run one after the other in the folder; CalledProcessError if one ends as none should."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="truecolor")
    for command in commands:
        console.print(Text(f"$ {command}", style="bold green"))
        for line in _printed(command, folder).splitlines():
            console.print(Text.from_ansi(line), soft_wrap=False)
        console.print()
    return console.export_svg(title="batchctl", code_format=_SVG, unique_id="batchctl")


def _printed(command: str, folder: Path) -> str:
    """What the command prints on a terminal that can only go on: a display that is redrawn is no still picture."""
    words = [sys.executable, "-m", "batchctl", *shlex.split(command)[1:]]
    reader, writer = os.openpty()
    # One terminal for answer and notes, so that they stand in the order in which a person sees them.
    process = subprocess.Popen(
        words, cwd=folder, stdin=subprocess.DEVNULL, stdout=writer, stderr=writer, env=_environment()
    )
    os.close(writer)
    with process:
        printed = b"".join(_chunks(reader))
    os.close(reader)
    if process.returncode not in _SHOWN:
        raise subprocess.CalledProcessError(process.returncode, command, printed)
    return printed.decode().replace("\r\n", "\n")


def _environment() -> dict[str, str]:
    return {**os.environ, "COLUMNS": str(WIDTH), "LINES": "50", "TERM": "dumb"}


def _chunks(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            chunk = os.read(terminal, _CHUNK)
        except OSError:  # how Linux says that nobody has the terminal any more
            return
        if not chunk:
            return
        yield chunk

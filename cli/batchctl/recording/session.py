"""Runs commands as a person types them, and draws what they printed as an SVG; nothing in it is made up."""

import os
import re
import select
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
_SVG = _FONTS.sub("", CONSOLE_SVG_FORMAT)


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
    """What the command prints on a terminal of that width; its progress as lines, as the redrawn display is no still picture."""
    words = [sys.executable, "-m", "batchctl", *shlex.split(command)[1:]]
    reader, writer = os.openpty()
    process = subprocess.Popen(
        words, cwd=folder, stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE, env=_environment()
    )
    os.close(writer)
    with process:
        assert process.stderr is not None
        printed = b"".join(_chunks(reader, process.stderr.fileno()))
    os.close(reader)
    if process.returncode not in _SHOWN:
        raise subprocess.CalledProcessError(process.returncode, command, printed)
    return printed.decode().replace("\r\n", "\n")


def _environment() -> dict[str, str]:
    return {**os.environ, "COLUMNS": str(WIDTH), "LINES": "50", "TERM": "xterm-256color"}


def _chunks(*sources: int) -> Iterator[bytes]:
    """What arrives at any of them, in the order in which it does, until all are closed."""
    waiting = set(sources)
    while waiting:
        for source in select.select(sorted(waiting), [], [])[0]:
            try:
                chunk = os.read(source, _CHUNK)
            except OSError:  # how Linux says that nobody has the terminal any more
                chunk = b""
            if not chunk:
                waiting.remove(source)
            yield chunk

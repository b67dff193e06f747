"""What is wrong with a source, and where."""

import yaml


class SourceError(Exception):
    """No definition can be made of a source; the message begins with file and line."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")


def at(mark: yaml.Mark | None, lines_on: int = 0) -> str:
    """The mark as `file:line`."""
    return f"{mark.name}:{mark.line + 1 + lines_on}" if mark else "the source"

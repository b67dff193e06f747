"""What ends the reading of a CSV."""


class Fault(Exception):
    """Why the file cannot be read, or not beyond doubt, and the line (1-based) where it shows."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


class EndlessLine(Exception):
    """A line has more than `limit_bytes`."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(limit_bytes)
        self.limit_bytes = limit_bytes

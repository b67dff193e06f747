"""One thing that is wrong with a document."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Where and what: a JSON pointer (RFC 6901, "" for the root) and a sentence that says what to do."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer or 'the document'}: {self.message}"

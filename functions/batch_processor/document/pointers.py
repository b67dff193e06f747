"""JSON pointers (RFC 6901) and the locations in a document that they stand for."""

from typing import Any

from batch_processor.document.json_path import MISSING, follow


def pointer(document: Any, location: tuple[str | int, ...]) -> str:
    """Return the JSON pointer of a location, leaving out every step that the document does not have.

    Such steps are the marks that pydantic puts into locations, and the names of keys that are missing.
    """
    written = ""
    for step in location:
        inside = follow((step,), document)
        if inside is not MISSING:
            document = inside
            written += f"/{escaped(step)}"
    return written


def location(document: Any, pointer: str) -> tuple[str | int, ...]:
    """Return the location that a JSON pointer into the document stands for; `pointer` is its inverse."""
    steps: list[str | int] = []
    for written in pointer.split("/")[1:]:
        name = written.replace("~1", "/").replace("~0", "~")
        step = int(name) if isinstance(document, list) and name.isdecimal() else name
        steps.append(step)
        document = follow((step,), document)
    return tuple(steps)


def escaped(step: str | int) -> str:
    """Return the step as RFC 6901 writes it inside a pointer."""
    return str(step).replace("~", "~0").replace("/", "~1")

"""Reads documents with one or several entries, as files and callers write them."""

from collections.abc import Iterator, Mapping
from typing import Any

from batch_processor.document.problem import Problem
from batch_processor.document.wording import choices, shown, suggestion
from batch_processor.errors import InvalidEntry
from batch_processor.registry.entries import ENTRY_TYPES, kind_of, parse_entry
from batch_processor.registry.entry import KINDS, Entry

_FORMS = "{kind, entry}, {kind, entries: […]} or {entries: [{kind, entry}]}"


def parse_request(document: object) -> list[Entry]:
    """The entries of a document; a kind that is not said follows from the entry's key.

    InvalidEntry carries the problems of all of them, with pointers into the document.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    for at, kind, given in _given(document):
        if kind is not None and kind not in KINDS:
            problems.append(
                Problem(_kind_pointer(document, at), f"{shown(kind)} is no kind; {suggestion(kind, KINDS)}")
            )
            continue
        try:
            entries.append(parse_entry(kind or _kind_by_key(given), given))
        except InvalidEntry as exc:
            problems += (Problem(f"{at}{problem.pointer}", problem.message) for problem in exc.problems)
    if not entries and not problems:
        problems.append(Problem("", f"there is no entry; expected {_FORMS}"))
    if problems:
        raise InvalidEntry("What is to be registered", problems)
    return entries


def _given(document: object) -> Iterator[tuple[str, Any, Any]]:
    """(JSON pointer, kind as given or None, entry) of each entry in the document."""
    if not isinstance(document, Mapping):
        raise InvalidEntry("What is to be registered", [Problem("", f"expected {_FORMS}, got {shown(document)}")])
    if "entry" in document:
        yield "/entry", document.get("kind"), document["entry"]
    elif isinstance(entries := document.get("entries"), list):
        for index, item in enumerate(entries):
            nested = isinstance(item, Mapping) and "entry" in item
            kind = item.get("kind") if nested else None
            at = f"/entries/{index}{'/entry' if nested else ''}"
            yield at, kind or document.get("kind"), item["entry"] if nested else item
    elif kind_of(document):
        yield "", None, dict(document)


def _kind_pointer(document: Any, at: str) -> str:
    """The JSON pointer of the kind of the entry at `at`: beside the entry, else that for all entries."""
    index = at.removeprefix("/entries/").removesuffix("/entry")
    own = at.startswith("/entries/") and "kind" in document["entries"][int(index)]
    return f"/entries/{index}/kind" if own else "/kind"


def _kind_by_key(entry: Any) -> str:
    kind = kind_of(entry) if isinstance(entry, Mapping) else None
    if kind is None:
        keys = choices(shape.key[0] for shape in ENTRY_TYPES.values())
        raise InvalidEntry("The entry", [Problem("", f"of which kind is it? Say 'kind', or give it its key: {keys}")])
    return kind

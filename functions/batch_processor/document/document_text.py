"""Reads the text of a document that a person wrote: JSON, or YAML where the file's name says so."""

import json
from collections import Counter
from typing import Any

from batch_processor.document.json_advice import json_advice
from batch_processor.document.yaml_text import YamlError, read_yaml

_YAML = (".yaml", ".yml")
_KINDS = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false", type(None): "null"}


class UnreadableDocument(ValueError):
    """What is wrong with the text: a sentence for each fault."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


def read_object(uri: str, body: bytes) -> dict[str, Any]:
    """The object in a file; `uri` names the file in the words of UnreadableDocument. JSON is read under any name."""
    document = _read(uri, _decoded(uri, body))
    if not isinstance(document, dict):
        raise UnreadableDocument(f"{uri} holds {_KINDS[type(document)]}, expected a JSON object{_hint(uri)}")
    return document


def is_yaml(name: str) -> bool:
    """Whether a file is YAML by its name."""
    return name.lower().endswith(_YAML)


def _decoded(uri: str, body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise UnreadableDocument(f"{uri} is not UTF-8: {exc}; save it as UTF-8") from exc


def _read(uri: str, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_refuse_duplicates)
    except json.JSONDecodeError as exc:
        if is_yaml(uri):
            return _read_yaml(uri, text)
        where = f"line {exc.lineno}, column {exc.colno}"
        raise UnreadableDocument(
            f"{uri} is not JSON: {exc.msg} at {where}{_hint(uri) or json_advice(text, exc)}"
        ) from exc
    except RecursionError as exc:
        raise UnreadableDocument(f"{uri} is nested too deeply to be a configuration") from exc
    except UnreadableDocument:
        raise
    except ValueError as exc:  # Python reads no number of more than 4,300 digits
        raise UnreadableDocument(f"{uri} has a number that is too long: {exc}; write it in quotes") from exc


def _read_yaml(uri: str, text: str) -> Any:
    try:
        return read_yaml(text)
    except YamlError as exc:
        raise UnreadableDocument(f"{uri} is not YAML as it is read here: {exc}") from exc


def _hint(uri: str) -> str:
    known = is_yaml(uri) or uri.lower().endswith(".json")
    return "" if known else "; a file of YAML must be called .yaml or .yml"


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # JSON's grammar allows a key twice and its readers drop all but one, silently.
    counts = Counter(name for name, _ in pairs)
    if repeated := [name for name, count in counts.items() if count > 1]:
        raise UnreadableDocument(*(f"the key {name!r} is given more than once in one object" for name in repeated))
    return dict(pairs)

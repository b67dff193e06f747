"""Puts stand-ins in the place of placeholders, so that a configuration is checked before anybody knows what they stand for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from batch_processor.document.placeholders import PLACEHOLDER, placeholders
from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import nearest

_HOME = "us-east-1:123456789012"
_ARNS = {
    "agent": f"arn:aws:states:{_HOME}:stateMachine:",
    "tool": f"arn:aws:lambda:{_HOME}:function:",
    "topic": f"arn:aws:sns:{_HOME}:",
}
_PARTS = {"REGION": "us-east-1", "AWS_REGION": "us-east-1", "ACCOUNT": "123456789012", "ACCOUNT_ID": "123456789012"}
_MAPPINGS = ("input_mapping", "output_mapping")
OWN_BUCKET = "stands-in-for-bucket"


@dataclass(frozen=True, slots=True)
class StoodIn:
    """A document without placeholders; `told` turns words about it into words about what was written."""

    document: Any
    meanings: Mapping[str, str]

    def told(self, message: str) -> str:
        """The message with the placeholders in the place of what stood in for them."""
        for value in sorted(self.meanings, key=len, reverse=True):
            message = message.replace(value, self.meanings[value])
        return message


def stood_in(document: Any, known: Iterable[str] = ()) -> StoodIn:
    """The document with a stand-in for each placeholder, as its place needs one: an ARN, or a bucket's name.

    In mappings, whose templates have `$` before a column too, only the `known` ones are placeholders.
    """
    meanings: dict[str, str] = {}
    target = document.get("target") if isinstance(document, Mapping) else None
    kind = "tool" if isinstance(target, Mapping) and target.get("type") == "tool" else "agent"
    if not isinstance(document, Mapping):
        return StoodIn(document, meanings)
    names = frozenset(known)
    return StoodIn(
        {
            key: _stood_in(value, key, kind, meanings, names if key in _MAPPINGS else None)
            for key, value in document.items()
        },
        meanings,
    )


def written_placeholders(document: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield each placeholder and the JSON pointer of the text that it stands in, where texts name what is deployed."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            if key not in _MAPPINGS:
                yield from written_placeholders(value, f"{at}/{escaped(str(key))}")
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from written_placeholders(value, f"{at}/{index}")
    elif isinstance(document, str):
        yield from ((found, at) for found in placeholders(document))


def misspelt(document: Any, known: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for each placeholder that is nearly one of the known, and none of them."""
    names = set(known)
    for written, at in written_placeholders(document):
        meant = nearest(written[2:-1], names) if names and written[2:-1] not in {*names, *_PARTS} else None
        if meant:
            yield Problem(at, f"{written} is no output of the product's stacks; did you mean ${{{meant}}}?")


def _stood_in(value: Any, key: str, kind: str, meanings: dict[str, str], known: frozenset[str] | None) -> Any:
    if isinstance(value, Mapping):
        return {name: _stood_in(inner, name, kind, meanings, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [_stood_in(inner, key, kind, meanings, known) for inner in value]
    return _text(value, key, kind, meanings, known) if isinstance(value, str) else value


def _text(text: str, key: str, kind: str, meanings: dict[str, str], known: frozenset[str] | None) -> str:
    whole = PLACEHOLDER.fullmatch(text)
    if whole and (key.endswith("arn") or key == "target"):
        form = "topic" if "topic" in key else "agent" if "machine" in key else kind
        arn = f"{_ARNS[form]}{whole[1].lower()}"
        meanings[arn] = text
        return arn
    for written in placeholders(text):
        name = written[2:-1]
        if known is not None and name not in known:
            continue
        stand_in = _PARTS.get(name) or f"stands-in-for-{name.lower().replace('_', '-')}"
        if name not in _PARTS:
            meanings[stand_in] = written
        text = text.replace(written, stand_in)
    return text

"""What holds for any document whatsoever."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from batch_processor.config import parse
from batch_processor.config.schema import published_schema
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration

VALID = [json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "documents").glob("*.json"))]
SCHEMA = published_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
KEYS = sorted({key for found in SCHEMA["$defs"].values() for key in found["properties"]})
WORDS = st.sampled_from([*KEYS, *SCHEMA["properties"], "", "[key]", "a/b~c", "\0typed"]) | st.text(max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=10,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container inside the value with every key or index it has, and one more key."""
    children = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, child in children:
        yield value, key
        if isinstance(child, dict | list):
            yield from places(child)
    if isinstance(value, dict):
        yield value, "extra"


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    document: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(list(places(document))))
        container[draw(WORDS) if key == "extra" else key] = draw(JSON)
    return document


def problems(document: Any) -> tuple[Problem, ...]:
    try:
        parse(document)
    except InvalidConfiguration as exc:
        return exc.problems
    return ()


def resolves(pointer: str, document: Any) -> bool:
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            document = document[int(key)]
        elif key in document:
            document = document[key]
        else:
            return False
    return True


@settings(deadline=None)
@given(JSON | damaged())
def test_any_json_is_parsed_or_refused_with_pointers_into_it(document: Any) -> None:
    for problem in problems(document):
        assert resolves(problem.pointer, document)
        assert problem.message
        assert "\0" not in problem.message.replace("\\u0000", "")


@settings(deadline=None)
@given(damaged())
def test_what_parse_accepts_the_schema_accepts(document: dict[str, Any]) -> None:
    if not problems(document):
        VALIDATOR.validate(document)


@settings(deadline=None)
@given(damaged())
def test_parsing_leaves_the_document_as_it_was(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    problems(document)
    assert repr(document) == repr(before)

"""Where in a text values stand."""

import json

from hypothesis import given
from hypothesis import strategies as st

from batch_processor.document.places import places


def test_places_of_json() -> None:
    text = '{\n  "a": {"b/c": [1,\n   {"d": 2}]}\n}'
    assert places(text) == {
        "": (1, 1), "/a": (2, 3), "/a/b~1c": (2, 9), "/a/b~1c/0": (2, 17), "/a/b~1c/1": (3, 4), "/a/b~1c/1/d": (3, 5),
    }  # fmt: skip


def test_places_of_yaml_and_of_neither() -> None:
    assert places("a:\n  - x\n  - &y {b: 1}\nc: *y\n")["/a/1/b"] == (3, 9)
    assert places("{") == {}


@given(
    st.dictionaries(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), st.integers(), min_size=1)
)
def test_every_key_has_a_place(document: dict[str, int]) -> None:
    assert {f"/{key}" for key in document} <= places(json.dumps(document, indent=1)).keys()

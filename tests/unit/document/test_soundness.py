from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.document.pointers import location, pointer

JSON = st.recursive(
    st.none() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("~/01a"), inner),
    max_leaves=8,
)


def places(value: Any) -> list[tuple[str | int, ...]]:
    """All locations in the value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((step, *rest) for step, child in inner for rest in places(child))]


@given(document=JSON)
def test_pointer_leads_back_to_its_location(document: Any) -> None:
    assert [location(document, pointer(document, place)) for place in places(document)] == places(document)


@pytest.mark.parametrize(
    ("text", "steps"), [("", ()), ("/a~1b/0", ("a/b", 0)), ("/a~1b/x", ("a/b", "x")), ("/nothing/0", ("nothing", "0"))]
)
def test_location_may_lead_nowhere(text: str, steps: tuple[str | int, ...]) -> None:
    assert location({"a/b": [1]}, text) == steps

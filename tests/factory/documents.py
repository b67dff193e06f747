"""Canonical schemas to test with: the repository's own, small ones, and random ones with names that are no identifiers."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from batchctl.factory.goals import can_be_named
from batchctl.project import ROOT

SCHEMAS = ROOT / "schemas"
FILES = [SCHEMAS / f"{name}.json" for name in
         ("broadband_availability_bt_wholesale", "company-register-entry", "24h-pollen-zuerich")]  # fmt: skip
BROADBAND = FILES[0]

# Unpaired surrogates are no UTF-8.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
AWKWARD = ["class", "import", "None", "24h", "2nd-line", "pm2.5", "a b", "it's", 'say "x"', "back\\slash", "花粉", "$ref",
           "{{x}}", "${X}", "required", "properties", "a/b", "a~b", "yes", "null", "1e3", "\x85", "#", "- ", "\t"]  # fmt: skip
NAMES = st.one_of(TEXT, st.sampled_from(AWKWARD)).filter(lambda name: name not in ("", "__proto__"))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(-1e6, 1e6).filter(lambda number: not 0 < abs(number) < 1e-130),
    NAMES,
)


def document(**changes: Any) -> dict[str, Any]:
    """A small canonical schema without problems, but for the changes."""
    return {
        "extraction_name": "company_size",
        "version": "1.2.3",
        "input_schema": {"type": "object", "properties": {"company": {"type": "string"}}, "required": ["company"]},
        "output_schema": {
            "type": "object",
            "properties": {"staff": {"type": "integer", "minimum": 0}, "listed": {"type": "boolean"}},
            "required": ["staff"],
        },
        "browser_config": {"starting_url": "https://example.com/"},
        **changes,
    }


def written(folder: Path, content: dict[str, Any], name: str = "schema") -> Path:
    """The file that a canonical schema was written to."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _leaves() -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.fixed_dictionaries({"enum": st.lists(SCALARS, min_size=1, max_size=4)}),
        st.fixed_dictionaries({"const": SCALARS}),
        st.fixed_dictionaries({"type": st.just("number"), "minimum": st.integers(-5, 5)}, optional={"description": TEXT}),
        st.fixed_dictionaries({"type": st.just("string")}, optional={
            "format": st.sampled_from(["date", "date-time", "email", "uri", "uuid", "ipv4", "no-such-format"]),
            "description": TEXT, "minLength": st.integers(0, 5), "default": TEXT,
        }),
        st.fixed_dictionaries({"type": st.sampled_from([["string", "null"], "boolean", ["integer", "null"], "null"])}),
        st.just({}),
    )  # fmt: skip


_MORE: list[dict[str, Any]] = [{}, {"additionalProperties": False}, {"additionalProperties": {"type": "string"}}]


@st.composite
def _objects(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    properties = draw(st.dictionaries(NAMES, inner, min_size=1, max_size=4))
    required = draw(st.lists(st.sampled_from(list(properties)), unique=True))
    more: dict[str, Any] = draw(st.sampled_from(_MORE))
    return {"type": "object", "properties": properties, "required": required, **more}


SCHEMA_PARTS = st.recursive(
    _leaves(),
    lambda inner: st.one_of(
        _objects(inner),
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}, optional={"minItems": st.integers(0, 3)}),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=2)}),
    ),
    max_leaves=6,
)


@st.composite
def canonical_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Canonical schemas whose names, enums and descriptions are as awkward as JSON allows."""
    output = draw(
        _objects(SCHEMA_PARTS).filter(lambda schema: not any(name[0] == "_" for name in schema["properties"]))
    )
    inputs = draw(st.dictionaries(NAMES.filter(can_be_named), SCHEMA_PARTS, min_size=1, max_size=3))
    return document(
        input_schema={
            "type": "object",
            "properties": inputs,
            "required": draw(st.lists(st.sampled_from(list(inputs)), unique=True)),
        },
        extraction_name=draw(st.from_regex(r"\A[^\x00-\x1f\x7f]{1,100}\Z").filter(lambda text: text.isprintable())),
        version=draw(st.from_regex(r"\A[1-9]\.[0-9]\.[0-9](-rc\.[1-9])?\Z")),
        description=draw(TEXT),
        output_schema=output,
        metadata=draw(st.dictionaries(NAMES, SCALARS, max_size=2)),
    )

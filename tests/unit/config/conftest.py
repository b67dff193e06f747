import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

Document = dict[str, Any]
SCHEMA = Path(__file__).parents[3] / "schemas" / "batch-config.schema.json"


@pytest.fixture
def document() -> Callable[..., Document]:
    """Return a builder of small valid documents; each keyword replaces a key, None takes it out."""

    def build(**changes: Any) -> Document:
        given = {
            "csv_s3_uri": "s3://my-bucket/inputs/tickets.csv",
            "target": "arn:aws:states:eu-west-1:123456789012:stateMachine:classifier",
            "input_mapping": {"column_mappings": {"description": "text"}},
            "output_mapping": {"structured_output_fields": ["category"]},
            **changes,
        }
        return {key: value for key, value in given.items() if value is not None}

    return build


@pytest.fixture(scope="session")
def validator() -> Draft202012Validator:
    """Return a validator of the published schema."""
    return Draft202012Validator(json.loads(SCHEMA.read_text()))

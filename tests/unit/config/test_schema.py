"""The published schema: that it is current, valid, and agrees with `parse`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from batch_processor.config.schema import main, published_schema

Build = Callable[..., dict[str, Any]]
SCHEMA = Path(__file__).parents[3] / "schemas" / "batch-config.schema.json"
DOCUMENTS = Path(__file__).parent / "documents"


def test_published_schema_is_what_the_models_say(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert capsys.readouterr().out == SCHEMA.read_text(), (
        "run: python -m batch_processor.config.schema > schemas/batch-config.schema.json"
    )


def test_published_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(published_schema())


def test_every_key_has_a_description_for_the_editor() -> None:
    schema = published_schema()
    objects = [schema, *schema["$defs"].values()]
    undescribed = {
        f"{found['title']}.{key}"
        for found in objects
        for key, value in found["properties"].items()
        if "description" not in value and "const" not in value
    }
    assert undescribed == set()


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.json")), ids=lambda path: path.stem)
def test_schema_accepts_every_document_of_the_specification(validator: Draft202012Validator, path: Path) -> None:
    validator.validate({"$schema": "../batch-config.schema.json", **json.loads(path.read_text())})


def test_schema_accepts_its_own_example(validator: Draft202012Validator) -> None:
    validator.validate(published_schema()["examples"][0])


def test_schema_accepts_a_config_file_whose_csv_comes_with_the_execution(
    document: Build, validator: Draft202012Validator
) -> None:
    validator.validate(document(csv_s3_uri=None))

"""docs/configuration.md names every key, and its examples are valid."""

import json
import re
from pathlib import Path

from batch_processor.config import parse
from batch_processor.config.schema import published_schema

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text()


def test_page_names_every_key() -> None:
    schema = published_schema()
    keys = {key for found in [schema, *schema["$defs"].values()] for key in found["properties"]}
    assert {key for key in keys if f"`{key}`" not in PAGE and f'"{key}"' not in PAGE} == set()


def test_examples_of_the_page_are_valid() -> None:
    whole, transformations = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    document = json.loads(whole)
    document["input_mapping"] |= json.loads(f"{{{transformations}}}")
    assert parse(document).fields

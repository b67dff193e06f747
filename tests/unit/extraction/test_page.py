"""docs/extraction.md: its examples are rules, and its table of transforms is what they do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from batch_processor.contract.rules import METHODS
from batch_processor.extraction.compiling import rules_problems
from batch_processor.extraction.transforms import TRANSFORMS, transform_named
from batch_processor.json_schema.formats import FORMATS

PAGE = (Path(__file__).parents[3] / "docs" / "extraction.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
TABLE = re.findall(r"^\| `(\w+)` \| `(.*)` \| `(.*)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_good_rules(example: str) -> None:
    assert rules_problems(yaml.safe_load(example)) == []


def test_every_method_has_an_example() -> None:
    shown = {
        rule["method"] for example in EXAMPLES if isinstance(rules := yaml.safe_load(example), list) for rule in rules
    }
    assert shown == set(METHODS)


def test_table_has_every_transform() -> None:
    assert {name for name, _, _ in TABLE} == {*TRANSFORMS, "extract_exchange"}


@pytest.mark.parametrize(("name", "value", "made"), TABLE)
def test_transform_makes_what_the_table_says(name: str, value: str, made: str) -> None:
    transform: Any = transform_named(name)
    assert json.dumps(transform(json.loads(value))) == json.dumps(json.loads(made))


def test_page_has_the_formats_that_are_checked() -> None:
    [listed] = re.findall(r"`format` among them: (.*?);", PAGE, re.DOTALL)
    assert {name.strip() for name in listed.split(",")} == set(FORMATS)

"""The canonical schema: the one place that says what an extraction takes, does and answers."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, ValidationError
from semver import Version

from batch_processor.document.json_path import follow
from batch_processor.document.pointers import pointer as known_pointer
from batch_processor.document.problem import Problem
from batch_processor.document.shape import WHOLE, Flag, Shape, Text, expected, problems_of, sentence_error
from batch_processor.document.soundness import unreadable
from batch_processor.document.wording import shown
from batch_processor.json_schema.dialect import make_validator
from batch_processor.json_schema.reasons import reason
from batchctl.document_text import read_json
from batchctl.factory.goals import can_be_named, goal_for, tag_problems
from batchctl.factory.json_schema import main_type, object_problems, pointer, with_listed_required
from batchctl.factory.names import Names

# A Lambda function, which the executor is, ends after 15 minutes.
_LONGEST_SECONDS = 900


def _version(text: str) -> str:
    if not Version.is_valid(text):
        raise sentence_error(f"expected a semantic version, as 1.0.0, got {shown(text)}")
    return text


class InvalidSchema(Exception):
    """All problems of a canonical schema at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        lines = "\n".join(f"- {problem}" for problem in problems)
        super().__init__(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}:\n{lines}")


class BrowserStep(Shape):
    """One thing that the browser does before the extraction."""

    goal: Text = Field(description="What to do, with {{input}} where an input goes in.")
    description: Text | None = Field(default=None, description="What the step is for.")


class BrowserConfig(Shape):
    """Where the browser starts, as whom, and what it does there."""

    starting_url: Annotated[str, Field(pattern=r"^https?://\S+$"), expected("an http or https URL")] = Field(
        description="The URL of the first page."
    )
    profile_name: Text | None = Field(default=None, description="The browser profile to use.")
    timeout: Annotated[
        int, WHOLE, Field(ge=1, le=_LONGEST_SECONDS), expected(f"a whole number of seconds, 1 to {_LONGEST_SECONDS}")
    ] = Field(default=300, description="Seconds that one extraction may take.")
    requires_login: Flag = Field(default=False, description="Whether the profile must be logged in.")
    clone_for_parallel: Flag = Field(default=False, description="Whether each extraction gets a copy of the profile.")
    steps: list[BrowserStep] = Field(default=[], description="What to do before the extraction; one step by default.")
    extraction_goal: Text = Field(
        default="Extract what the schema asks for from the page.", description="What to extract, in words."
    )


class Example(Shape):
    """An input and the answer that was recorded for it."""

    input: dict[str, Any] = Field(description="The agent's input, an object.")
    output: dict[str, Any] = Field(description="The structured output, an object.")


class CanonicalShape(Shape):
    """A canonical schema as it is written."""

    model_config = ConfigDict(title="Canonical extraction schema")

    schema_uri: str | None = Field(default=None, alias="$schema", description="For editors; not read.")
    extraction_name: Annotated[
        str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,100}$"), expected("1 to 100 characters in one line")
    ] = Field(description="The name of the extraction.")
    version: Annotated[Text, AfterValidator(_version)] = Field(description="A semantic version, as 1.0.0.")
    description: str = Field(default="", description="What the extraction is for.")
    input_schema: dict[str, Any] = Field(description="The JSON Schema of the input.")
    output_schema: dict[str, Any] = Field(description="The JSON Schema of the structured output.")
    browser_config: BrowserConfig = Field(description="Where the browser starts, as an object.")
    metadata: dict[str, Any] = Field(default={}, description="Anything else: author, tags and the like.")
    examples: list[Example] = Field(default=[], description="Recorded answers, [{input, output}].")


@dataclass(frozen=True)
class Canonical:
    """A canonical schema without problems; `document` is all of it, `digest` changes whenever it does."""

    names: Names
    shape: CanonicalShape
    document: dict[str, Any]
    digest: str

    @property
    def input_schema(self) -> dict[str, Any]:
        return self.shape.input_schema

    @property
    def output_schema(self) -> dict[str, Any]:
        return self.shape.output_schema

    @property
    def inputs(self) -> dict[str, Any]:
        """The schema of each input."""
        return dict(self.input_schema["properties"])

    @property
    def required_inputs(self) -> list[str]:
        return list(self.input_schema.get("required", []))

    @property
    def output_fields(self) -> list[str]:
        """The fields of the structured output, in the order in which the schema has them."""
        return list(self.output_schema["properties"])

    @property
    def description(self) -> str:
        return self.shape.description or f"Extraction {self.shape.extraction_name}."

    @property
    def tags(self) -> list[str]:
        tags = self.shape.metadata.get("tags", [])
        return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def read(path: Path) -> Canonical:
    """The canonical schema in a file; InvalidSchema carries all of its problems."""
    try:
        return canonical(read_json(path.read_text(encoding="utf-8-sig")))
    except ValueError as exc:
        raise InvalidSchema([Problem("", f"the file cannot be read: {exc}")]) from exc


def canonical(document: Any) -> Canonical:
    """The canonical schema in a JSON document."""
    if problems := unreadable(document):
        raise InvalidSchema(problems)
    keys = {key: with_listed_required(document[key]) for key in ("input_schema", "output_schema") if key in document}
    document = {**document, **keys}
    shape, problems = _shaped(document)
    wrong_schemas = list(_schema_problems(document))
    problems += [*wrong_schemas, *_tag_problems(document)]
    if not wrong_schemas:
        problems += _example_problems(document)
    if problems or not shape:
        raise InvalidSchema(problems)
    return Canonical(Names.of(shape.extraction_name), shape, document, digest_of(document))


def digest_of(document: Any) -> str:
    """A digest of the document; its order counts, for columns follow it, its white space does not."""
    return hashlib.sha256(json.dumps(document, ensure_ascii=False).encode()).hexdigest()


def _shaped(document: Mapping[str, Any]) -> tuple[CanonicalShape | None, list[Problem]]:
    try:
        return CanonicalShape.model_validate(document), []
    except ValidationError as exc:
        return None, problems_of(exc, document, known_pointer)


def _schema_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    for key in ("input_schema", "output_schema"):
        if isinstance(document.get(key), dict):
            yield from object_problems(document[key], f"/{key}")


def _tag_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what Mustache cannot do, as far as the document has the shape for it."""
    inputs = follow(("input_schema", "properties"), document)
    browser = document.get("browser_config")
    if not isinstance(inputs, dict) or not isinstance(browser, dict):
        return
    for name in inputs:
        if not can_be_named(name):
            yield Problem(
                pointer("input_schema", "properties", name),
                f"{shown(name)} cannot be a variable of a template: "
                "leave out dots, braces, spaces at its ends and leading # ^ / & ! > =",
            )
    steps = browser.get("steps")
    count = len(steps) if isinstance(steps, list) else 0
    # All that stands in the template.
    places: list[tuple[str | int, ...]] = [("starting_url",), ("profile_name",), ("extraction_goal",)]
    places += [("steps", index, key) for index in range(count) for key in ("goal", "description")]
    for place in places:
        text = follow(place, browser)
        if isinstance(text, str):
            yield from (Problem(pointer("browser_config", *place), said) for said in tag_problems(text, inputs))


def _example_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield where recorded answers do not fit schemas that are valid themselves."""
    examples = document.get("examples")
    for key in ("input", "output"):
        schema = document.get(f"{key}_schema")
        if not isinstance(schema, dict) or not isinstance(examples, list):
            continue
        validator = make_validator(schema)
        for index, example in enumerate(examples):
            value = follow((key,), example)
            for error in validator.iter_errors(value) if isinstance(value, dict) else ():
                yield Problem(pointer("examples", index, key, *error.absolute_path), reason(error))


def act_goals(canonical: Canonical) -> list[BrowserStep]:
    """The steps before the extraction; where the schema has none, one that hands over the inputs."""
    texts = {name: main_type(schema, canonical.input_schema) == "string" for name, schema in canonical.inputs.items()}
    goal = goal_for(texts, canonical.required_inputs)
    return canonical.shape.browser_config.steps or [BrowserStep(goal=goal, description="Hand over the inputs")]

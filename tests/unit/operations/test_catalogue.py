"""Every operation is offered with texts, shapes and schemas that a front end, or a model, can go by."""

import inspect
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from batch_processor.operations.catalogue import OPERATIONS, Operation
from batch_processor.operations.schemas import _Generator, _untitled, input_schema, output_schema, rebuilt, text_of

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "schemas" / "operations"
every = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))


@every
def test_published_schema_is_current(operation: Operation) -> None:
    published = (PUBLISHED / f"{operation.name}.schema.json").read_text(encoding="utf-8")
    assert published == text_of(operation), "run: make schema"


@every
def test_schema_is_the_same_before_python_3_12(operation: Operation) -> None:
    made = TypeAdapter(rebuilt(operation.result)).json_schema(mode="serialization", schema_generator=_Generator)
    assert _untitled(made) == output_schema(operation)


def test_nothing_is_published_that_is_no_operation() -> None:
    assert {path.name for path in PUBLISHED.iterdir()} == {f"{name}.schema.json" for name in OPERATIONS}


@every
def test_function_takes_what_the_shape_lets_through(operation: Operation) -> None:
    parameters = inspect.signature(operation.function).parameters
    assert {*parameters} - {"deployment"} == {*operation.arguments.model_fields}


@every
def test_arguments_and_keys_of_answers_are_told(operation: Operation) -> None:
    assert all("description" in described for described in input_schema(operation)["properties"].values())
    schema = output_schema(operation)
    assert schema.get("properties") or schema.get("anyOf")


@every
def test_description_fits_what_models_are_given(operation: Operation) -> None:
    assert 80 <= len(operation.description) <= 500
    assert operation.description.endswith(".")


@every
def test_operations_that_a_description_names_are_there(operation: Operation) -> None:
    verbs = {name.partition("_")[0] for name in OPERATIONS}
    words = operation.description.replace(".", " ").replace(",", " ").replace(";", " ").replace(":", " ").split()
    named = {word for word in words if "_" in word and word.partition("_")[0] in verbs}
    assert named <= OPERATIONS.keys()


def test_what_only_reads_destroys_nothing() -> None:
    assert not [name for name, operation in OPERATIONS.items() if operation.reads_only and operation.destructive]

"""The generated functions, run as they are deployed."""

import ast
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from packaging.requirements import Requirement

from batch_processor import mustache
from batch_processor.document.json_path import MISSING
from batch_processor.errors import StructuredOutputInvalid
from batch_processor.extraction.structured_output import check_answer
from batch_processor.mustache import VariablesNotGiven
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.template_entry import TemplateEntry
from batchctl.factory.agent_functions import requirements, shared_sources
from batchctl.factory.browser_template import browser_template
from batchctl.factory.canonical import canonical, read
from batchctl.factory.folder import write
from batchctl.factory.generation import generate
from batchctl.factory.sample import sample
from tests.factory.documents import BROADBAND, FILES, TEXT, canonical_documents, document

ADDRESS = {"building_number": "23", "street": "High Street", "postcode": "SW1A 1AA"}
CELLS = {
    "type": "object",
    "properties": {
        "count": {"type": "integer"},
        "price": {"type": ["number", "null"], "multipleOf": 0.01},
        "flag": {"type": "boolean"},
        "tags": {"$ref": "#/$defs/tags"},
        "text": {"type": "string"},
        "either": {"type": ["string", "integer"]},
        "day": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
    },
    "required": ["count"],
    "$defs": {"tags": {"type": "array", "items": {"type": "string"}}},
}


class Load(Protocol):
    def __call__(self, path: Path | None = None, /, **changes: Any) -> "Functions": ...


class Functions:
    """The modules of a generated functions folder."""

    def __init__(self, folder: Path, validator: str) -> None:
        self.folder = folder
        self._validator = validator

    def __getattr__(self, name: str) -> ModuleType:
        return importlib.import_module(self._validator if name == "validator" else name)


@pytest.fixture
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Generates the functions of a schema, and makes their modules importable."""
    before = set(sys.modules)

    def load(path: Path | None = None, /, **changes: Any) -> Functions:
        made = read(path) if path else canonical(document(**changes))
        write(tmp_path, made, generate(made))
        monkeypatch.syspath_prepend(str(tmp_path / "functions"))
        return Functions(tmp_path / "functions", made.names.validator)

    yield load
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ({"count": "3"}, {"count": 3}),
        ({"count": "3", "price": "1.10", "flag": "TRUE", "tags": '["a"]'},
         {"count": 3, "price": 1.1, "flag": True, "tags": ["a"]}),
        ({"count": "3", "price": "", "flag": "", "tags": "", "day": ""}, {"count": 3}),
        ({"count": "3", "text": "", "either": "007"}, {"count": 3, "text": "", "either": "007"}),
        ({"count": "3", "text": "true", "price": "null"}, {"count": 3, "text": "true", "price": None}),
        ({"count": 3, "flag": False, "tags": []}, {"count": 3, "flag": False, "tags": []}),
        ({"count": "3", "price": "19.99"}, {"count": 3, "price": 19.99}),
    ],
)  # fmt: skip
def test_cells_are_read_as_the_schema_s_types(functions: Load, cells: dict[str, Any], values: dict[str, Any]) -> None:
    assert functions(input_schema=CELLS).validate_input.handler({"document": cells}, None) == values


@pytest.mark.parametrize(
    ("cells", "reasons"),
    [
        ({}, ["the whole: 'count' is missing"]),
        ({"count": ""}, ["/count: expected an integer, got a string of 0 characters"]),
        ({"count": "1e400"}, ["/count: expected an integer, got a string of 5 characters"]),
        ({"count": "NaN", "flag": "yes"}, ["/count: expected an integer", "/flag: expected true or false"]),
        ({"count": "1", "tags": "[1]"}, ["/tags: expected an array, got a string"]),
        ({"count": "1", "day": "2026-02-30"}, ["/day: expected the format date, as 2026-11-21, got a string"]),
        ({"count": "1", "at": "2026-02-28 12:00"}, ["/at: expected the format date-time"]),
        ("text", ["the whole: expected an object, got a string"]),
        (None, ["the whole: expected an object, got null"]),
    ],
)
def test_input_that_does_not_fit_is_refused_with_every_reason(functions: Load, cells: Any, reasons: list[str]) -> None:
    made = functions(input_schema=CELLS)
    with pytest.raises(made.validator.InvalidInput) as caught:
        made.validate_input.handler({"document": cells}, None)
    assert all(reason in str(caught.value) for reason in reasons)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_output_tool_passes_what_fits_and_refuses_the_rest(functions: Load, path: Path) -> None:
    made = functions(path)
    answer: Any = sample(read(path).output_schema)
    call = {"name": "print", "input": answer, "id": "call-1"}
    assert made.validate_output.handler(call, None) == {
        "type": "structured_output", "tool_use_id": "call-1", "content": answer,
        "schema": json.loads(path.read_text(encoding="utf-8"))["extraction_name"],
    }  # fmt: skip
    first = next(iter(answer))
    wrong_ones: list[Any] = [None, [], {}, {**answer, first: {"no": "such thing"}}, {"unknown": 1}]
    for wrong in wrong_ones:
        with pytest.raises(made.validator.InvalidOutput):
            made.validate_output.handler({**call, "input": wrong}, None)
    with pytest.raises(made.validator.InvalidOutput):
        made.validate_output.handler({}, None)


def test_message_of_a_great_many_problems_stays_short(functions: Load) -> None:
    output = {"type": "object", "properties": {"x": {"items": {"type": "null"}}}}
    with pytest.raises(ValueError, match="; and more") as caught:
        functions(output_schema=output).validator.check_output({"x": ["y" * 5_000] * 1_000})
    assert len(str(caught.value)) < 10_000


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        # A digit to Python's own expressions, which may take for ever, and none to RE2.
        ({"type": "string", "pattern": "^\\d$"}, "٣"),
        ({"type": "string", "format": "date-time"}, "2026-11-21"),
        ({"type": "string", "format": "uri"}, "no uri"),
        ({"type": "string", "format": "hostname"}, "-no-host-"),
    ],
)
def test_output_is_refused_where_the_batch_processor_would_refuse_it(
    functions: Load, schema: dict[str, Any], text: str
) -> None:
    output = {"type": "object", "properties": {"x": schema}}
    made = functions(output_schema=output)
    with pytest.raises(StructuredOutputInvalid) as refused:
        check_answer({"x": text}, output)
    (problem,) = made.validator.output_problems({"x": text})
    assert problem in str(refused.value)


def test_functions_run_with_nothing_but_what_they_require(functions: Load) -> None:
    made = functions(BROADBAND)
    program = """
import json, validate_input, validate_output, replay_recorded_answers, batch_processor
values = validate_input.handler({"document": json.loads(input())}, None)
answer = replay_recorded_answers.handler({"variables": values}, None)["structured_output"]
print(json.dumps([validate_output.handler({"input": answer, "id": "1"}, None)["content"], batch_processor.__file__]))
"""
    environment = {**os.environ, "PYTHONPATH": str(made.folder), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(ADDRESS),
        env=environment,
        cwd=made.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer, package = json.loads(done.stdout)
    assert answer["exchange"] == "KINGSLAND GREEN"
    assert Path(package).is_relative_to(made.folder)
    modules = {path.name for path in (made.folder / "batch_processor").rglob("*.py")} - {"__init__.py"}
    assert {"violations.py", "dialect.py", "formats.py", "regexes.py", "mustache.py"} <= modules
    assert len(modules) <= 9  # what is not used stays at home


def test_requirements_are_those_of_the_modules_that_come_along() -> None:
    imported = {
        name.split(".")[0]
        for source in shared_sources().values()
        for node in ast.walk(ast.parse(source))
        for name in ([node.module] if isinstance(node, ast.ImportFrom) and node.module else
                     [alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
    }  # fmt: skip
    packages = {"google-re2": "re2"}
    pins = re.findall(r"^([\w-]+)==", requirements(), re.MULTILINE)
    others = imported - set(sys.stdlib_module_names) - {"batch_processor"}
    brought = {"attrs", "jsonschema-specifications", "rpds-py", "typing-extensions"}
    assert {packages.get(name, name) for name in pins} == others | brought
    assert len(pins) == len(set(pins)) + 1  # google-re2 twice, by Python's version


def test_requirements_are_complete_and_hashed() -> None:
    pins = set(re.findall(r"^([\w-]+)==", requirements(), re.MULTILINE))
    needed = {Requirement(text) for name in pins for text in metadata.requires(name) or []}
    # On the oldest Python, which needs the most.
    there = {"python_version": "3.11", "python_full_version": "3.11.0", "extra": ""}
    assert {each.name for each in needed if not each.marker or each.marker.evaluate(there)} <= pins
    entries = re.split(r"^(?=\w)", requirements(), flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)


def test_recorded_answers_are_replayed_and_fit(functions: Load) -> None:
    executor = functions(BROADBAND).replay_recorded_answers
    event = {"template": {}, "variables": {**ADDRESS, "full_address": "23 High Street"}, "batchContext": {}}
    answer = executor.handler(event, None)["structured_output"]
    assert answer["exchange"] == "KINGSLAND GREEN"
    assert Draft202012Validator(read(BROADBAND).output_schema).is_valid(answer)
    with pytest.raises(executor.NoRecordedAnswer):
        executor.handler({**event, "variables": {**ADDRESS, "building_number": "24"}}, None)


def test_without_recordings_every_input_gets_the_sample(functions: Load) -> None:
    executor = functions().replay_recorded_answers
    assert executor.handler({"variables": {"company": "A"}}, None) == {
        "structured_output": {"staff": 1, "listed": True}
    }


def test_schema_without_a_sample_fails_until_an_answer_is_recorded(functions: Load) -> None:
    never = {"type": "object", "properties": {"x": {"not": {}}}, "required": ["x"]}
    assert sample(never) is MISSING
    executor = functions(output_schema=never).replay_recorded_answers
    with pytest.raises(executor.NoRecordedAnswer, match="examples of the canonical schema"):
        executor.handler({"variables": {"company": "A"}}, None)


@pytest.fixture(scope="module")
def render() -> Iterator[Any]:
    sys.path.insert(0, str(Path(importlib.import_module("batchctl").__path__[0]) / "factory" / "agent_code"))
    yield importlib.import_module("render_script")
    del sys.path[0], sys.modules["render_script"]


@given(text=TEXT | TEXT.map(lambda text: f'O\'Brien & "Söhne"\\\n{{{{x}}}}{text}<'))
def test_text_arrives_in_the_script_as_it_is(render: Any, text: str) -> None:
    entry = {"variables": {"a-b": {"required": True}}, "template": {"steps": [{"goal": "x {{a-b}} y {{{ a-b }}}"}]}}
    assert render.render_script(entry, {"a-b": text}) == {"steps": [{"goal": f"x {text} y {text}"}]}


@given(content=canonical_documents(), text=TEXT)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_every_input_reaches_the_browser_where_no_steps_are_given(
    render: Any, content: dict[str, Any], text: str
) -> None:
    made = canonical(content)
    entry = browser_template(made)
    goal = render.render_script(entry, dict.fromkeys(made.inputs, f"<{text}>"))["steps"][1]["goal"]
    assert all(f" {name}: <{text}>." in goal for name in made.inputs)
    required = render.render_script(entry, dict.fromkeys(made.required_inputs, f"<{text}>"))["steps"][1]["goal"]
    assert required.count(f": <{text}>.") == len(made.required_inputs)


def test_optional_variable_that_is_not_there_is_empty(render: Any) -> None:
    entry = {"variables": {"a": {"required": True}, "b": {"required": False}, "n": {"required": False}},
             "template": ["{{a}}{{#b}}, {{b}}{{/b}}{{^b}}, none{{/b}}", "{{n}}", 5, None, True]}  # fmt: skip
    assert render.render_script(entry, {"a": "x", "b": None, "n": 2.5}) == ["x, none", "2.5", 5, None, True]
    assert render.render_script(entry, {"a": False, "b": ["y"]}) == ['false, ["y"]', "", 5, None, True]


def test_missing_variables_are_all_named(render: Any) -> None:
    entry = {"variables": {"a": {"required": True}, "b": {"required": True}}, "template": ["{{a}} {{b}}", "{{b}}"]}
    with pytest.raises(VariablesNotGiven, match=r"'a' \(/0\); 'b' \(/0, /1\)"):
        render.render_script(entry, {})


def test_script_is_what_render_template_makes_of_the_entry(render: Any) -> None:
    entry = {
        "template_id": "t",
        "version": "1.0.0",
        "variables": {"n": {"required": True}, "o": {"required": False}, "d": {"required": True, "default": "given"}},
        "template": {"count": "{{{n}}}", "text": "{{n}} {{o}} {{d}}", "is": "{{#n}}yes{{/n}}{{^n}}no{{/n}}"},
    }
    registered = parse_entry("template", entry)
    assert isinstance(registered, TemplateEntry)
    variables_of: list[dict[str, Any]] = [{"n": 0}, {"n": [1], "o": None}, {"n": {"a": True}, "d": 5}]
    for variables in variables_of:
        rendered = render.render_script(entry, variables)
        assert rendered == mustache.render(registered.template, {**registered.defaults, **variables})
    assert render.render_script(entry, {"n": 0}) == {"count": 0, "text": "0  given", "is": "no"}


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        ({"type": "boolean"}, False, "x: false."),
        ({"type": "integer"}, 0, "x: 0."),
        ({"type": "array"}, ["a", "b"], 'x: ["a", "b"].'),
        ({"type": ["string", "null"]}, "text", "x: text."),
        ({"type": "string"}, "", "submit it."),
    ],
)
def test_optional_input_of_any_type_is_handed_over_once(render: Any, schema: Any, value: Any, told: str) -> None:
    inputs = {"type": "object", "properties": {"x": schema}}
    script = render.render_script(browser_template(canonical(document(input_schema=inputs))), {"x": value})
    goal = script["steps"][1]["goal"]
    assert goal.endswith(told)
    assert goal.count("x: ") == (1 if value != "" else 0)


def test_schema_in_a_template_is_no_text_to_render(render: Any) -> None:
    template = {"steps": [{"goal": "{{a}}", "schema": {"enum": ["{{extreme}}", "{{#"]}}]}
    rendered = render.render_script({"variables": {"a": {"required": True}}, "template": template}, {"a": "x"})
    assert rendered == {"steps": [{"goal": "x", "schema": {"enum": ["{{extreme}}", "{{#"]}}]}

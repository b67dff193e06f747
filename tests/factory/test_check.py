"""What `check` tells: the file, the place in it, what should stand there and what does."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from batch_processor.document.json_path import MISSING
from batchctl.factory.canonical import Canonical, canonical
from batchctl.factory.check import check
from batchctl.factory.differences import Difference, differences

SCHEMA = ("structured_output", "schemas", "broadband_availability_bt_wholesale", "schema")


def told(folder: Path, made: Canonical) -> set[tuple[str, str, str, Any, Any]]:
    return {
        (str(finding.file.relative_to(folder)), finding.about, finding.difference.place,
         *(_frozen(value) for value in (finding.difference.expected, finding.difference.found)))
        for finding in check(folder, made)
    }  # fmt: skip


def _frozen(value: Any) -> Any:
    return value if value is MISSING else json.dumps(value)


def edited(folder: Path, file: str, edit: Callable[[Any], Any]) -> None:
    path = folder / file
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(edit(document) or document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def at(*steps: Any) -> Callable[[Any], Any]:
    def found(document: Any) -> Any:
        for step in steps:
            document = document[step]
        return document

    return found


def test_fresh_folder_has_nothing_to_tell(folder: Path, broadband: Canonical) -> None:
    assert told(folder, broadband) == set()


@pytest.mark.parametrize(
    ("layer", "file", "steps"),
    [
        ("canonical schema", "functions/canonical_schema.json", ("output_schema",)),
        ("template", "registry/template.json", ("entry", "template", "steps", 3, "schema")),
        ("template", "functions/browser_template.json", ("template", "steps", 3, "schema")),
        ("agent", "registry/agent.json", ("entry", *SCHEMA)),
        ("agent", "output_tool_spec.json", ("input_schema",)),
    ],
)
def test_schema_of_each_layer_is_compared(
    folder: Path, broadband: Canonical, layer: str, file: str, steps: tuple[Any, ...]
) -> None:
    def edit(document: Any) -> None:
        schema = at(*steps)(document)
        schema["properties"]["service_type"]["enum"][2] = "FTTX"
        schema["required"].remove("cabinet")
        schema["properties"]["extra"] = {}

    edited(folder, file, edit)
    place = "".join(f"/{step}" for step in steps)
    required = broadband.output_schema["required"]
    without = [name for name in required if name != "cabinet"]
    assert told(folder, broadband) == {
        (file, layer, f"{place}/properties/service_type/enum/2", '"FTTP"', '"FTTX"'),
        (file, layer, f"{place}/required", json.dumps(required), json.dumps(without)),
        (file, layer, f"{place}/properties/extra", MISSING, "{}"),
    }


def test_entries_inside_the_stack_are_looked_into(folder: Path, broadband: Canonical) -> None:
    path = folder / "template.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count('"output_fields": ["success", "exchange"') == 1
    path.write_text(text.replace('"output_fields": ["success", "exchange"', '"output_fields": ["success", "xchange"')
                    .replace("MemorySize: 256", "MemorySize: 512"), encoding="utf-8")  # fmt: skip
    entry = "/Resources/AgentRegistryEntry/Properties/Entry"
    assert told(folder, broadband) == {
        ("template.yaml", "agent", f"{entry}/structured_output/output_fields/1", '"exchange"', '"xchange"'),
        ("template.yaml", "edited", "/Globals/Function/MemorySize", "256", "512"),
    }


def test_output_mapping_is_compared_with_the_schema(folder: Path, broadband: Canonical) -> None:
    edited(
        folder,
        "batch.config.json",
        lambda config: config["output_mapping"]["structured_output_fields"].remove("cabinet"),
    )
    found = told(folder, broadband)
    assert [(file, layer, place) for file, layer, place, _, _ in found] == [
        ("batch.config.json", "output mapping", "/output_mapping/structured_output_fields")
    ]


@pytest.mark.parametrize("columns", [None, 5, [None, "x"]])
def test_columns_that_are_none_are_an_edit(folder: Path, broadband: Canonical, columns: Any) -> None:
    edited(folder, "batch.config.json", lambda config: config["output_mapping"].update(columns=columns))
    assert [(about, place) for _, about, place, _, _ in told(folder, broadband)] == [
        ("edited", "/output_mapping/columns")
    ]


def test_changed_schema_makes_the_folder_stale_and_shows_where_it_matters(folder: Path, broadband: Canonical) -> None:
    document = json.loads(json.dumps(broadband.document))
    document["output_schema"]["properties"]["cabinet"]["maxLength"] = 40
    changed = canonical(document)
    found = told(folder, changed)
    assert ("manifest.json", "stale: generate again", "/schema_sha256", f'"{changed.digest}"',
            f'"{broadband.digest}"') in found  # fmt: skip
    layers = {(layer, file) for file, layer, place, expected, _ in found if place.endswith("/cabinet/maxLength")}
    assert {layer for layer, _ in layers} == {"canonical schema", "template", "agent"}
    assert {about for _, about, *_ in found} == {"stale: generate again", "canonical schema", "template", "agent"}


def test_schema_that_changed_nowhere_near_the_layers_is_stale_all_the_same(folder: Path, broadband: Canonical) -> None:
    changed = canonical({**broadband.document, "description": "Other words."})
    assert {about for _, about, *_ in told(folder, changed)} == {"stale: generate again"}


def test_missing_and_unreadable_files_are_told(folder: Path, broadband: Canonical) -> None:
    (folder / "README.md").unlink()
    (folder / "registry" / "agent.json").write_text("{\n", encoding="utf-8")
    (folder / "functions" / "validate_input.py").write_text("# mine\n", encoding="utf-8")
    found = {(file, about, place) for file, about, place, _, _ in told(folder, broadband)}
    assert found == {
        ("README.md", "missing", ""),
        ("registry/agent.json", "edited", "line 2"),
        ("functions/validate_input.py", "edited", "line 1"),
    }


@pytest.mark.parametrize("content", [b'{\n"a": "\xff"}', b"{\n" + b"[" * 100_000], ids=["no UTF-8", "too deep"])
@pytest.mark.parametrize("file", ["registry/agent.json", "batch.config.json"])
def test_file_that_cannot_be_read_as_json_is_told(
    folder: Path, broadband: Canonical, file: str, content: bytes
) -> None:
    (folder / file).write_bytes(content)
    assert {(file, about, place) for file, about, place, _, _ in told(folder, broadband)} == {
        (file, "edited", "line 2")
    }


def test_text_that_nests_too_deep_is_told(folder: Path, broadband: Canonical) -> None:
    edited(folder, "registry/agent.json", lambda agent: agent["entry"].update(structured_output="[" * 100_000))
    assert ("registry/agent.json", "agent", "/entry/structured_output/output_fields") in {
        (file, about, place) for file, about, place, _, _ in told(folder, broadband)
    }


def test_other_layout_of_the_same_document_is_an_edit(folder: Path, broadband: Canonical) -> None:
    path = folder / "tool_spec.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    assert [(about, place) for _, about, place, _, _ in told(folder, broadband)] == [("edited", "line 1")]


def test_file_of_an_older_factory_is_told_apart_from_an_edit(folder: Path, broadband: Canonical) -> None:
    edited(folder, "tool_spec.json", lambda spec: spec.update(description="as it was"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    from batchctl.factory.folder import digest

    manifest["files"]["tool_spec.json"] = digest((folder / "tool_spec.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (found,) = check(folder, broadband)
    assert found.about == "made by another version of the factory"
    assert str(found).startswith(
        f"{folder}/tool_spec.json (made by another version of the factory) /description: expected "
    )
    assert str(found).endswith('found "as it was"')


@pytest.mark.parametrize(
    ("expected", "found", "place"),
    [
        ({"a": 1}, {"a": True}, "/a"),
        ({"a": 0}, {"a": False}, "/a"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ""),
        ([1, 2], [2, 1], "/0"),
        ([1], [1, 1], ""),
        ({"a/b": {"c~": None}}, {"a/b": {}}, "/a~1b/c~0"),
        ({"a": '{"b": [1]}'}, {"a": '{"b": [2]}'}, "/a/b/0"),
        ({"a": "5"}, {"a": 5}, "/a"),
    ],
)
def test_differences_are_those_of_json(expected: Any, found: Any, place: str) -> None:
    assert next(differences(expected, found)).place == place
    assert not list(differences(expected, expected))


def test_equal_numbers_and_texts_that_are_the_same_json_do_not_differ() -> None:
    assert not list(differences({"a": 1.0, "b": '{"c":1}'}, {"a": 1, "b": '{ "c": 1 }'}))
    assert str(Difference("", 1, MISSING)) == "the whole: expected 1, found nothing"

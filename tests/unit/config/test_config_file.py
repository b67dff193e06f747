"""Files that a configuration is put together from: the config file, the defaults, and what they name beside themselves."""

import json
from typing import Any

import pytest

from batch_processor.config.config_file import read_file
from batch_processor.config.execution_input import merge_config
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration

GIVEN = {"config_s3_uri": "s3://data/configs/team/a.json"}


def files(**documents: Any) -> Any:
    """Reads documents by their keys, in which `__` stands for a slash; one that is not there is a KeyError."""
    by_key = {f"configs/{key.replace('__', '/')}.json": document for key, document in documents.items()}
    return lambda _, key, __: json.dumps(by_key[key]).encode()


def fault(given: Any, read: Any) -> tuple[str, str]:
    with pytest.raises(InvalidConfiguration) as caught:
        merge_config(given, read)
    [problem] = caught.value.problems
    return problem.pointer, problem.message


@pytest.mark.parametrize(
    ("path", "located"),
    [
        ("rules.yaml", "s3://data/configs/team/rules.yaml"),
        ("schemas/rules.yaml", "s3://data/configs/team/schemas/rules.yaml"),
        ("./../rules.yaml", "s3://data/configs/rules.yaml"),
        ("s3://other/rules.yaml", "s3://other/rules.yaml"),
        ("../../../rules.yaml", "../../../rules.yaml"),
        ("/rules.yaml", "/rules.yaml"),
        ("../..rules/a..b.yaml", "s3://data/configs/..rules/a..b.yaml"),
        ("", ""),
        (7, 7),
    ],
)
def test_path_begins_in_the_folder_of_its_file(path: Any, located: Any) -> None:
    read = files(team__a={"agents": {"triage": {"extraction": path}, "odd": 1, "none": {}}})
    assert merge_config(GIVEN, read) == {"agents": {"triage": {"extraction": located}, "odd": 1, "none": {}}}


def test_folders_without_a_name_are_folders() -> None:
    document = json.dumps({"defaults_s3_uri": "rules/./x//a.json"}).encode()
    given = {"config_s3_uri": "s3://data/configs//team//a.json"}
    read = {"configs//team//a.json": document, "configs//team//rules/x//a.json": b'{"ttl_days": 9}'}
    assert merge_config(given, lambda _, key, __: read[key]) == {"ttl_days": 9}


def test_keys_of_the_defaults_hold_where_nothing_else_says_them() -> None:
    read = files(
        team__a={"defaults_s3_uri": "../shared.json", "ttl_days": 3, "target": "triage"},
        shared={
            "ttl_days": 9,
            "storage_mode": "dynamodb",
            "agent_name": "x",
            "agents": {"triage": {"extraction": "r"}},
        },
    )
    assert merge_config({**GIVEN, "map_mode": "inline"}, read) == {
        "storage_mode": "dynamodb",
        "agents": {"triage": {"extraction": "s3://data/configs/r"}},
        "ttl_days": 3,
        "target": "triage",
        "map_mode": "inline",
    }


def test_execution_input_alone_names_its_defaults() -> None:
    given = {"target": "triage", "defaults_s3_uri": "s3://data/configs/shared.json"}
    assert merge_config(given, files(shared={"ttl_days": 9})) == {"ttl_days": 9, "target": "triage"}
    assert merge_config({**GIVEN, **given}, files(team__a={"defaults_s3_uri": "no.json"}, shared={})) == {
        "target": "triage"
    }


@pytest.mark.parametrize("again", ["defaults_s3_uri", "config_s3_uri"])
def test_defaults_that_name_another_file_are_refused(again: str) -> None:
    given = {"defaults_s3_uri": "s3://data/configs/shared.json"}
    pointer, message = fault(given, files(shared={again: "more.json"}))
    assert (pointer, message.partition(";")[0]) == ("/defaults_s3_uri", f"the file names a file of its own, by {again}")


@pytest.mark.parametrize("uri", ["shared.json", 7, "s3://data"])
def test_defaults_of_an_execution_input_have_a_whole_uri(uri: Any) -> None:
    assert fault({"defaults_s3_uri": uri}, files()) == ("/defaults_s3_uri", f"expected s3://BUCKET/KEY, got {uri!r}")


def test_file_that_may_be_no_configuration_is_told_where_it_is_named() -> None:
    def refuse(*_: Any) -> bytes:
        raise InvalidConfiguration([Problem("/config_s3_uri", "work/ is no place")])

    with pytest.raises(InvalidConfiguration) as caught:
        read_file("/agents/triage/extraction", "s3://data/work/a.json", None, refuse)
    assert [problem.pointer for problem in caught.value.problems] == ["/agents/triage/extraction"]

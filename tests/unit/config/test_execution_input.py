import json
from typing import Any

import pytest

from batch_processor.config import parse
from batch_processor.config.execution_input import is_complete, merge_config, merge_earlier
from batch_processor.errors import InvalidConfiguration
from tests.unit.configs import make_document

CONFIG = {"csv_s3_uri": "s3://data/a.csv", "target": "agent", "execution_config": {"max_concurrency": 2}}


class Store:
    """Objects by bucket, key and version; one that is asked for and not there is a KeyError."""

    def __init__(self, body: bytes, version_id: str | None = None) -> None:
        self._objects = {("data", "configs/a.json", version_id): body}

    def read(self, bucket: str, key: str, version_id: str | None) -> bytes:
        return self._objects[bucket, key, version_id]


def merge(given: Any, config: Any = CONFIG, version_id: str | None = None) -> Any:
    body = config if isinstance(config, bytes) else json.dumps(config).encode()
    return merge_config(given, Store(body, version_id).read)


def problem(given: Any, config: Any = CONFIG) -> tuple[str, str]:
    with pytest.raises(InvalidConfiguration) as caught:
        merge(given, config)
    (found,) = caught.value.problems
    return found.pointer, found.message


@pytest.mark.parametrize("given", [{"target": "x"}, {}, [1], None, "text"])
def test_input_that_names_no_file_is_the_configuration_itself(given: Any) -> None:
    assert merge(given) == given


def test_file_is_the_configuration() -> None:
    assert merge({"config_s3_uri": "s3://data/configs/a.json"}) == CONFIG


def test_file_is_read_in_the_version_that_is_named() -> None:
    given = {"config_s3_uri": "s3://data/configs/a.json", "config_version_id": "v1"}
    assert merge(given, version_id="v1") == CONFIG


def test_keys_of_the_input_replace_those_of_the_file() -> None:
    given = {"config_s3_uri": "s3://data/configs/a.json", "execution_config": {"timeout_seconds": 5}, "debug": True}
    assert merge(given) == {**CONFIG, "execution_config": {"timeout_seconds": 5}, "debug": True}


@pytest.mark.parametrize("in_file", ["csv_s3_uri", "input_csv_s3_uri"])
@pytest.mark.parametrize("in_input", ["csv_s3_uri", "input_csv_s3_uri"])
def test_csv_of_the_input_replaces_that_of_the_file_under_either_name(in_file: str, in_input: str) -> None:
    given = {"config_s3_uri": "s3://data/configs/a.json", in_input: "s3://data/new.csv"}
    assert merge(given, {in_file: "s3://data/old.csv"}) == {in_input: "s3://data/new.csv"}


SYNONYMS = [
    ("csv_s3_uri", "input_csv_s3_uri"),
    ("execution_config", "processing_config"),
    ("target", "agent_config", "agent_name", "agent_state_machine_arn"),
    ("resume_from", "only_failed_from"),
]


@pytest.mark.parametrize("names", SYNONYMS, ids=lambda names: names[0])
def test_input_replaces_the_file_in_every_way_of_saying_the_same(names: tuple[str, ...]) -> None:
    config = {name: "of the file" for group in SYNONYMS for name in group}
    others = {name: value for name, value in config.items() if name not in names}
    for name in names:
        given = {"config_s3_uri": "s3://data/configs/a.json", name: "of the input"}
        assert merge(given, config) == {**others, name: "of the input"}


def test_synonyms_that_the_input_itself_gives_are_all_kept_for_the_check() -> None:
    both = {"csv_s3_uri": "s3://data/a.csv", "input_csv_s3_uri": "s3://data/b.csv"}
    assert merge({"config_s3_uri": "s3://data/configs/a.json", **both}, {}) == both


@pytest.mark.parametrize("version_id", [7, ["v1"], {"id": "v1"}, True])
def test_version_that_is_no_text_is_refused(version_id: Any) -> None:
    given = {"config_s3_uri": "s3://data/configs/a.json", "config_version_id": version_id}
    assert problem(given) == ("/config_version_id", f"expected a version of the object, got {version_id!r}")


@pytest.mark.parametrize(
    "body", [b'{"a": 1, "b": 2, "a": 1}', b'{"nested": [{"a": 1, "a": 2}]}', b'{"a": {}, "\\u0061": {}}']
)
def test_key_that_is_given_twice_is_refused(body: bytes) -> None:
    pointer, message = problem({"config_s3_uri": "s3://data/configs/a.json"}, body)
    assert (pointer, message) == ("", "the key 'a' is given more than once in one object")


def test_all_keys_that_are_given_twice_are_told() -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        merge({"config_s3_uri": "s3://data/configs/a.json"}, b'{"a": 1, "b": 2, "c": 3, "b": 2, "a": 1}')
    assert [found.message.split("'")[1] for found in caught.value.problems] == ["a", "b"]


def test_file_that_is_nested_too_deeply_is_refused() -> None:
    pointer, message = problem({"config_s3_uri": "s3://data/configs/a.json"}, b'{"a":' * 100_000)
    assert (pointer, message) == ("", "s3://data/configs/a.json is nested too deeply to be a configuration")


def test_byte_order_mark_of_the_file_is_no_matter() -> None:
    assert merge({"config_s3_uri": "s3://data/configs/a.json"}, b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize("uri", ["https://data/a.json", "s3://data", "s3://data/", "s3:///a.json", "", 7, None])
def test_file_that_is_no_s3_object_is_refused(uri: Any) -> None:
    assert problem({"config_s3_uri": uri}) == ("/config_s3_uri", f"expected s3://BUCKET/KEY, got {uri!r}")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"a": }', "is not JSON: Expecting value at line 1, column 7"),
        (b'{\n"a" 1}', "is not JSON: Expecting ':' delimiter at line 2, column 5"),
        (b"[]", "holds a list, expected a JSON object"),
        (b"null", "holds null, expected a JSON object"),
        (b'{"a": "\xff"}', "is not UTF-8: "),
    ],
)
def test_file_that_holds_no_object_is_refused_with_its_uri(body: bytes, words: str) -> None:
    pointer, message = problem({"config_s3_uri": "s3://data/configs/a.json"}, body)
    assert pointer == ""
    assert message.startswith(f"s3://data/configs/a.json {words}")


def test_configuration_with_all_it_needs_stands_for_itself() -> None:
    document = make_document(resume_from="night")
    assert is_complete(document)
    assert is_complete({**without(document, "csv_s3_uri"), "input_csv_s3_uri": "s3://data/a.csv"})
    assert is_complete({**without(document, "target"), "agent_config": {}})
    assert is_complete(without(document, "output_mapping"))  # the registered columns
    assert is_complete({**without(document, "target"), "agent_state_machine_arn": "arn"})


@pytest.mark.parametrize("key", ["csv_s3_uri", "target", "input_mapping"])
def test_configuration_without_one_of_its_needs_is_not_complete(key: str) -> None:
    assert not is_complete(without(make_document(), key))


@pytest.mark.parametrize("document", [None, [], "text", {}, {"resume_from": "night"}])
def test_little_is_not_complete(document: Any) -> None:
    assert not is_complete(document)


def test_what_is_not_said_is_as_in_the_earlier_batch() -> None:
    config = make_document(execution_config={"max_concurrency": 2}, max_rows=10)
    given = {"resume_from": "night", "processing_config": {"timeout_seconds": 5}, "max_rows": "all"}
    assert merge_earlier(given, config) == {**without(config, "execution_config"), **given}


@pytest.mark.parametrize("before", ["resume_from", "only_failed_from"])
@pytest.mark.parametrize("now", ["resume_from", "only_failed_from"])
def test_what_the_earlier_batch_went_on_with_and_accepted_is_not_taken_over(before: str, now: str) -> None:
    config = make_document(**{before: "evening"}, accept_changes=True)
    assert merge_earlier({now: "night"}, config) == make_document(**{now: "night"})


def without(document: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"execution_config": {"max_concurrency": 2, "execution_tier": "express"}}, {"execution_tier": "standard"}),
        ({"processing_config": {"max_concurrency": 2, "execution_tier": "express"}}, {"execution_tier": "standard"}),
        (
            {"execution_tier": "express", "execution_config": {"max_concurrency": 2}},
            {"execution_config": {"max_concurrency": 3, "execution_tier": "standard"}},
        ),
    ],
)
def test_tier_replaces_the_earlier_one_wherever_both_are_said(before: Any, now: Any) -> None:
    document = merge_earlier({"resume_from": "night-run", **now}, make_document(**before))
    config = parse(document)
    assert config.execution.tier == "standard"
    assert config.execution.max_concurrency == now.get("execution_config", {"max_concurrency": 2})["max_concurrency"]


def test_what_says_nothing_of_the_tier_leaves_it() -> None:
    earlier = make_document(execution_tier="express")
    document = merge_earlier({"resume_from": "night-run", "execution_config": {"max_concurrency": 3}}, earlier)
    assert parse(document).execution.tier == "express"

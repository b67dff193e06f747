import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.batch.trigger import execution_input, execution_name, is_folder

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60) | st.text("aB7_- /", min_size=60)


def detail_of(key: str, bucket: str = "data", **config: Any) -> dict[str, Any]:
    """The detail of S3's event as EventBridge delivers it."""
    etag, sequencer = "b1946ac92492d2347c6235b4d2611184", "00617F08299329D189"
    return {
        "version": "0",
        "bucket": {"name": bucket},
        "object": {"key": key, "size": 512, "etag": etag, "sequencer": sequencer, **config},
        "request-id": "N4N7GDK58NMKJ12R",
        "requester": "123456789012",
        "reason": "PutObject",
    }


def versioned(key: str, version_id: str = "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", **config: Any) -> dict[str, Any]:
    return detail_of(key, **{"version-id": version_id}, **config)


def test_name_begins_as_the_config_does() -> None:
    assert re.fullmatch(r"nightly-run-[0-9a-f]{32}", execution_name(versioned("configs/team/nightly run.v2.json")))


def test_name_of_a_long_config_is_as_long_as_a_name_may_be() -> None:
    name = execution_name(versioned(f"configs/{'x' * 47}y{'z' * 100}.json"))
    assert re.fullmatch(r"x{47}-[0-9a-f]{32}", name)
    assert len(name) == 80


@pytest.mark.parametrize("key", ["configs/.json", "configs/日本.json", "configs/--.json", ".."])
def test_name_of_a_config_without_usable_characters_is_the_digest(key: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", execution_name(versioned(key)))


@given(NAMES, st.none() | NAMES)
def test_name_is_always_legal_and_the_same_for_the_same_object(key: str, version_id: str | None) -> None:
    detail = versioned(key, version_id) if version_id else detail_of(key)
    name = execution_name(detail)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}|_[A-Za-z0-9_-]{0,79}", name)
    again = {
        **detail,
        "object": {**detail["object"], "size": 1},
        "request-id": "C3D13FE58DE4C810",
        "reason": "CopyObject",
    }
    assert execution_name(again) == name


def test_delivery_details_do_not_matter_where_there_is_a_version() -> None:
    assert execution_name(versioned("c.json", sequencer="1")) == execution_name(versioned("c.json", sequencer="2"))


@pytest.mark.parametrize(
    "other",
    [
        versioned("configs/a.json", version_id="other"),
        versioned("configs/b/a.json"),
        versioned("configs/a.json", bucket="elsewhere"),
        detail_of("configs/a.json"),
    ],
)
def test_another_object_has_another_name(other: dict[str, Any]) -> None:
    assert execution_name(versioned("configs/a.json")) != execution_name(other)


def test_without_versions_each_write_is_another_object() -> None:
    first = detail_of("c.json")
    assert execution_name(first) == execution_name(detail_of("c.json"))
    assert execution_name(first) != execution_name(detail_of("c.json", sequencer="00617F08299329D18A"))
    assert execution_name(first) != execution_name(detail_of("c.json", etag="0"))


def test_events_without_a_sequencer_have_a_name_too() -> None:
    detail = detail_of("c.json")
    del detail["object"]["sequencer"]
    assert execution_name(detail).startswith("c-")


def test_input_names_the_config_and_its_version() -> None:
    assert json.loads(execution_input(versioned('configs/ü "a" b+c.json', "v1"))) == {
        "config_s3_uri": 's3://data/configs/ü "a" b+c.json',
        "config_version_id": "v1",
    }


def test_input_has_no_version_where_the_bucket_has_none() -> None:
    assert json.loads(execution_input(detail_of("configs/a.json"))) == {"config_s3_uri": "s3://data/configs/a.json"}


@pytest.mark.parametrize(
    ("detail", "folder"),
    [
        (detail_of("configs/", size=0), True),
        (detail_of("configs/team/", size=0), True),
        (detail_of("configs/team/", size=2), False),
        (detail_of("configs/a.json", size=0), False),
    ],
)
def test_empty_object_with_a_folders_name_is_a_folder(detail: dict[str, Any], folder: bool) -> None:
    assert is_folder(detail) is folder

import dataclasses
from typing import Any

import pytest

from batch_processor.config import parse
from batch_processor.plan.permissions import Permissions
from tests.unit.configs import AGENT, TOOL, make_document

ACCOUNT = "eu-west-1:123456789012"
TOPIC = f"arn:aws:sns:{ACCOUNT}:batches"
NARROW = Permissions(
    agent_arn_pattern=f"arn:aws:states:{ACCOUNT}:stateMachine:support-*",
    tool_arn_pattern=f"arn:aws:lambda:{ACCOUNT}:function:tool-*",
    topic_arn_pattern="",
    input_bucket_pattern="",
    output_bucket_pattern="",
    data_bucket="data",
    topic_arn=TOPIC,
)
WIDE = dataclasses.replace(
    NARROW,
    topic_arn_pattern=f"arn:aws:sns:{ACCOUNT}:batch-*",
    input_bucket_pattern="team-*",
    output_bucket_pattern="team-out*",
)


def refusals(permissions: Permissions, **keys: Any) -> dict[str, str]:
    return {found.pointer: found.message for found in permissions.problems(parse(make_document(**keys)))}


@pytest.mark.parametrize("target", [AGENT, f"{AGENT}:3", f"{AGENT}:live", TOOL, f"{TOOL}:$LATEST", f"{TOOL}:live"])
def test_what_the_patterns_name_may_be_used(target: str) -> None:
    assert refusals(NARROW, target=target) == {}


@pytest.mark.parametrize(
    ("target", "parameter"),
    [
        (f"arn:aws:states:{ACCOUNT}:stateMachine:billing", "AgentNamePattern"),
        ("arn:aws:states:us-east-1:123456789012:stateMachine:support-triage", "AgentNamePattern"),
        ("arn:aws:states:eu-west-1:999999999999:stateMachine:support-triage", "AgentNamePattern"),
        (f"arn:aws:lambda:{ACCOUNT}:function:enrich", "ToolNamePattern"),
        (f"arn:aws:lambda:{ACCOUNT}:function:a-tool-enrich", "ToolNamePattern"),
    ],
)
def test_other_targets_are_refused_with_the_parameter_that_would_allow_them(target: str, parameter: str) -> None:
    found = refusals(NARROW, target=target)
    assert list(found) == ["/target"]
    assert found["/target"].startswith(f"the stack may not use {target}; {parameter} allows arn:aws:")


def test_tool_that_is_a_state_machine_must_match_the_pattern_of_agents() -> None:
    config = parse(make_document())
    tool = dataclasses.replace(config.target, type="tool", runs="state_machine")
    assert list(NARROW.problems(dataclasses.replace(config, target=tool))) == []
    other = dataclasses.replace(tool, arn=f"arn:aws:states:{ACCOUNT}:stateMachine:tool-batch")
    (problem,) = NARROW.problems(dataclasses.replace(config, target=other))
    assert problem.message.endswith(f"AgentNamePattern allows {NARROW.agent_arn_pattern}")


def test_target_that_is_not_known_yet_is_left_to_the_registries() -> None:
    assert refusals(NARROW, target="triage") == {}


def test_pattern_without_an_asterisk_names_one_target_and_its_versions() -> None:
    exact = dataclasses.replace(NARROW, agent_arn_pattern=AGENT)
    assert refusals(exact, target=f"{AGENT}:live") == {}
    assert refusals(exact, target=f"{AGENT}-2")


def test_own_bucket_and_topic_are_always_allowed() -> None:
    keys: dict[str, Any] = {
        "output_s3_prefix": "s3://data/elsewhere/",
        "notification_config": {"sns_topic_arn": TOPIC},
    }
    assert refusals(NARROW, **keys) == {}


def test_everything_that_is_not_allowed_is_told_at_once() -> None:
    found = refusals(
        NARROW,
        target=f"arn:aws:states:{ACCOUNT}:stateMachine:billing",
        csv_s3_uri="s3://team-in/a.csv",
        output_s3_prefix="s3://team-out/",
        notification_config={"sns_topic_arn": f"{TOPIC}-other"},
    )
    assert {pointer: message.split("; ")[1] for pointer, message in found.items()} == {
        "/target": f"AgentNamePattern allows {NARROW.agent_arn_pattern}",
        "/csv_s3_uri": "InputBucketPattern allows only the stack’s own bucket",
        "/output_s3_prefix": "OutputBucketPattern allows only the stack’s own bucket",
        "/notification_config/sns_topic_arn": "TopicNamePattern allows only the stack's own topic",
    }


def test_other_buckets_and_topics_are_allowed_by_their_patterns() -> None:
    keys: dict[str, Any] = {
        "csv_s3_uri": "s3://team-in/a.csv",
        "output_s3_prefix": "s3://team-out-1/",
        "notification_config": {"sns_topic_arn": f"arn:aws:sns:{ACCOUNT}:batch-team"},
    }
    assert refusals(WIDE, **keys) == {}
    assert list(refusals(WIDE, **{**keys, "output_s3_prefix": "s3://team-in/"})) == ["/output_s3_prefix"]


@pytest.mark.parametrize(("bucket", "may"), [("data", True), ("team-x", True), ("a-team-x", False), ("datas", False)])
def test_buckets_to_read_from_are_the_own_one_and_those_of_the_pattern(bucket: str, may: bool) -> None:
    assert WIDE.may_read(bucket) is may


@pytest.mark.parametrize("key", ["configs", "configs/team", "work/", "work/x"])
def test_own_folders_of_the_stack_take_no_output(key: str) -> None:
    found = refusals(NARROW, output_s3_prefix=f"s3://data/{key}")
    assert list(found) == ["/output_s3_prefix"]
    assert found["/output_s3_prefix"].endswith("; choose another prefix")


@pytest.mark.parametrize("uri", ["s3://data/configs-of-2026", "s3://data/x/work", "s3://data", "s3://team-out/work"])
def test_folders_of_like_names_take_output(uri: str) -> None:
    assert refusals(WIDE, output_s3_prefix=uri) == {}

import dataclasses
from typing import Any

import pytest

from batch_processor.config import parse
from batch_processor.document.s3_uri import S3Uri
from batch_processor.plan.permissions import Permissions, moved_output
from tests.unit.configs import AGENT, TOOL, make_document
from tests.unit.plans import make_plan

ACCOUNT = "eu-west-1:123456789012"
TOPIC = f"arn:aws:sns:{ACCOUNT}:batches"
MACHINES = f"arn:aws:states:{ACCOUNT}:stateMachine:"
FUNCTIONS = f"arn:aws:lambda:{ACCOUNT}:function:"
NARROW = Permissions(
    agent_name_pattern="support-*",
    tool_name_pattern="tool-*",
    topic_name_pattern="",
    input_bucket_pattern="",
    output_bucket_pattern="",
    batch_machine_arn=f"{MACHINES}batch-processor-dev",
    row_batch_machine_arn=f"{MACHINES}batch-processor-rows-dev",
    stack_name="batch-processor-dev",
    data_bucket="data",
    topic_arn=TOPIC,
)
WIDE = dataclasses.replace(
    NARROW,
    agent_name_pattern="*",
    tool_name_pattern="*",
    topic_name_pattern="batch-*,alerts",
    input_bucket_pattern="team-*,lake",
    output_bucket_pattern="team-out*,lake",
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
    assert f"AgentNamePattern allows {MACHINES}support-*; deploy it with" in problem.message


def test_target_that_is_not_known_yet_is_left_to_the_registries() -> None:
    assert refusals(NARROW, target="triage") == {}


def test_pattern_without_an_asterisk_names_one_target_and_its_versions() -> None:
    exact = dataclasses.replace(NARROW, agent_name_pattern=AGENT.rpartition(":")[2])
    assert refusals(exact, target=f"{AGENT}:live") == {}
    assert refusals(exact, target=f"{AGENT}-2")


def test_patterns_are_lists() -> None:
    several = dataclasses.replace(NARROW, agent_name_pattern="support-*,billing", tool_name_pattern="tool-*,enrich")
    for target in (AGENT, f"{MACHINES}billing", f"{MACHINES}billing:live", f"{FUNCTIONS}enrich:3", TOOL):
        assert refusals(several, target=target) == {}
    found = refusals(several, target=f"{MACHINES}payroll")
    assert f"AgentNamePattern allows {MACHINES}support-* or {MACHINES}billing;" in found["/target"]


@pytest.mark.parametrize(
    "target",
    [
        f"{MACHINES}batch-processor-dev",
        f"{MACHINES}batch-processor-dev:1",
        f"{MACHINES}batch-processor-rows-dev",
        f"{MACHINES}batch-processor-rows-dev:live",
        f"{MACHINES}batch-processor-rows-prod",  # another environment's
        f"{FUNCTIONS}batch-processor-dev-RegisterEntryFunction-1A2b3C4d5E6f",
        f"{FUNCTIONS}batch-processor-dev-RegisterEntryFunction-1A2b3C4d5E6f:live",
        f"{FUNCTIONS}batch-processor-dev-ExtractStructuredOutputFunc-1A2b3C4d5E6f:$LATEST",
    ],
)
def test_parts_of_the_stack_itself_are_no_targets_whatever_the_patterns_allow(target: str) -> None:
    found = refusals(WIDE, target=target)
    assert list(found) == ["/target"]
    assert found["/target"].startswith(f"{target} is a part of the batch processor, which no batch calls, whatever ")


@pytest.mark.parametrize(
    "target",
    [
        f"{MACHINES}batch-processor-dev-agent",
        f"{MACHINES}batch-processor-prod",
        f"{FUNCTIONS}batch-processor-dev-enrich",
        f"{FUNCTIONS}batch-processor-dev-EnrichContactWithAll",
        f"{FUNCTIONS}batch-processor-dev-tools-EnrichFunction-1A2b3C4d5E6f",
        f"{FUNCTIONS}my-batch-processor-dev-EnrichFunction-1A2b3C4d5E6f",
    ],
)
def test_targets_of_like_names_are_targets(target: str) -> None:
    assert refusals(WIDE, target=target) == {}


LONG_STACK = "batch-processor-of-the-claims-team"


@pytest.mark.parametrize(
    ("name", "is_own"),
    [
        ("batch-processor-of-the-cl-AggregateResultsFunction-1A2B3C4D5E6F7", True),
        ("batch-processor-of-the-cla-ExtractStructuredOutputF-1A2b3C4d5E6f", True),
        (f"{LONG_STACK}-ExtractStructuF0A9C4F72DA15", False),
        (f"{LONG_STACK}-ExtractStructuredF0A9C4F72DA1", True),  # the embedded AWS's
        ("batch-processor-of-the-dogs-EnrichCustomerFunctionOf-1A2b3C4d5E6", False),
        ("batch-processor-of-the-cla-Enrich-1A2b3C4d5E6f", False),
        ("batch-EnrichContactsWithAllThatIsKnownOfThem-1A2B3C4D5E6F7", False),
        ("batch-EnrichContactsWithAllThatIsKnownOfThemTod-1A2B3C4D5E6F7A", False),
        (f"{LONG_STACK}-EnrichContactsWell", False),
    ],
)
def test_own_functions_are_known_by_names_that_cloudformation_has_cut(name: str, is_own: bool) -> None:
    stack = dataclasses.replace(WIDE, stack_name=LONG_STACK)
    found = refusals(stack, target=f"{FUNCTIONS}{name}")
    assert ("is a part of the batch processor" in found.get("/target", "")) == is_own


def test_own_bucket_and_topic_are_always_allowed() -> None:
    keys: dict[str, Any] = {
        "output_s3_prefix": "s3://data/outputs/mine/",
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
        "/target": f"AgentNamePattern allows {MACHINES}support-*",
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


@pytest.mark.parametrize("bucket", ["lake", "team-out"])
def test_each_bucket_of_a_list_is_allowed(bucket: str) -> None:
    assert refusals(WIDE, csv_s3_uri=f"s3://{bucket}/a.csv", output_s3_prefix=f"s3://{bucket}/") == {}
    found = refusals(WIDE, csv_s3_uri="s3://elsewhere/a.csv", output_s3_prefix="s3://elsewhere/")
    assert found["/csv_s3_uri"].endswith("InputBucketPattern allows team-* or lake")
    assert found["/output_s3_prefix"].endswith("OutputBucketPattern allows team-out* or lake")


@pytest.mark.parametrize(("bucket", "may"), [("data", True), ("team-x", True), ("a-team-x", False), ("datas", False)])
def test_buckets_to_read_from_are_the_own_one_and_those_of_the_pattern(bucket: str, may: bool) -> None:
    assert WIDE.may_read(S3Uri(bucket, "a.csv"), None) is may


@pytest.mark.parametrize("output", ["s3://data/outputs/", "s3://team-out/"])
@pytest.mark.parametrize("key", ["work/night/rows.csv", "work//x.csv", "configs/a.csv"])
def test_csv_is_never_what_the_stack_keeps_for_itself(key: str, output: str) -> None:
    found = refusals(WIDE, csv_s3_uri=f"s3://data/{key}", output_s3_prefix=output)
    assert list(found) == ["/csv_s3_uri"]
    assert found["/csv_s3_uri"].endswith("is never read as a CSV; put the CSV under inputs/")


def test_output_of_a_batch_is_a_csv_only_if_the_new_output_stays_beside_it() -> None:
    csv = "s3://data/outputs/colleague.csv"
    assert refusals(WIDE, csv_s3_uri=csv) == {}
    assert refusals(WIDE, csv_s3_uri=csv, output_s3_prefix="s3://data/outputs/mine/") == {}
    found = refusals(WIDE, csv_s3_uri=csv, output_s3_prefix="s3://team-out/")
    assert list(found) == ["/csv_s3_uri"]
    assert found["/csv_s3_uri"].endswith("leave output_s3_prefix out, or set it to s3://data/outputs/")


def test_what_is_in_an_output_is_not_told_before_it_is_known_where_the_new_one_goes() -> None:
    assert WIDE.may_show(S3Uri("data", "inputs/a.csv"))
    assert not WIDE.may_show(S3Uri("data", "outputs/colleague.csv"))


@pytest.mark.parametrize("uri", ["s3://lake/work/a.csv", "s3://lake/outputs/a.csv", "s3://data/workers.csv"])
def test_folders_of_other_buckets_and_of_like_names_are_read(uri: str) -> None:
    assert refusals(WIDE, csv_s3_uri=uri, output_s3_prefix="s3://team-out/") == {}


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ("data", "data/outputs/"),
        ("data/mine", "data/outputs/mine/"),
        ("data/mine/x/", "data/outputs/mine/x/"),
        ("data/outputs-of-2026", "data/outputs/outputs-of-2026/"),
        ("data/x/outputs", "data/outputs/x/outputs/"),
        ("data/configs", "data/outputs/"),
        ("data/configs/team", "data/outputs/team/"),
        ("data/work/x", "data/outputs/x/"),
    ],
)
def test_outputs_in_the_own_bucket_go_under_outputs_and_what_to_type_is_told(given: str, typed: str) -> None:
    found = refusals(WIDE, output_s3_prefix=f"s3://{given}")
    message = f"outputs go under outputs/ in the stack's own bucket; type s3://{typed}"
    assert found == {"/output_s3_prefix": message}
    assert refusals(WIDE, output_s3_prefix=f"s3://{typed}") == {}


@pytest.mark.parametrize("uri", ["s3://team-out/work", "s3://lake/configs/x", "s3://lake"])
def test_folders_of_other_buckets_take_output(uri: str) -> None:
    assert refusals(WIDE, output_s3_prefix=uri) == {}


def test_batch_that_goes_on_with_another_keeps_its_output_bucket() -> None:
    earlier = make_plan(output={"bucket": "team-out", "key": "night/people.csv"})
    assert list(moved_output(earlier, make_plan(output={"bucket": "team-out", "key": "morning/people.csv"}))) == []
    [problem] = moved_output(earlier, make_plan(output={"bucket": "data"}))
    assert problem.pointer == "/output_s3_prefix"
    assert problem.message.endswith("may not write to data; set output_s3_prefix to s3://team-out/night/")
    [problem] = moved_output(make_plan(output={"bucket": "team-out", "key": "people.csv"}), make_plan())
    assert problem.message.endswith("set output_s3_prefix to s3://team-out/")


def test_prefix_leaves_the_output_s_name_its_room() -> None:
    """Else S3 refuses the output when all rows have been paid for."""
    assert not refusals(NARROW, output_s3_prefix=f"s3://data/outputs/{'x' * 592}/")
    found = refusals(NARROW, output_s3_prefix=f"s3://data/outputs/{'é' * 297}/")
    assert found["/output_s3_prefix"].startswith("the prefix takes 602 bytes; S3's keys have 1,024")


def test_comma_at_the_end_of_a_list_is_no_name() -> None:
    listed = dataclasses.replace(NARROW, input_bucket_pattern="team-in,", agent_name_pattern="support-*,")
    found = refusals(listed, csv_s3_uri="s3://elsewhere/a.csv", target=f"{MACHINES}billing")
    assert found["/csv_s3_uri"].endswith("InputBucketPattern allows team-in")
    assert f"AgentNamePattern allows {MACHINES}support-*;" in found["/target"]


def test_refused_name_comes_with_what_to_deploy_and_what_to_type_locally() -> None:
    several = dataclasses.replace(NARROW, agent_name_pattern="support-*,billing,")
    refused = refusals(several, target=f"{MACHINES}payroll:live")["/target"]
    wanted = "support-*,billing,payroll"
    assert refused.endswith(
        f"deploy it with AgentNamePattern={wanted} (the local one: `batchctl local --agents '{wanted}'`)"
    )
    assert refusals(dataclasses.replace(several, agent_name_pattern=wanted), target=f"{MACHINES}payroll:live") == {}
    assert "`batchctl local --tools 'tool-*,enrich'`" in refusals(NARROW, target=f"{FUNCTIONS}enrich")["/target"]


def test_no_parameter_is_named_that_would_allow_another_account_or_region() -> None:
    refused = refusals(WIDE, target="arn:aws:states:us-east-1:123456789012:stateMachine:support-triage")["/target"]
    assert refused.endswith("nothing of another account or Region")


def test_topic_of_the_stack_is_accepted_by_its_arn() -> None:
    assert refusals(NARROW, notification_config={"sns_topic_arn": TOPIC}) == {}
    assert refusals(NARROW, notification_config={"sns_topic_arn": f"{TOPIC}-others"})

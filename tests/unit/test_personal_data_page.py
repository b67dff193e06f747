"""docs/personal-data.md names every place that keeps something: those of the template and those that the command knows."""

import re
from fnmatch import fnmatch
from pathlib import Path

from batch_processor.document.s3_uri import S3Uri
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.places import config_of, csv_of, last_places_of, places_of
from batch_processor.operations.erasure.remains import remains_of
from batch_processor.operations.erasure.traces import Traces
from tests.statemachine import cloudformation
from tests.unit.plans import PLAN, make_loaded

ROOT = Path(__file__).parents[2]
KEEPS = {
    "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Logs::LogGroup",
    "AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine", "AWS::Kinesis::Stream", "AWS::EFS::FileSystem",
}  # fmt: skip
# Of everything else that a template may have, what keeps nothing that it is given.
KEEPS_NOTHING = {
    "AWS::S3::BucketPolicy", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::Serverless::Function",
    "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::KMS::Key", "AWS::KMS::Alias", "AWS::Events::Rule",
    "AWS::Lambda::Permission", "AWS::CloudWatch::Alarm", "AWS::SNS::Subscription", "AWS::EC2::SecurityGroup",
    "Custom::RegistryEntry",
}  # fmt: skip
REGISTRIES = ("agents", "tools", "templates", "schemas")
DEPLOYMENT = Deployment(
    "arn:m", "arn:r", "data", "results", "batches", *REGISTRIES, "https://dead", "https://undelivered"
)
TRACES = Traces(PLAN["batch"]["id"], None, PLAN, make_loaded(2), True, S3Uri("data", "configs/a.json"), S3Uri("a", "b"))


def table() -> list[list[str]]:
    text = (ROOT / "docs" / "personal-data.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*) \|$", text.partition("## All places")[2], re.MULTILINE)
    return [[cell.strip() for cell in row.split(" | ")] for row in rows[2:]]


def quoted(column: int) -> set[str]:
    return {word for row in table() for word in re.findall(r"`([^`]+)`", row[column])}


def test_every_resource_that_keeps_something_is_in_the_table() -> None:
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    keeping = {name for name, resource in resources.items() if resource["Type"] in KEEPS}
    assert {name for name in keeping if not any(fnmatch(name, pattern) for pattern in quoted(1))} == set()
    unjudged = {resource["Type"] for resource in resources.values()} - KEEPS - KEEPS_NOTHING
    assert not unjudged, "say of each whether it keeps something"


def test_every_parameter_of_the_table_exists() -> None:
    parameters = cloudformation.load(ROOT / "template.yaml")["Parameters"]
    assert quoted(4) <= parameters.keys()
    assert {name for name in parameters if name.endswith("Days")} - {"MostDays"} <= quoted(4)


def test_every_place_that_the_command_knows_is_in_the_table() -> None:
    places = {name for row in table() for name in row[0].split(", ")}
    own = (*places_of(TRACES, DEPLOYMENT), *last_places_of(TRACES, DEPLOYMENT))
    assert {place.name for place in (*own, *csv_of(TRACES), *config_of(TRACES))} <= places
    assert {remains.place for remains in remains_of(TRACES, DEPLOYMENT)} <= places

"""The one address that answers without a signature: where a custom resource's function tells CloudFormation how it went."""

import json

from tests.emulator.access.requests_by_hand import Call, send
from tests.emulator.local_aws import LocalAws, until

# It answers, then tries to answer once more, and says elsewhere what it was told both times, and by which address.
CODE = """
import boto3, json, os, urllib.error, urllib.request


def answer(event, status, **headers):
    fields = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    body = json.dumps({**fields, "Status": status, "PhysicalResourceId": "made", "Data": {"Told": status}}).encode()
    request = urllib.request.Request(event["ResponseURL"], body, {"Content-Type": "", **headers}, method="PUT")
    try:
        with urllib.request.urlopen(request) as response:
            return response.status
    except urllib.error.HTTPError as exc:
        return exc.code


def handler(event, context):
    from_page = answer(event, "FAILED", Origin="https://evil.example")
    told = [event["ResponseURL"], from_page, answer(event, "SUCCESS"), answer(event, "FAILED")]
    boto3.client("s3").put_object(Bucket="answers", Key=event["RequestType"], Body=json.dumps(told))
"""


def test_custom_resource_is_answered_once_and_by_its_function_alone(patched: LocalAws) -> None:
    s3, cloudformation = patched.client("s3"), patched.client("cloudformation")
    s3.create_bucket(Bucket="answers")
    name = patched.function_with_code(CODE, Timeout=20)
    arn = patched.client("lambda").get_function_configuration(FunctionName=name)["FunctionArn"]
    template = {
        "Resources": {"Made": {"Type": "Custom::Made", "Properties": {"ServiceToken": arn}}},
        "Outputs": {"Told": {"Value": {"Fn::GetAtt": ["Made", "Told"]}}},
    }
    cloudformation.create_stack(StackName="answered", TemplateBody=json.dumps(template))
    until(lambda: s3.list_objects_v2(Bucket="answers")["KeyCount"] == 1)
    url, *statuses = json.loads(s3.get_object(Bucket="answers", Key="Create")["Body"].read())
    assert statuses == [403, 200, 403]
    until(lambda: cloudformation.describe_stacks(StackName="answered")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE")
    stack = cloudformation.describe_stacks(StackName="answered")["Stacks"][0]
    assert stack["Outputs"][0]["OutputValue"] == "SUCCESS"
    host, _, path = url.removeprefix("http://").partition("/")
    port = int(host.rpartition(":")[2])
    assert send(Call("", "PUT", f"/{path}", b"{}"), port, Host=host).status == 403

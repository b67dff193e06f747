"""What Task states call the errors of services."""

import json
import re
from typing import Any

from tests.emulator.local_aws import LocalAws, caught, description_of
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item

REQUEST_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def call(resource: str, **arguments: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": arguments, "End": True}


def failure(aws: LocalAws, state: dict[str, Any]) -> list[str]:
    """The error's name, and its cause without the request's id and what the service calls the thing."""
    error = aws.output(caught(state))
    cause = REQUEST_ID.sub("ID", error["Cause"])
    return [error["Error"], cause[cause.rindex("(") :]]


@item(
    "service_errors",
    [
        "SNS.NotFoundException",
        "(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: ID; Proxy: null)",
    ],
)
def a_missing_topic_has_the_class_of_its_error(aws: LocalAws) -> Any:
    return failure(aws, call("sns:publish", TopicArn="arn:aws:sns:us-east-1:000000000000:no-topic", Message="m"))


@item("service_errors", "SNS.InvalidParameterException")
def a_topics_name_that_is_none_is_an_invalid_parameter(aws: LocalAws) -> Any:
    return failure(aws, call("sns:publish", TopicArn="no-arn", Message="m"))[0]


@item(
    "service_errors",
    [
        "SQS.AmazonSQSException",
        "(Service: AmazonSQS; Status Code: 400; Error Code: MissingParameter; Request ID: ID; Proxy: null)",
    ],
)
def a_missing_body_is_an_error_that_sqs_does_not_describe(aws: LocalAws) -> Any:
    return failure(aws, call("sqs:sendMessage", QueueUrl=aws.queue().url))


@item("service_errors", "SQS.QueueDoesNotExistException")
def a_missing_queue_has_the_class_of_its_error(aws: LocalAws) -> Any:
    url = f"{aws.queue().url}-no-more"
    return failure(aws, call("sqs:sendMessage", QueueUrl=url, MessageBody="m"))[0]


def table(aws: LocalAws) -> str:
    name = aws.name("table")
    aws.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )
    return name


WITHOUT_KEY = {"other": {"S": "x"}}


@item(
    "service_errors",
    [
        "DynamoDB.AmazonDynamoDBException",
        "(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ValidationException; Request ID: ID; Proxy: null)",
    ],
)
def an_item_without_its_key_is_an_error_that_dynamodb_does_not_describe(aws: LocalAws) -> Any:
    return failure(aws, call("dynamodb:putItem", TableName=table(aws), Item=WITHOUT_KEY))


@item(
    "service_errors",
    [
        "DynamoDB.ResourceNotFoundException",
        "(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: ID; Proxy: null)",
    ],
)
def a_missing_table_has_the_class_of_its_error(aws: LocalAws) -> Any:
    return failure(aws, call("dynamodb:getItem", TableName="no-table", Key={"k": {"S": "x"}}))


@item("service_errors", ["DynamoDb.DynamoDbException", "(Service: DynamoDb, Status Code: 400, Request ID: ID)"])
def the_sdk_has_its_own_class_for_what_dynamodb_does_not_describe(aws: LocalAws) -> Any:
    return failure(aws, call("aws-sdk:dynamodb:putItem", TableName=table(aws), Item=WITHOUT_KEY))


@item("service_errors", ["S3.NoSuchBucketException", "(Service: S3, Status Code: 404, Request ID: ID)"])
def a_missing_bucket_has_the_class_of_its_error(aws: LocalAws) -> Any:
    return failure(aws, call("aws-sdk:s3:listObjectsV2", Bucket="there-is-no-such-bucket"))


@item("service_errors", ["Sns.NotFoundException", "(Service: Sns, Status Code: 404, Request ID: ID)"])
def an_sdk_call_of_sns_has_the_class_of_its_error(aws: LocalAws) -> Any:
    arguments = {"TopicArn": "arn:aws:sns:us-east-1:000000000000:no-topic", "Message": "m"}
    return failure(aws, call("aws-sdk:sns:publish", **arguments))


@item("service_errors", ["Sfn.ExecutionDoesNotExistException", "(Service: Sfn, Status Code: 400, Request ID: ID)"])
def an_sdk_tasks_error_is_the_sdks_exception(aws: LocalAws) -> Any:
    succeeded = aws.run({"End": {"Type": "Succeed"}})["executionArn"]
    return failure(aws, description_of(f"{succeeded}x"))


@item(
    "service_errors",
    [
        "Lambda.ResourceNotFoundException",
        "(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: ID; Proxy: null)",
    ],
)
def a_missing_functions_error_has_aws_words(aws: LocalAws) -> Any:
    return failure(aws, call("lambda:invoke", FunctionName="no-function", Payload={}))


@item("service_calls", ["EventBridge.FailedEntry", 1])
def an_event_that_is_refused_fails_the_task(aws: LocalAws) -> Any:
    entry = {"Source": "aws.s3", "DetailType": "t", "Detail": {}}
    error = aws.output(caught(call("events:putEvents", Entries=[entry])))
    return [error["Error"], json.loads(error["Cause"])["FailedEntryCount"]]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

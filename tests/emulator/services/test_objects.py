"""Objects of S3: their events, their versions."""

from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("object_events", True)
def an_objects_event_names_its_version(aws: LocalAws) -> Any:
    queue, bucket, s3 = aws.queue(), aws.name("bucket"), aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    aws.forward({"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}, queue.arn)
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"")["VersionId"]
    [event] = aws.messages(queue.url, 1)
    return event["detail"]["object"].get("version-id") == version


@item("object_ranges", (206, b"cd", "bytes 2-3/6"))
def a_range_of_a_version_is_that_range(aws: LocalAws) -> Any:
    bucket, s3 = aws.name("bucket"), aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"abcdef")["VersionId"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"other")
    got = s3.get_object(Bucket=bucket, Key="k", VersionId=version, Range="bytes=2-3")
    return got["ResponseMetadata"]["HTTPStatusCode"], got["Body"].read(), got.get("ContentRange")


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()

import pytest

from batch_processor.config import parse
from batch_processor.document.s3_uri import S3Uri
from tests.unit.config.changes import Build


@pytest.mark.parametrize(
    ("given", "key", "prefix"),
    [
        ("s3://my-bucket/outputs/a/", "outputs/a", "s3://my-bucket/outputs/a"),
        ("s3://my-bucket/outputs", "outputs", "s3://my-bucket/outputs"),
        ("s3://my-bucket/", "", "s3://my-bucket/"),
        ("s3://my-bucket", "", "s3://my-bucket/"),
    ],
)
def test_output_prefix_has_no_slash_at_its_end(document: Build, given: str, key: str, prefix: str) -> None:
    uri = parse(document(output_s3_prefix=given)).output_prefix
    assert uri == S3Uri("my-bucket", key)
    assert str(uri) == prefix


def test_csv_uri_under_both_names_is_accepted_where_they_agree(document: Build) -> None:
    uri = "s3://my-bucket/in/a b+%C3%A9é.csv"
    assert parse(document(csv_s3_uri=uri, input_csv_s3_uri=uri)).csv == S3Uri("my-bucket", "in/a b+%C3%A9é.csv")

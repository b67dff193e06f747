import pytest

from batch_processor.aws.cloudformation import refuse_foreign
from batch_processor.errors import BatchProcessorError

BUCKET = "cloudformation-custom-resource-response-euwest1"


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


# As recorded in Regions of different age.
@pytest.mark.parametrize(
    "host",
    [
        f"{BUCKET}.s3.amazonaws.com",
        f"{BUCKET}.s3-eu-west-1.amazonaws.com",
        f"{BUCKET}.s3.eu-west-1.amazonaws.com",
        f"{BUCKET}.s3.dualstack.eu-west-1.amazonaws.com",
    ],
)
def test_answer_goes_to_cloudformation(host: str) -> None:
    refuse_foreign(f"https://{host}/arn%3Aaws%3Acloudformation?X-Amz-Signature=x")


def test_answer_goes_to_cloudformation_in_china(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    refuse_foreign("https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn/x")


@pytest.mark.parametrize(
    "url",
    [
        f"http://{BUCKET}.s3.amazonaws.com/x",
        f"https://{BUCKET}-evil.s3.amazonaws.com/x",
        "https://cloudformation-custom-resource-response-evil.s3.amazonaws.com/x",
        "https://cloudformation-custom-resource-response-useast1.s3.us-east-1.amazonaws.com/x",
        f"https://{BUCKET}.s3.amazonaws.com.evil.org/x",
        f"https://evil.org/{BUCKET}.s3.amazonaws.com",
        f"https://{BUCKET}.s3.amazonaws.com@evil.org/x",
        f"https://evil@{BUCKET}.s3.amazonaws.com/x",
        f"https://{BUCKET}.s3.amazonaws.com:8443/x",
        f"https://{BUCKET}xs3.amazonaws.com/x",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "",
    ],
)
def test_answer_goes_nowhere_else(url: str) -> None:
    with pytest.raises(BatchProcessorError, match="which is not CloudFormation's: nothing was registered"):
        refuse_foreign(url)


def test_answer_goes_to_what_stands_in_for_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    refuse_foreign("http://127.0.0.1:4566/cfn-response/1")
    refuse_foreign("http://localhost:4566/cfn-response/1")
    for url in (
        "http://127.0.0.1:4567/x",
        "http://localhost.evil.org:4566/x",
        "https://127.0.0.1:4566/x",
        "http://evil@127.0.0.1:4566/x",
    ):
        with pytest.raises(BatchProcessorError):
            refuse_foreign(url)

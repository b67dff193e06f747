"""What differs between a batch and the one that it resumes."""

import pytest

from batch_processor.aws import s3
from batch_processor.aws.client import client
from tests.functional.account import RESULTS, put
from tests.functional.resumption.runs import PEOPLE, problems, run, validate
from tests.functional.targets import IDLE
from tests.unit.configs import AGENT, make_document

pytestmark = pytest.mark.usefixtures("stack")


def test_changed_csv_is_refused_and_can_be_accepted() -> None:
    night = run("night", make_document())
    put("inputs/people.csv", PEOPLE + b"Bo,b@x.org\n")
    found = problems("morning", {"resume_from": "night"})
    assert list(found) == ["/resume_from", "/csv_s3_uri"]
    assert "accept_changes" in found["/resume_from"]
    assert found["/csv_s3_uri"].startswith('the CSV was "23 bytes with ETag ')
    plan = validate("morning", {"resume_from": "night", "accept_changes": True})
    assert plan["source"]["size_bytes"] == 34
    assert plan["batch"]["origin_key"] != night["batch"]["origin_key"]


def test_same_csv_in_another_version_and_another_place_is_the_same() -> None:
    run("night", make_document())
    put("inputs/people.csv", PEOPLE)
    put("elsewhere.csv", PEOPLE)
    assert validate("morning", {"resume_from": "night"})["earlier"]
    assert validate("noon", {"resume_from": "night", "input_csv_s3_uri": "s3://data/elsewhere.csv"})["earlier"]


def test_csv_without_versions_is_known_by_its_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPUT_BUCKET_PATTERN", RESULTS)
    # The ETag of an object that came in parts is not that of its copy.
    parts = client("s3").create_multipart_upload(Bucket=RESULTS, Key="a.csv")["UploadId"]
    upload = {"Bucket": RESULTS, "Key": "a.csv", "UploadId": parts}
    etag = client("s3").upload_part(**upload, PartNumber=1, Body=PEOPLE)["ETag"]
    client("s3").complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]})
    night = run("night", make_document(csv_s3_uri="s3://results/a.csv"))
    assert night["source"]["etag"] != s3.pin(RESULTS, "a.csv").etag
    assert validate("morning", {"resume_from": "night"})["earlier"]
    put("a.csv", PEOPLE.lower(), RESULTS)
    assert "/csv_s3_uri" in problems("noon", {"resume_from": "night"})


def test_agent_that_was_deployed_anew_is_told() -> None:
    run("night", make_document())
    client("stepfunctions").update_state_machine(stateMachineArn=AGENT, definition=IDLE.replace("Idle", "Sleep"))
    assert problems("morning", {"resume_from": "night"})["/target"].startswith(f"what is deployed as {AGENT} was ")


def test_differences_stand_where_the_configuration_says_them() -> None:
    run("night", make_document())
    given = {
        "resume_from": "night",
        "target": {"arn": AGENT, "input_format": "messages"},
        "input_mapping": {"email": "prompt"},
        "output_mapping": {"structured_output_fields": ["category"]},
    }
    assert set(problems("morning", given)) == {
        "/resume_from",
        "/target/input_format",
        "/input_mapping",
        "/output_mapping",
    }


def test_batch_that_goes_on_with_another_keeps_its_output_bucket_whatever_is_accepted() -> None:
    run("night", make_document())
    given = {"resume_from": "night", "accept_changes": True, "output_s3_prefix": f"s3://{RESULTS}/mine/"}
    found = problems("morning", given)
    assert list(found) == ["/output_s3_prefix"]
    assert found["/output_s3_prefix"].endswith(
        f"may not write to {RESULTS}; set output_s3_prefix to s3://data/outputs/"
    )
    assert validate("noon", {"resume_from": "night", "output_s3_prefix": "s3://data/outputs/mine/"})["earlier"]

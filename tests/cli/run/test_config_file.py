"""A configuration on the user's disk, before anything is uploaded."""

import json
from pathlib import Path

import pytest

from batchctl.errors import WrongUsage
from batchctl.run.config_file import read_config

TOOL = "arn:aws:lambda:us-east-1:000000000000:function:batch-example-contact-tool-local"
OUTPUTS = {"BucketName": "the-bucket", "ContactToolArn": TOOL}
CSV = "s3://the-bucket/inputs/people.csv"


@pytest.mark.parametrize("name", ["csv_s3_uri", "input_csv_s3_uri"])
def test_config_is_pointed_at_the_csv_that_is_run(name: str, tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text(json.dumps({name: "s3://elsewhere/other.csv", "target": "${CONTACT_TOOL_ARN}", "note": "ä"}))
    assert read_config(path, OUTPUTS, CSV) == {"csv_s3_uri": CSV, "target": TOOL, "note": "ä"}


def test_config_in_yaml_is_pointed_at_it_too(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    path.write_text("# mine\ntarget: ${CONTACT_TOOL_ARN}\ncsv_s3_uri: s3://elsewhere/other.csv\n", encoding="utf-8-sig")
    assert read_config(path, OUTPUTS, CSV) == {"csv_s3_uri": CSV, "target": TOOL}


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        (b'{"target": }', "people.json is not JSON: Expecting value at line 1, column 12"),
        (b"", "is not JSON"),
        (b"target: x", "is not JSON"),
        (b"[1, 2]", "holds a list, expected a JSON object"),
        (b'"text"', "holds a text"),
        (b'{"target": "a", "target": "b"}', "the key 'target' is given more than once"),
        (b'{"target": "caf\xe9"}', "is not UTF-8"),
    ],
)
def test_what_is_no_config_is_told_before_anything_is_uploaded(config: bytes, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_bytes(config)
    with pytest.raises(WrongUsage, match=r"^--config: ") as raised:
        read_config(path, OUTPUTS, CSV)
    assert fault in str(raised.value)

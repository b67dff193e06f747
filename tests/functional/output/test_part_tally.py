"""Tallies as metadata of parts."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.aws import s3
from batch_processor.aws.client import client
from batch_processor.output import part_tally
from batch_processor.output.pieces import Part
from batch_processor.results.tally import Tally
from tests.functional.account import DATA, keys
from tests.unit.plans import failure

WORK: Any = {"bucket": DATA, "prefix": "work/night/"}
KEY = "work/night/parts/0000000001-0000000001.csv"
AWKWARD = st.text(st.sampled_from('ä"\\ \x7f\r\n=?𝄞x'), max_size=30)


def tally_of(message: str) -> Tally:
    tally = Tally()
    tally.count(failure(1, "Busy", message))
    return tally


@given(AWKWARD)
def test_metadata_is_plain_ascii_whatever_rows_failed_of(message: str) -> None:
    document = tally_of(message).as_json()
    text = part_tally.as_metadata(document)
    assert re.fullmatch(r"[!-~]+( [!-~]+)*", text)
    assert "=?" not in text
    assert json.loads(text) == document


@pytest.mark.parametrize(("message", "beside"), [("é  =?x", False), ("é" * 100, False), ("é" * 400, True)])
@pytest.mark.parametrize("size", [3, s3.LEAST_PART_BYTES])
def test_tally_comes_back_from_wherever_it_is(message: str, beside: bool, size: int) -> None:
    tally = tally_of(message)
    with s3.WorkObject(DATA, KEY, "text/csv") as target:
        target.write(b"x" * size)
        part_tally.publish(target, WORK, KEY, tally.as_json())
    head = client("s3").head_object(Bucket=DATA, Key=KEY)
    part = Part({"first": 1, "last": 1}, KEY, head["ETag"], size, datetime.now(UTC))
    # Metadata of an upload in parts must be known before its first part.
    expected = [KEY, KEY.replace(".csv", ".json")] if beside or size > 3 else [KEY]
    assert keys(DATA) == expected
    assert part_tally.of(WORK, part, head["Metadata"]) == tally.as_json() | (
        {"part": part.etag} if expected[1:] else {}
    )

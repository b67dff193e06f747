"""What MiniStack does without us: each test fails as soon as a newer one takes care of it by itself."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.access.requests_by_hand import Answer
from tests.emulator.local_aws import PYTHON

KEY, SECRET = "AKIAOFTHISSTART00000", "of-this-start"
NONSENSE = "0" * 64
NOW_DONE = "MiniStack does this now: see whether batchctl/local/emulator/access still has to"
Ways = dict[str, tuple[str, str, dict[str, str], str]]


def claimed(key: str) -> dict[str, str]:
    """The headers of a request that names a key, and knows no secret."""
    credential = f"Credential={key}/20261121/us-east-1/dynamodb/aws4_request"
    return {
        "Host": "127.0.0.1:4566",
        "X-Amz-Target": "DynamoDB_20120810.ListTables",
        "X-Amz-Date": "20261121T000000Z",
        "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature={NONSENSE}",
    }


WAYS: Ways = {
    "a wrong secret of root's": ("POST", "/", claimed(KEY), "{}"),
    "the key test": ("POST", "/", claimed("test"), "{}"),
    "an account's number": ("POST", "/", claimed("123456789012"), "{}"),
    "a foreign host": ("POST", "/", {**claimed(KEY), "Host": "evil.example:4566"}, "{}"),
    "an origin": ("POST", "/", {**claimed(KEY), "Origin": "https://evil.example"}, "{}"),
    "a preflight": ("OPTIONS", "/", {"Host": "127.0.0.1:4566", "Origin": "https://evil.example"}, ""),
    "a look at its health": ("GET", "/_ministack/health", {"Host": "evil.example"}, ""),
    "a new configuration": ("POST", "/_ministack/config", {"Host": "evil.example"}, "{}"),
    "a reset": ("POST", "/_ministack/reset", {"Host": "evil.example"}, ""),
}


def asked() -> tuple[dict[str, Answer], dict[str, str]]:
    """Its answers by way, and the key that it gives to a function; each call is a start of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }
    script, requests = Path(__file__).with_name("bare_ministack.py"), json.dumps(list(WAYS.values()))
    done = subprocess.run(
        [PYTHON, str(script)], input=requests, env=environment, capture_output=True, text=True, check=True
    )
    answers, key = json.loads(done.stdout)
    return dict(zip(WAYS, (Answer(*answer) for answer in answers), strict=True)), key


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    return asked()[0]


@pytest.mark.parametrize("way", WAYS)
def test_ministack_lets_everybody_in(answers: dict[str, Answer], way: str) -> None:
    assert answers[way].status == 200, NOW_DONE


@pytest.mark.parametrize("way", ["an origin", "a preflight"])
def test_ministack_lets_pages_read_its_answers(answers: dict[str, Answer], way: str) -> None:
    assert answers[way].headers["access-control-allow-origin"] == "*", NOW_DONE


def test_ministack_makes_keys_of_functions_of_their_names() -> None:
    keys: list[Any] = [asked()[1] for _ in range(2)]
    assert keys[0] == keys[1], NOW_DONE

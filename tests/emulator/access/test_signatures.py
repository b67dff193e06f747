"""Only who signs with a secret that this start gave out is let in; MiniStack by itself lets others in as root, too."""

import datetime
import hashlib
import io
import json
import re
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore import auth
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from batchctl.local.emulator.process import Emulator
from tests.emulator.access.requests_by_hand import Answer, Call, json_call, presigned, send, signed
from tests.emulator.local_aws import PYTHON, LocalAws, task
from tests.emulator.observations import error_of

LIST_TABLES = json_call("dynamodb", "DynamoDB_20120810.ListTables", {})
LIST_BUCKETS = Call("s3", "GET", "/")
HELP = "must be signed with a key of the local stack's present start"


@pytest.fixture(scope="module")
def port(patched: LocalAws) -> int:
    return int(patched.host.rpartition(":")[2])


@pytest.fixture(scope="module")
def root(patched: LocalAws) -> Credentials:
    return patched.credentials


def clients(aws: LocalAws, *key: str) -> Callable[[str], Any]:
    """Clients with another key, and a session's token."""
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    credentials = dict(zip(names, key, strict=False))
    config = Config(retries={"total_max_attempts": 1})
    return lambda service: boto3.client(
        service, endpoint_url=f"http://{aws.host}", region_name="us-east-1", config=config, **credentials
    )


def refusals(of: Callable[[str], Any]) -> list[str]:
    """What a key is refused with, by services of several protocols."""
    calls = [("dynamodb", "list_tables"), ("s3", "list_buckets"), ("iam", "list_users"), ("lambda", "list_functions"),
             ("sqs", "list_queues")]  # fmt: skip
    return [error_of(getattr(of(service), operation)) for service, operation in calls]


WRONG_SECRET = ["InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch",
                "InvalidSignatureException", "SignatureDoesNotMatch"]  # fmt: skip
NO_SUCH_KEY = ["UnrecognizedClientException", "InvalidAccessKeyId", "InvalidClientTokenId",
               "UnrecognizedClientException", "InvalidClientTokenId"]  # fmt: skip


def test_the_right_key_with_a_wrong_secret_is_refused(patched: LocalAws, root: Credentials) -> None:
    for secret in ("test", "", root.secret_key.swapcase()):
        assert refusals(clients(patched, root.access_key, secret or "x")) == WRONG_SECRET


@pytest.mark.parametrize("key", ["test", "000000000000", "123456789012", "AKIAIOSFODNN7EXAMPLE", "local"])
def test_keys_that_everybody_knows_are_refused(patched: LocalAws, root: Credentials, key: str) -> None:
    """Even with the secret of this start: MiniStack takes some of them for its root user's."""
    for secret in ("test", root.secret_key):
        assert refusals(clients(patched, key, secret)) == NO_SUCH_KEY


def test_an_earlier_starts_keys_are_refused_and_it_is_said_what_to_do(tmp_path: Any) -> None:
    emulator = Emulator(python=PYTHON, auth=True, persist=True, state_dir=tmp_path)
    emulator.start()
    earlier = LocalAws(emulator.environment())
    emulator.stop()
    with emulator:
        assert earlier.host == LocalAws(emulator.environment()).host
        with pytest.raises(ClientError, match=HELP) as caught:
            earlier.client("dynamodb").list_tables()
        assert caught.value.response["Error"]["Code"] == "UnrecognizedClientException"
        with pytest.raises(ClientError, match=HELP):
            earlier.client("s3").list_buckets()


def test_keys_differ_from_start_to_start_and_are_not_to_be_seen(patched: LocalAws, unpatched: LocalAws) -> None:
    one, other = patched.credentials, unpatched.credentials
    assert one.access_key != other.access_key
    assert one.secret_key != other.secret_key
    assert len(one.secret_key) == 40


def test_secrets_are_in_no_command_line(emulator: Emulator, root: Credentials) -> None:
    assert emulator._process
    command = " ".join(map(str, emulator._process.args))  # type: ignore[arg-type]
    assert "batchctl.local.emulator" in command
    assert root.secret_key not in command


def test_users_and_roles_are_let_in_with_their_own_secrets_alone(patched: LocalAws) -> None:
    user = patched.user([{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}])
    assert error_of(user.client("s3").list_buckets) == "none"
    assert error_of(user.client("dynamodb").list_tables) == "AccessDeniedException"
    assert refusals(clients(patched, user.credentials.access_key, "x" * 40)) == WRONG_SECRET
    role = patched.client("sts").assume_role(RoleArn=patched.role_arn, RoleSessionName="session")["Credentials"]
    key = (role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])
    assert refusals(clients(patched, *key)) == ["none"] * 5
    assert refusals(clients(patched, key[0], "x" * 40, key[2])) == WRONG_SECRET
    assert "none" not in refusals(clients(patched, *key[:2]))
    assert "none" not in refusals(clients(patched, *key[:2], "another token"))


def test_keys_of_functions_are_no_function_of_their_names(patched: LocalAws, unpatched: LocalAws) -> None:
    """As MiniStack makes them, whoever knows the names of a function and its role has their power."""

    def key(aws: LocalAws, name: str) -> dict[str, str]:
        code = "import os\n\n\ndef handler(event, context):\n    return dict(os.environ)\n"
        variables = json.loads(
            aws.client("lambda").invoke(FunctionName=aws.function_with_code(code, Description=name))["Payload"].read()
        )
        assert aws.credentials.secret_key not in variables.values()
        return {field: variables[field] for field in variables if field.startswith("AWS_S") or "KEY_ID" in field}

    same = uuid.uuid4().hex
    once, again, elsewhere = key(patched, same), key(patched, same), key(unpatched, same)
    assert once == again
    assert len(once) == 3
    assert refusals(clients(patched, *(once[f"AWS_{name}"] for name in
                                       ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")))) == ["none"] * 5  # fmt: skip
    assert not set(once.values()) & set(elsewhere.values())


def test_functions_have_their_roles_power_without_iam_too() -> None:
    with Emulator(python=PYTHON) as lax:
        aws = LocalAws(lax.environment())
        who = "import boto3; return [boto3.client('sts').get_caller_identity()['Arn'], os.environ['AWS_SECRET_ACCESS_KEY']]"
        arn, secret = aws.output({"Task": task(aws.function(who))})
    assert ":assumed-role/" in arn
    assert secret != aws.credentials.secret_key


# --- one request, in every way that it could be tampered with ---------------------------------------------------------


def test_request_as_it_was_signed_is_let_in(root: Credentials, port: int, patched: LocalAws) -> None:
    assert send(signed(LIST_TABLES, root, patched.host), port).status == 200
    assert send(presigned(LIST_BUCKETS, root, patched.host), port).status == 200
    for name in ("localhost", "[::1]"):
        assert send(signed(LIST_TABLES, root, f"{name}:{port}"), port, Host=f"{name}:{port}").status == 200


def changed(call: Call, **changes: Any) -> Call:
    return Call(**{**call.__dict__, **changes})


@pytest.mark.parametrize("change", [
    {"body": b'{"Limit": 1}'},
    {"path": "/?x=1"},
    {"method": "PUT"},
])  # fmt: skip
def test_request_that_was_changed_is_refused(
    root: Credentials, port: int, patched: LocalAws, change: dict[str, Any]
) -> None:
    answer = send(changed(signed(LIST_TABLES, root, patched.host), **change), port)
    assert (answer.status, HELP in answer.text) in [(400, True), (403, True)], answer


def test_object_of_other_bytes_than_were_signed_is_refused(root: Credentials, port: int, patched: LocalAws) -> None:
    patched.client("s3").create_bucket(Bucket="tampered")
    put = signed(Call("s3", "PUT", "/tampered/k", b"signed"), root, patched.host)
    assert "XAmzContentSHA256Mismatch" in send(changed(put, body=b"others"), port).text
    declared = {**put.headers, "X-Amz-Content-SHA256": "anything"}
    assert send(changed(put, headers=declared), port).status == 403
    assert patched.client("s3").list_objects_v2(Bucket="tampered")["KeyCount"] == 0


@pytest.mark.parametrize("sign", [signed, presigned])
def test_header_that_was_not_signed_makes_no_other_request_of_a_signed_one(
    root: Credentials, port: int, patched: LocalAws, sign: Callable[..., Call]
) -> None:
    """Else who has an address to put one object at copies any other one there, and reads it."""
    patched.client("s3").create_bucket(Bucket="unsigned-headers")
    patched.client("s3").put_object(Bucket="unsigned-headers", Key="secret", Body=b"x")
    put = sign(Call("s3", "PUT", "/unsigned-headers/given"), root, patched.host)
    answer = send(put, port, X_Amz_Copy_Source="/unsigned-headers/secret")
    assert (answer.status, "not signed: x-amz-copy-source" in answer.text) == (403, True), answer
    listing = sign(Call("dynamodb", "POST", "/", b"{}"), root, patched.host)
    answer = send(listing, port, X_Amz_Target="DynamoDB_20120810.ListTables")
    assert (answer.status, "not signed: x-amz-target" in answer.text) in [(400, True), (403, True)], answer
    assert patched.client("s3").list_objects_v2(Bucket="unsigned-headers")["KeyCount"] == 1


@pytest.mark.parametrize("date", ["", "now", "20269999T000000Z", "20261121", "Tue, 01 Dec 2026 00:00:00 GMT"])
def test_request_without_a_date_is_refused(root: Credentials, port: int, patched: LocalAws, date: str) -> None:
    call = signed(LIST_TABLES, root, patched.host)
    answer = send(changed(call, headers={**call.headers, "X-Amz-Date": date}), port)
    assert answer.status in (400, 403), answer
    assert re.search("[Dd]ate", answer.text)


def with_authorization(call: Call, edit: Callable[[str], str]) -> Call:
    return changed(call, headers={**call.headers, "Authorization": edit(call.headers["Authorization"])})


@pytest.mark.parametrize("edit", [
    lambda text: text.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
    lambda text: "AWS " + text.split("Credential=")[1].split("/")[0] + ":c2lnbmF0dXJl",
    lambda text: text.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256x"),
    lambda text: text.replace("host;", ""),
    lambda text: text.split("Signature=")[0] + "Signature=",
    lambda text: text.split(", Signature=")[0],
    lambda text: re.sub(r"/\d{8}/", "/20201121/", text),
    lambda text: text + ", Credential=test/20261121/us-east-1/dynamodb/aws4_request",
    lambda text: text.replace("Credential=", "Credential=test/20261121/us-east-1/dynamodb/aws4_request, Credential="),
    lambda _: "Basic dGVzdDp0ZXN0",
    lambda _: "AWS4-HMAC-SHA256",
    lambda _: "",
])  # fmt: skip
def test_authorization_that_is_not_quite_one_is_refused(
    root: Credentials, port: int, patched: LocalAws, edit: Callable[[str], str]
) -> None:
    answer = send(with_authorization(signed(LIST_TABLES, root, patched.host), edit), port)
    assert answer.status in (400, 403), answer


@pytest.mark.parametrize("query", ["X-Amz-Credential=test", "AWSAccessKeyId=test", "x-amz-signature=0", "Signature=0"])
def test_two_claims_in_one_request_are_refused(root: Credentials, port: int, patched: LocalAws, query: str) -> None:
    user = patched.user([{"Effect": "Deny", "Action": "*", "Resource": "*"}])
    for credentials in (root, user.credentials):
        answer = send(signed(changed(LIST_TABLES, path=f"/?{query}"), credentials, patched.host), port)
        assert (answer.status, "authorization mechanism" in answer.text) in [(400, True), (403, True)], answer


def at(moment: datetime.timedelta, monkeypatch: pytest.MonkeyPatch, sign: Callable[[], Call]) -> Call:
    """What is signed by a clock that is off by so much."""
    with monkeypatch.context() as patch:
        now = datetime.datetime.now(datetime.UTC)
        patch.setattr(auth, "get_current_datetime", lambda *_, **__: now + moment)
        return sign()


@pytest.mark.parametrize("minutes", [-16, 16])
def test_old_request_cannot_be_sent_again(
    root: Credentials, port: int, patched: LocalAws, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    off = datetime.timedelta(minutes=minutes)
    call = at(off, monkeypatch, lambda: signed(LIST_TABLES, root, patched.host))
    answer = send(call, port)
    assert answer.status in (400, 403), answer
    assert "Signature" in answer.text


@pytest.mark.parametrize(("off_seconds", "valid_seconds"), [(-61, 60), (0, 0), (0, 604_801), (0, -1), (1_000, 60)])
def test_presigned_address_has_its_time(
    root: Credentials,
    port: int,
    patched: LocalAws,
    monkeypatch: pytest.MonkeyPatch,
    off_seconds: int,
    valid_seconds: int,
) -> None:
    off = datetime.timedelta(seconds=off_seconds)
    for listing in (LIST_BUCKETS, LIST_TABLES):
        call = at(off, monkeypatch, lambda listing=listing: presigned(listing, root, patched.host, valid_seconds))  # type: ignore[misc]
        answer = send(call, port)
        assert answer.status in (400, 403), answer
        assert re.search("expired|not valid yet|X-Amz-Expires must be", answer.text)


def test_presigned_call_cannot_be_given_another_body(root: Credentials, port: int, patched: LocalAws) -> None:
    call = presigned(Call("lambda", "GET", "/2015-03-31/functions/"), root, patched.host)
    declared = {"X-Amz-Content-SHA256": hashlib.sha256(b"").hexdigest()}
    assert send(changed(call, headers=declared), port).status == 200
    assert "does not match" in send(changed(call, body=b"another"), port).text
    assert "does not match" in send(changed(call, headers=declared, body=b"another"), port).text


def test_presigned_address_by_a_wrong_secret_is_refused(root: Credentials, port: int, patched: LocalAws) -> None:
    for key, secret in [(root.access_key, "test"), ("test", root.secret_key), ("000000000000", "test")]:
        assert send(presigned(LIST_BUCKETS, Credentials(key, secret), patched.host), port).status == 403
        assert send(presigned(LIST_TABLES, Credentials(key, secret), patched.host), port).status in (400, 403)


# --- what SDKs send ---------------------------------------------------------------------------------------------------


KEYS = ["plain", "a/b c+d%20e=f&g:h~i(j)'k!.json", "ü/日本.csv", "..a/./b//c", "#?;,@"]


@pytest.mark.parametrize("key", KEYS)
def test_objects_of_all_names_go_in_and_out(patched: LocalAws, root: Credentials, key: str) -> None:
    s3 = clients(patched, root.access_key, root.secret_key)("s3")
    s3.create_bucket(Bucket="all-names")
    s3.put_object(Bucket="all-names", Key=key, Body=key.encode(), Metadata={"k": "a  b"}, Tagging="a=b%20c&d=")
    assert s3.get_object(Bucket="all-names", Key=key)["Body"].read() == key.encode()
    assert s3.list_objects_v2(Bucket="all-names", Prefix=key)["KeyCount"] == 1


@pytest.mark.parametrize("payload_signing", [True, False])
@pytest.mark.parametrize("checksum", ["CRC32", "SHA256"])
def test_large_objects_go_in_whole_and_in_parts(
    patched: LocalAws, root: Credentials, payload_signing: bool, checksum: str
) -> None:
    config = Config(s3={"payload_signing_enabled": payload_signing})
    s3 = boto3.client(
        "s3", endpoint_url=f"http://{patched.host}", region_name="us-east-1", config=config,
        aws_access_key_id=root.access_key, aws_secret_access_key=root.secret_key,
    )  # fmt: skip
    s3.create_bucket(Bucket="large")
    body = bytes(range(256)) * 40_000
    s3.put_object(Bucket="large", Key="whole", Body=body, ChecksumAlgorithm=checksum)
    s3.upload_fileobj(io.BytesIO(body), "large", "parts", ExtraArgs={"ChecksumAlgorithm": checksum})
    for key in ("whole", "parts"):
        assert s3.get_object(Bucket="large", Key=key)["Body"].read() == body


def test_presigned_addresses_of_sdks_are_let_in_in_version_4(patched: LocalAws, root: Credentials) -> None:
    s3 = boto3.client(
        "s3", endpoint_url=f"http://{patched.host}", region_name="us-east-1", config=Config(signature_version="s3v4"),
        aws_access_key_id=root.access_key, aws_secret_access_key=root.secret_key,
    )  # fmt: skip
    s3.create_bucket(Bucket="presigned")
    put = s3.generate_presigned_url("put_object", Params={"Bucket": "presigned", "Key": "a b/ü+"})
    with urllib.request.urlopen(urllib.request.Request(put, b"by url", method="PUT")) as answer:
        assert answer.status == 200
    get = s3.generate_presigned_url("get_object", Params={"Bucket": "presigned", "Key": "a b/ü+"})
    with urllib.request.urlopen(get) as answer:
        assert answer.read() == b"by url"


def test_version_2_is_no_signature_any_more(patched: LocalAws) -> None:
    """AWS takes none for buckets made since June 2020, but botocore still makes such addresses in us-east-1."""
    patched.client("s3").create_bucket(Bucket="version-2")
    address = patched.client("s3").generate_presigned_url("list_objects_v2", Params={"Bucket": "version-2"})
    assert "AWSAccessKeyId=" in address
    answer: Answer = send(Call("s3", "GET", address.removeprefix(f"http://{patched.host}")), int(patched.host[10:]))
    assert (answer.status, "Please use AWS4-HMAC-SHA256" in answer.text) == (403, True)

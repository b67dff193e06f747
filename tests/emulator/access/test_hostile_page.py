"""A web page in the browser of somebody who runs the local stack: whatever it sends is refused, says why, does nothing.

A page can send simple requests anywhere, with its Origin; have its own name lead to 127.0.0.1, and then read answers
(DNS rebinding); ask by OPTIONS whether it may send more; and have images and forms load any address.
"""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.credentials import Credentials

from tests.emulator.access.requests_by_hand import Answer, Call, presigned, send, signed
from tests.emulator.local_aws import LocalAws

ORIGINS = ["https://evil.example", "http://localhost:3000", "null"]
BUCKET, OBJECT = "of-the-victim", "/of-the-victim/made-by-a-page"


@pytest.fixture(scope="module")
def port(patched: LocalAws) -> int:
    return int(patched.host.rpartition(":")[2])


@pytest.fixture(scope="module")
def credentials(patched: LocalAws) -> Credentials:
    """Those of this start, which no page has: so that what a test is about is all that is wrong."""
    return patched.credentials


@pytest.fixture(scope="module")
def user(patched: LocalAws) -> LocalAws:
    """A user who may do everything, but is not root."""
    return patched.user([{"Effect": "Allow", "Action": "*", "Resource": "*"}])


@pytest.fixture(scope="module")
def victim(patched: LocalAws) -> LocalAws:
    patched.client("s3").create_bucket(Bucket=BUCKET)
    return patched


@pytest.fixture(scope="module")
def attacks(victim: LocalAws) -> dict[str, Call]:
    """What a page would like to do, as the bodies that it may send without asking."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return 'the page ran code'\n")
    create = {
        "FunctionName": "made-by-a-page",
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Role": victim.role_arn,
        "Code": {"ZipFile": base64.b64encode(code.getvalue()).decode()},
    }
    invoked = victim.function(f"import boto3; boto3.client('s3').put_object(Bucket='{BUCKET}', Key='invoked')")
    text = {"Content-Type": "text/plain"}
    return {
        "create a function": Call("lambda", "POST", "/2015-03-31/functions", json.dumps(create).encode(), text),
        "invoke a function": Call("lambda", "POST", f"/2015-03-31/functions/{invoked}/invocations", b"{}", text),
        "put an object": Call("s3", "PUT", OBJECT, b"x", text),
        "post an object": Call("s3", "POST", f"{OBJECT}?uploads", b"", text),
        "make a user": Call("iam", "POST", "/", b"Action=CreateUser&UserName=made-by-a-page&Version=2010-05-08",
                            {"Content-Type": "application/x-www-form-urlencoded"}),
        "reset": Call("", "POST", "/_ministack/reset", b"", text),
        "configure": Call("", "POST", "/_ministack/config", b'{"stepfunctions._SFN_WAIT_SCALE": 0}', text),
    }  # fmt: skip


ATTACKS = [
    "create a function",
    "invoke a function",
    "put an object",
    "post an object",
    "make a user",
    "reset",
    "configure",
]


@pytest.fixture(autouse=True)
def unharmed(victim: LocalAws, attacks: dict[str, Call]) -> Iterator[None]:
    """All is there that was, and nothing else, whatever a test has sent."""
    before = state(victim)
    yield
    assert state(victim) == before


def state(aws: LocalAws) -> dict[str, Any]:
    s3 = aws.client("s3")
    return {
        "functions": {one["FunctionName"] for one in aws.client("lambda").list_functions()["Functions"]},
        "objects": s3.list_objects_v2(Bucket=BUCKET).get("Contents", []),
        "uploads": s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []),
        "users": {one["UserName"] for one in aws.client("iam").list_users()["Users"]},
    }


def assert_refused(answer: Answer, reason: str) -> None:
    assert 400 <= answer.status < 500, answer
    assert reason in answer.text, answer
    assert answer.cors == [], answer


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_request_from_a_page_is_refused(
    attacks: dict[str, Call], port: int, credentials: Credentials, attack: str, origin: str
) -> None:
    by_root = signed(attacks[attack], credentials, f"127.0.0.1:{port}")
    for call in (attacks[attack], by_root):
        assert_refused(send(call, port, Origin=origin), f"Origin is {origin}, expected none")


@pytest.mark.parametrize("host", ["evil.example:{port}", "127.0.0.1.evil.example:{port}", "evil.example", "127.0.0.1:1",
                                  "169.254.169.254:{port}", "b.s3.localhost:{port}", "0.0.0.0:{port}", ""])  # fmt: skip
@pytest.mark.parametrize("attack", ATTACKS)
def test_page_whose_name_leads_here_is_refused(
    attacks: dict[str, Call], port: int, credentials: Credentials, attack: str, host: str
) -> None:
    host = host.format(port=port)
    for call in (attacks[attack], signed(attacks[attack], credentials, host or f"127.0.0.1:{port}")):
        assert_refused(send(call, port, Host=host), f"Host is {host or 'missing'}, expected one of")


def test_answers_cannot_be_read_under_another_name(port: int, credentials: Credentials) -> None:
    read = signed(Call("s3", "GET", f"/{BUCKET}"), credentials, f"evil.example:{port}")
    assert_refused(send(read, port, Host=f"evil.example:{port}"), "Host is evil.example")


@pytest.mark.parametrize("origin", [{"Origin": "https://evil.example"}, {}])
@pytest.mark.parametrize("path", ["/2015-03-31/functions", OBJECT, "/", "/_ministack/reset"])
def test_page_that_asks_whether_it_may_is_told_no(port: int, path: str, origin: dict[str, str]) -> None:
    asked = {"Access_Control_Request_Method": "PUT", "Access_Control_Request_Headers": "authorization,x-amz-date"}
    reason = "no web page may use this server" if origin else "OPTIONS is what a web page asks with"
    assert_refused(send(Call("", "OPTIONS", path), port, **asked, **origin), reason)


def test_bucket_cannot_let_pages_in(victim: LocalAws, port: int, credentials: Credentials) -> None:
    rule = {"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*"]}
    victim.client("s3").put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})
    asked = {"Access_Control_Request_Method": "PUT", "Origin": "https://evil.example"}
    assert_refused(send(Call("s3", "OPTIONS", OBJECT), port, **asked), "Origin is https://evil.example")
    listed = send(signed(Call("s3", "GET", f"/{BUCKET}"), credentials, f"127.0.0.1:{port}"), port)
    assert (listed.status, listed.cors) == (200, [])
    victim.client("s3").delete_bucket_cors(Bucket=BUCKET)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_image_or_form_of_a_page_is_refused(port: int, credentials: Credentials, site: str) -> None:
    image = presigned(Call("s3", "GET", f"/{BUCKET}"), credentials, f"127.0.0.1:{port}")
    assert_refused(send(image, port, Sec_Fetch_Site=site), f"Sec-Fetch-Site is {site}")


@pytest.mark.parametrize("path", [f"/{BUCKET}", "/", "/?Action=ListUsers&Version=2010-05-08", "/2015-03-31/functions"])
def test_image_of_a_browser_that_says_nothing_is_unsigned(port: int, path: str) -> None:
    assert_refused(send(Call("", "GET", path), port), "must be signed with a key of the local stack's present start")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_ministack/health"), ("GET", "/_ministack/ready"), ("GET", "/_localstack/health"), ("GET", "/health"),
        ("POST", "/_ministack/reset"), ("POST", "/_ministack/config"), ("POST", "/_ministack/rds/iam-auth"),
        ("GET", "/_ministack/sqs/messages"), ("GET", "/_ministack/ses/messages"), ("GET", "/_ministack/lambda-code/f"),
        ("PUT", "/_ministack/cfn-response/guessed"), ("PUT", "/_ministack/cfn-response/"), ("POST", "/_ministack/eks-auth/c"),
        ("PUT", "/_ministack/cfn-signal/guessed"), ("GET", "/_aws/lambda-url/u/"), ("GET", "/_aws/execute-api/a/s/"),
        ("GET", "/%5Fministack/ready"), ("GET", "http://127.0.0.1/_ministack/health"), ("GET", "/_ministack/../health"),
        ("GET", "/oauth2/authorize"), ("POST", "/oauth2/token"), ("GET", "/logout"), ("GET", "/pool/.well-known/jwks.json"),
    ],
)  # fmt: skip
def test_pages_of_ministack_itself_are_closed(port: int, credentials: Credentials, method: str, path: str) -> None:
    call = Call("", method, path, b"{}" if method != "GET" else b"")
    assert_refused(send(call, port), "must be signed with a key of the local stack's present start")
    if path.startswith(("/_", "/health", "/%5F")) and path != "/_ministack/health":
        by_root = signed(Call("health", method, path, call.body), credentials, f"127.0.0.1:{port}")
        assert_refused(send(by_root, port), "is closed")


def test_this_starts_root_alone_may_ask_after_the_servers_health(
    user: LocalAws, port: int, credentials: Credentials
) -> None:
    health = Call("health", "GET", "/_ministack/health")
    assert send(signed(health, credentials, user.host), port).status == 200
    assert_refused(send(signed(health, user.credentials, user.host), port), "is closed")


def test_web_socket_is_refused(port: int) -> None:
    call = Call("", "GET", "/_aws/execute-api/a/s")
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    answer = send(call, port, **upgrade, Sec_WebSocket_Version="13", Origin="https://evil.example")
    assert (answer.status, answer.cors) == (403, [])


def test_what_pages_are_refused_a_program_may_do(
    attacks: dict[str, Call], port: int, credentials: Credentials, victim: LocalAws
) -> None:
    """Else the tests above could pass on a server that refuses all."""
    send_by_root: Callable[[str], Answer] = lambda name: send(  # noqa: E731
        signed(attacks[name], credentials, f"127.0.0.1:{port}"), port
    )
    answers = {name: send_by_root(name) for name in ATTACKS[:5]}
    assert {name: answer.status for name, answer in answers.items() if answer.status >= 300} == {}
    assert [answer.cors for answer in answers.values()] == [[]] * 5
    upload = victim.client("s3").list_multipart_uploads(Bucket=BUCKET)["Uploads"][0]["UploadId"]
    victim.client("s3").abort_multipart_upload(Bucket=BUCKET, Key="made-by-a-page", UploadId=upload)
    for key in ("made-by-a-page", "invoked"):
        victim.client("s3").delete_object(Bucket=BUCKET, Key=key)
    victim.client("lambda").delete_function(FunctionName="made-by-a-page")
    victim.client("iam").delete_user(UserName="made-by-a-page")

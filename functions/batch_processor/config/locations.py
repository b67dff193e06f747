"""How a configuration says where things are: the forms of S3 URIs and of the ARNs of what a batch touches."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field

from batch_processor.document.placeholders import left_in
from batch_processor.document.shape import expected

_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_HOME = r"[a-z0-9-]+:[0-9]{12}"  # Region and account
_PARTITION = r"arn:aws[a-z-]*"
STATE_MACHINE = rf"{_PARTITION}:states:{_HOME}:stateMachine:[A-Za-z0-9_-]{{1,80}}(:[A-Za-z0-9_.-]+)?"
FUNCTION = rf"{_PARTITION}:lambda:{_HOME}:function:[A-Za-z0-9_-]{{1,64}}(:([$]LATEST|[A-Za-z0-9_-]+))?"
EXECUTION_PREFIX = rf"{_PARTITION}:states:{_HOME}:execution:[A-Za-z0-9_-]{{1,80}}:"
_TOPIC = rf"{_PARTITION}:sns:{_HOME}:[A-Za-z0-9_-]{{1,256}}"

STATE_MACHINE_FORM = "arn:aws:states:REGION:ACCOUNT:stateMachine:NAME"
FUNCTION_FORM = "arn:aws:lambda:REGION:ACCOUNT:function:NAME"
EXECUTION_FORM = "arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME"

# How the console, the CLI and browsers show an object: by its bucket in the host's name, or in the path.
_WEB = re.compile(r"https?://(?:(?P<host>[a-z0-9.-]+)\.)?s3[.-][a-z0-9.-]*amazonaws\.com/(?P<path>[^?#]*)")
_OBJECT = rf"s3://{_BUCKET}/(.*[^/])"
ObjectUri = Annotated[
    str,
    Field(pattern=rf"^{_OBJECT}$", examples=["s3://my-bucket/inputs/contacts.csv"]),
    expected("the URI of one object, s3://BUCKET/KEY", lambda given: uri_advice(given)),
]
PrefixUri = Annotated[
    str,
    Field(pattern=rf"^s3://{_BUCKET}(/.*)?$", examples=["s3://my-bucket/outputs/"]),
    expected("a place in S3, s3://BUCKET/PREFIX", lambda given: uri_advice(given, "PREFIX")),
]
StateMachineArn = Annotated[
    str,
    Field(
        pattern=f"^{STATE_MACHINE}$",
        examples=["arn:aws:states:eu-west-1:123456789012:stateMachine:ticket-classifier"],
    ),
    expected(f"the ARN of a state machine, {STATE_MACHINE_FORM}", lambda given: arn_advice(given)),
]
TargetArn = Annotated[
    str,
    Field(
        pattern=f"^({STATE_MACHINE}|{FUNCTION})$",
        examples=["arn:aws:lambda:eu-west-1:123456789012:function:enrich-contact"],
    ),
    expected(
        f"the ARN of an agent, {STATE_MACHINE_FORM}, or of a tool, {FUNCTION_FORM}", lambda given: arn_advice(given)
    ),
]
TopicArn = Annotated[
    str,
    Field(pattern=f"^{_TOPIC}$", examples=["arn:aws:sns:eu-west-1:123456789012:batch-results"]),
    expected(
        "the ARN of an SNS topic that is not FIFO, arn:aws:sns:REGION:ACCOUNT:NAME", lambda given: arn_advice(given)
    ),
]


def is_object_uri(text: Any) -> bool:
    """Whether it is a URI that can name an object."""
    return isinstance(text, str) and re.fullmatch(_OBJECT, text) is not None


def arn_type(arn: str) -> Literal["agent", "tool"] | None:
    """Return what the ARN can serve as, None where it can serve as neither."""
    if re.fullmatch(STATE_MACHINE, arn):
        return "agent"
    return "tool" if re.fullmatch(FUNCTION, arn) else None


def arn_name(arn: str) -> str:
    """Return the name of the state machine or function, without a version or alias."""
    return arn.split(":")[6]


def uri_advice(given: Any, rest: str = "KEY") -> str:
    """What to write in place of a text that is no URI in S3."""
    if not isinstance(given, str) or not given:
        return ""
    if left := left_in(given):
        return left
    if web := _WEB.match(given):
        bucket, key = (web["host"], web["path"]) if web["host"] else web["path"].partition("/")[::2]
        return f"write s3://{bucket}/{key}"
    scheme, found, path = given.partition("://")
    if not found:
        return f"write the bucket before it, s3://BUCKET/{rest}: a batch reads nothing of anybody's machine" + _upload(
            rest
        )
    if scheme != "s3":
        return f"write s3://{path}" if scheme.lower() in ("s3", "s3a", "s3n") else ""
    bucket, _, key = path.partition("/")
    if not re.fullmatch(_BUCKET, bucket):
        return f"{bucket!r} is no bucket's name, which has 3 to 63 lowercase letters, digits, dots and hyphens"
    return "name the file in it, and not its folder" if rest == "KEY" and (not key or key.endswith("/")) else ""


def _upload(rest: str) -> str:
    return ", and `batchctl run CSV --config FILE` uploads the CSV" if rest == "KEY" else ""


def arn_advice(given: Any) -> str:
    """What to write in place of a text that is no ARN."""
    if not isinstance(given, str) or not given:
        return ""
    if left := left_in(given):
        return left
    if not given.startswith("arn:"):
        return "a mere name is written as 'name'" if re.fullmatch(r"[\w.@-]+", given) else ""
    region, account = [*given.split(":"), *[""] * 5][3:5]
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]+", region):
        return f"{region!r} is no Region, as eu-west-1"
    return "" if re.fullmatch("[0-9]{12}", account) else f"{account!r} is no account, which has 12 digits"

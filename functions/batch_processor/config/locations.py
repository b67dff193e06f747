"""How a configuration says where things are: the forms of S3 URIs and of the ARNs of what a batch touches."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field

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

_OBJECT = rf"s3://{_BUCKET}/(.*[^/])"
ObjectUri = Annotated[
    str,
    Field(pattern=rf"^{_OBJECT}$", examples=["s3://my-bucket/inputs/contacts.csv"]),
    expected("the URI of one object, s3://BUCKET/KEY"),
]
PrefixUri = Annotated[
    str,
    Field(pattern=rf"^s3://{_BUCKET}(/.*)?$", examples=["s3://my-bucket/outputs/"]),
    expected("a place in S3, s3://BUCKET/PREFIX"),
]
StateMachineArn = Annotated[
    str,
    Field(
        pattern=f"^{STATE_MACHINE}$",
        examples=["arn:aws:states:eu-west-1:123456789012:stateMachine:ticket-classifier"],
    ),
    expected(f"the ARN of a state machine, {STATE_MACHINE_FORM}"),
]
TargetArn = Annotated[
    str,
    Field(
        pattern=f"^({STATE_MACHINE}|{FUNCTION})$",
        examples=["arn:aws:lambda:eu-west-1:123456789012:function:enrich-contact"],
    ),
    expected(f"the ARN of an agent, {STATE_MACHINE_FORM}, or of a tool, {FUNCTION_FORM}"),
]
TopicArn = Annotated[
    str,
    Field(pattern=f"^{_TOPIC}$", examples=["arn:aws:sns:eu-west-1:123456789012:batch-results"]),
    expected("the ARN of an SNS topic that is not FIFO, arn:aws:sns:REGION:ACCOUNT:NAME"),
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

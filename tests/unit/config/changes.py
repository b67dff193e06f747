"""Changes to the small valid document that the fixture `document` builds, and the targets in them."""

from collections.abc import Callable
from typing import Any

Build = Callable[..., dict[str, Any]]
AGENT = "arn:aws:states:eu-west-1:123456789012:stateMachine:classifier"
TOOL = "arn:aws:lambda:eu-west-1:123456789012:function:enrich"
TRANSFORMATION = "/input_mapping/transformations/x"
RETRY = "/execution_config/retry_policy"


def fields(**transformation: Any) -> dict[str, Any]:
    return {"input_mapping": {"transformations": {"x": transformation}}}


def columns(**column: Any) -> dict[str, Any]:
    return {"output_mapping": {"columns": [{"name": "n", "source": "$.n", **column}]}}


def rules(**method: Any) -> dict[str, Any]:
    return {"output_mapping": {"extraction_methods": [method]}}


def execution(**options: Any) -> dict[str, Any]:
    return {"execution_config": options}


def retry(**options: Any) -> dict[str, Any]:
    return execution(retry_policy=options)

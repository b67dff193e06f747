"""The errors of `aws-sdk:sfn` tasks: the SDK's exception classes, whatever the API calls its errors.

https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from collections.abc import Callable

from ministack.services import stepfunctions


def apply() -> None:
    """Wrap the naming of errors."""
    prefixed: Callable[[str, str], str] = stepfunctions._prefix_sdk_error

    def prefix_sdk_error(service: str, code: str) -> str:
        name = prefixed(service, code)
        return f"{name}Exception" if service == "sfn" and not name.endswith("Exception") else name

    stepfunctions._prefix_sdk_error = prefix_sdk_error

"""What a batch cost, or may cost."""

from typing import NotRequired, TypedDict


class Usage(TypedDict, total=False):
    """What is paid for, counted; the names are those of prices.json where AWS has a price for it.

    `target_call` counts calls of the agent or tool; the tokens are those that answers tell of.
    """

    state_transition: float
    express_request: float
    express_gb_second: float
    lambda_request: float
    lambda_gb_second: float
    dynamodb_write_unit: float
    dynamodb_read_unit: float
    s3_put: float
    s3_get: float
    sns_request: float
    sqs_request: float
    target_call: float
    input_tokens: float
    output_tokens: float


class Cost(TypedDict):
    """US dollars: of the orchestration, and of the target where its price is known; `usd` is their sum.

    Without `target_usd` nobody knows the target's price, and `usd` is the orchestration's alone. `usage` is what was
    counted, and `priced_on` the date of the prices.
    """

    usd: float
    orchestration_usd: float
    target_usd: NotRequired[float]
    usage: Usage
    priced_on: str

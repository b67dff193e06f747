"""What an Express child puts into the results table itself: answers as they came, and failures.

statemachine/source/express_row.yaml makes the items; their keys and common attributes are those of results/stored_row.py. Of an
answer that nobody has read yet, `answer` is the text of {"answer": …}. It may have `input_data`, the text of what the target was
given, and has the `attempt` where that is not the number of `calls`. A failure has, as `letter`, the text of {attempts, error,
reason, cause}, which its dead letter says besides.
"""

from datetime import datetime
from typing import Any

from batch_processor.contract.loaded import RowStore

# The status of an answer that nobody has read yet.
ANSWERED = "ANSWERED"


def unless_answered(store: RowStore) -> dict[str, Any]:
    """Arguments that make DynamoDB put what an Express child has of a row, an answer or a failure, unless an answer stands.

    That is a success, or an answer that nobody has read yet, which `counts` and was made alike: the first one that was paid for
    stands, so that a child that runs twice comes to the same. An answer that turns out to be unreadable is to be replaced by
    its failure before another attempt is made, whose answer is refused else.

    The machine adds nothing to them (statemachine/source/express_row.yaml), so all values are of the store.
    """
    return {
        "ConditionExpression": "attribute_not_exists(#status) OR (#status <> :success AND #status <> :answered) "
        "OR attribute_not_exists(#since) OR #since <> :since OR #ttl <= :as_of "
        "OR attribute_not_exists(#fingerprint) OR #fingerprint <> :fingerprint",
        "ExpressionAttributeNames": {f"#{name}": name for name in ("status", "since", "ttl", "fingerprint")},
        "ExpressionAttributeValues": {
            ":success": {"S": "SUCCESS"},
            ":answered": {"S": ANSWERED},
            ":since": {"S": store["since"]},
            ":as_of": {"N": str(datetime.fromisoformat(store["as_of"]).timestamp())},
            ":fingerprint": {"S": store["fingerprint"]},
        },
    }

"""`batchctl watch` of a batch whose operations answer from a list; a process of its own, as Ctrl-C is for a whole one.

Takes a number: so many answers come before the batch has ended.
"""

import sys
from contextlib import nullcontext

from batch_processor.operations.failures import explanation as explaining
from batch_processor.operations.running import outcome
from batch_processor.operations.running import progress as monitoring
from batchctl import account
from batchctl.__main__ import main
from batchctl.watch import following
from tests.cli.shapes import explanation, progress, results

answers, command = int(sys.argv[1]), sys.argv[2:]
given = iter(range(1, sys.maxsize))


def monitored(*_: object) -> monitoring.BatchProgress:
    number = next(given)
    if number > answers:
        return progress(stage="ended", status="SUCCEEDED", rows_processed=2000, rows_in_flight=0)
    return progress(rows_processed=1000 + number)


setattr(account, "deployed", lambda _: nullcontext())  # noqa: B010
setattr(monitoring, "monitor_batch_execution", monitored)  # noqa: B010
setattr(outcome, "get_batch_results", lambda *_, **__: results())  # noqa: B010
setattr(explaining, "explain_failures", lambda *_: explanation())  # noqa: B010
setattr(following, "POLL_SECONDS", 0.05)  # noqa: B010
sys.argv = ["batchctl", *command]
main()

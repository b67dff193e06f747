"""The process that `batchctl local up` leaves behind; all that it says goes into the log."""

import argparse
import signal
import sys
from contextlib import suppress

from batchctl.advice import is_expected, tell
from batchctl.answer import note
from batchctl.local import running
from batchctl.local.foreground import kept


def main() -> int:
    """Stays until it is told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--agents", action="append", default=[])
    parser.add_argument("--tools", action="append", default=[])
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt), kept(given.agents, given.tools, note, running.LOG):
            signal.pause()
    except Exception as exc:
        if not is_expected(exc):
            raise
        tell(exc)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

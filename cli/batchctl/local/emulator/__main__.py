"""`python -m batchctl.local.emulator --port N`: serve the local AWS until SIGTERM, Ctrl-C or the parent's end.

In its environment it finds the root user's key, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
"""

import argparse
import os
import tempfile
from pathlib import Path

from batchctl.local.emulator import settings
from batchctl.local.loopback import Loopback


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m batchctl.local.emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--auth", action="store_true", help="enforce IAM policies")
    parser.add_argument("--state-dir", type=Path, help="folder for everything it writes (default: temporary)")
    parser.add_argument("--persist", action="store_true", help="keep state in its folder, also when killed")
    parser.add_argument("--faults", type=Path, help="file of faults in the calls of state machines, for tests")
    parser.add_argument(
        "--also-called", action="append", default=[], metavar="NAME[:PORT]", help="another Host that requests may have"
    )
    parser.add_argument("--unpatched", action="store_true", help="MiniStack as it is, for comparison")
    return parser.parse_args()


def main() -> None:
    """Prepare the environment, then import MiniStack, which reads it on import."""
    arguments = _arguments()
    # What MiniStack writes has users' secret keys in it.
    os.umask(0o077)
    with tempfile.TemporaryDirectory(prefix="batch-emulator-", ignore_cleanup_errors=True) as temporary:
        state_dir = arguments.state_dir or Path(temporary)
        environment = settings.environment(arguments.port, arguments.auth, state_dir, persist=arguments.persist)
        os.environ.clear()
        os.environ.update(environment)
        tempfile.tempdir = environment["TMPDIR"]

        from batchctl.local.emulator import server

        server.run(
            Loopback.at(arguments.port, arguments.also_called),
            arguments.port,
            patched=not arguments.unpatched,
            persist=arguments.persist,
            faults_path=arguments.faults,
        )
    # Running executions and invocations are threads, and Python would wait for them.
    os._exit(0)


if __name__ == "__main__":
    main()

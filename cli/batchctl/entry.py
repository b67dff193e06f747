"""Where the installed command begins: interrupted while it still imports, it ends as it does later."""

import sys

from batchctl import exit_codes


def main() -> None:
    """Run a command; exits as exit_codes.py says."""
    try:
        from batchctl import __main__ as commands

        commands.main()
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        sys.exit(exit_codes.INTERRUPTED)

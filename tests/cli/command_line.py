"""The command line, called as a shell calls it."""

import sys
from unittest import mock

import pytest

from batchctl.__main__ import main


def exit_code(*words: object) -> int:
    """What the command ends with; what it prints is for `capsys`."""
    with mock.patch.object(sys, "argv", ["batchctl", *map(str, words)]), pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)

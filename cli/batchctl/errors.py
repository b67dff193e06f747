"""What the commands say instead of a traceback; exit_codes.py has what they end with.

Expected                what went wrong is no fault of this code
├── WrongUsage          what was typed cannot be done as it stands
└── StackUnreadable, BatchError, EmulatorError, SamFailed, NoLocalStack, RegistryFailed, UnusableFiles, FactoryFailed,
each where it is raised
"""

from typing import ClassVar

from batchctl import exit_codes


class Expected(Exception):
    """The message says where, what was wrong, what was expected, and what to type."""

    exit_code: ClassVar[int] = exit_codes.FAILED


class WrongUsage(Expected):
    """What was typed names something that does not exist."""

    exit_code = exit_codes.WRONG_USAGE

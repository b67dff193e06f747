"""What the commands say instead of a traceback.

Expected                what went wrong is no fault of this code; exit code 1
├── WrongUsage          what was typed cannot be done as it stands; exit code 2
└── StackUnreadable, BatchError, EmulatorError, SamFailed, NoLocalStack, RegistryFailed, UnusableFiles, FactoryFailed,
each where it is raised
"""

from typing import ClassVar


class Expected(Exception):
    """The message says where, what was wrong, what was expected, and what to type."""

    exit_code: ClassVar[int] = 1


class WrongUsage(Expected):
    """What was typed names something that does not exist."""

    exit_code = 2

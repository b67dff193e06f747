"""Which stack a command is about, and how that is typed again."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """What was typed: `--stack`s, `--profile`, `--region`. Nothing typed means the shell's own stack, or the local one."""

    stacks: tuple[str, ...] = ()
    profile: str | None = None
    region: str | None = None

    @classmethod
    def of(cls, stacks: Sequence[str] | None, profile: str | None = None, region: str | None = None) -> "Where":
        """From the values of the options."""
        return cls(tuple(stacks or ()), profile, region)

    @property
    def words(self) -> tuple[str, ...]:
        """The options as they are typed."""
        return tuple(self._words())

    def _words(self) -> Iterator[str]:
        for name in self.stacks:
            yield from ("--stack", name)
        if self.profile:
            yield from ("--profile", self.profile)
        if self.region:
            yield from ("--region", self.region)

    def typed(self, *words: object) -> str:
        """The command to type: `batchctl`, the words, and the options that mean the same stack."""
        return shlex.join(["batchctl", *map(str, words), *self.words])

    def completed(self, command: str) -> str:
        """A `batchctl …` that an operation names, with the options that it does not know of; other text as it is."""
        if not self.words or not command.startswith("batchctl "):
            return command
        return f"{command} {shlex.join(self.words)}"


HERE = Where()

"""The access key of the emulated account's root user, made anew by every start."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

_KEY_ID, _SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_RANDOM_CHARACTERS = 16  # of 5 bits each
_SECRET_BYTES = 30  # 40 characters


@dataclass(frozen=True, slots=True)
class RootKey:
    """A key with its secret; shown, it keeps the latter."""

    access_key_id: str
    secret_access_key: str = field(repr=False)

    @classmethod
    def random(cls) -> Self:
        """A key that nobody had before."""
        characters = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_CHARACTERS))
        return cls(f"AKIA{characters}", secrets.token_urlsafe(_SECRET_BYTES))

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> Self:
        """The key in variables as `variables` gives them; KeyError names one that is missing."""
        return cls(variables[_KEY_ID], variables[_SECRET])

    def variables(self) -> dict[str, str]:
        """The variables in which every AWS tool, and MiniStack, looks for it."""
        return {_KEY_ID: self.access_key_id, _SECRET: self.secret_access_key}


def current() -> RootKey:
    """That of this process's environment, in the emulator the key of this start."""
    return RootKey.of(os.environ)

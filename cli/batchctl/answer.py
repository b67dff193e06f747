"""How a command answers: its one answer on stdout, as text or as a JSON document; what else it says on stderr."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from batchctl.errors import WrongUsage
from batchctl.where import Where

Result = TypeVar("Result", bound=Mapping[str, Any])


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a JSON document is wanted, and which of its keys (none named: all)."""

    as_json: bool = False
    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, option: str | None, *shapes: Any) -> "Answer":
        """From the value of `--json`; the shapes are the TypedDicts that the answer may be.

        WrongUsage lists the keys that there are, before anything is done.
        """
        keys = tuple(filter(None, (option or "").split(",")))
        known = sorted({key for shape in shapes for key in get_type_hints(shape)})
        if unknown := [key for key in keys if key not in known]:
            raise WrongUsage(_unknown_key(unknown[0], known))
        return cls(option is not None, keys)

    def give(self, result: Result, show: Callable[[Result], None]) -> None:
        """Prints the result as a document, or has `show` print it."""
        if self.as_json:
            print_document({key: result[key] for key in self.keys if key in result} if self.keys else result)
        else:
            show(result)


TEXT = Answer()


def print_document(document: Mapping[str, Any]) -> None:
    """One JSON document, keys in the order of its shape."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def note(text: str) -> None:
    """Says something that is no part of the answer."""
    print(text, file=sys.stderr, flush=True)


def tell_next(where: Where, *commands: str) -> None:
    """Ends a command with what makes sense next, each ready to be pasted; prose that an operation has for it stands as it is.

    Commands come without the options that say which stack is meant.
    """
    if commands:
        note("\n".join(["", "Next:", *(f"  {where.completed(command)}" for command in dict.fromkeys(commands))]))


def _unknown_key(key: str, known: list[str]) -> str:
    from batch_processor.document.wording import nearest  # which help does without

    meant = nearest(key, known)
    near = f" Did you mean {meant}?" if meant else ""
    return (
        f"--json: the answer has no key {key!r}.{near} It may have {', '.join(known)}. "
        "If that word is none of --json's, put it before --json."
    )

"""How models err until somebody complains: every mistake makes a wrong reply of the right arguments."""

import json
from collections.abc import Callable
from typing import Any
from zlib import crc32

Arguments = dict[str, Any]
Reply = dict[str, Any]  # {"arguments": text} for a call of the tool, else {"content": text}
# Of so many questions, one is answered wrongly at first; of so many of these, one a second time.
_ONE_IN, _TWICE_ONE_IN = 2, 4


def replies(question: str, arguments: Arguments, complaints: int) -> Reply:
    """The reply to a question after so many complaints; the question decides which mistakes precede the right one."""
    seed = crc32(question.encode())
    wrong = 0 if seed % _ONE_IN else 2 if seed // _ONE_IN % _TWICE_ONE_IN == 0 else 1
    if complaints >= wrong:
        return _call(arguments)
    possible = [mistake for mistake in MISTAKES if mistake(arguments) is not None]
    reply = possible[((seed >> 5) + complaints) % len(possible)](arguments)
    return reply or _call(arguments)


def _call(arguments: Arguments) -> Reply:
    return {"arguments": json.dumps(arguments, ensure_ascii=False)}


def _leaves_one_out(arguments: Arguments) -> Reply | None:
    return _call(dict([*arguments.items()][:-1])) if len(arguments) > 1 else None


def _invents_a_category(arguments: Arguments) -> Reply | None:
    return _call({**arguments, "category": "gadgets"}) if "category" in arguments else None


def _writes_too_much(arguments: Arguments) -> Reply | None:
    long = "headline" if "headline" in arguments else "slogan"
    return _call({**arguments, long: f"{arguments[long]}. " * 8}) if long in arguments else None


def _counts_in_percent(arguments: Arguments) -> Reply | None:
    return _call({**arguments, "confidence": arguments["confidence"] * 100}) if "confidence" in arguments else None


def _lists_in_a_text(arguments: Arguments) -> Reply | None:
    return _call({**arguments, "keywords": ", ".join(arguments["keywords"])}) if "keywords" in arguments else None


def _adds_a_remark(arguments: Arguments) -> Reply:
    return _call({**arguments, "remark": "I hope this helps!"})


def _breaks_off(arguments: Arguments) -> Reply:
    text = json.dumps(arguments, ensure_ascii=False)
    return {"arguments": text[: len(text) // 2]}


def _chats(arguments: Arguments) -> Reply:
    return {"content": f"Here is what I would write: {next(iter(arguments.values()))}"}


MISTAKES: tuple[Callable[[Arguments], Reply | None], ...] = (
    _leaves_one_out,
    _invents_a_category,
    _writes_too_much,
    _counts_in_percent,
    _lists_in_a_text,
    _adds_a_remark,
    _breaks_off,
    _chats,
)

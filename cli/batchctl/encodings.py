"""`--encoding`: how a CSV was saved, where its bytes do not tell."""

import re
from typing import get_args

from batch_processor.config.csv_format import ENCODINGS
from batch_processor.csv_file.csv_format import Encoding
from batch_processor.document.wording import suggestion
from batchctl.errors import WrongUsage

_DECLARE = "csv_format.encoding"


def encoding_of(name: str | None) -> Encoding:
    """The encoding that is called so; WrongUsage if none is."""
    if name is None:
        return "auto"
    known = {**{each.lower(): encoding for each, encoding in ENCODINGS.items()}, **ENCODINGS}
    if name not in known and name.lower() not in known:
        raise WrongUsage(f"--encoding: {name!r} is none that can be read; {suggestion(name, [*get_args(Encoding)])}")
    return known.get(name) or known[name.lower()]


def as_option(told: str) -> str:
    """What to type where a message has a configuration declare the encoding; the one that it names first. Else nothing."""
    if _DECLARE not in told:
        return ""
    named = re.search(r'"([\w-]+)" reads', told)
    return f"On the command line that is the option --encoding {named[1] if named else 'NAME'}."

"""Says what a person should type instead where a text is no JSON: what the parser tells is where it gave up, not why."""

import json
import re

_LITERALS = {"True": "true", "False": "false", "None": "null", "undefined": "null"}
_WORD = re.compile(r"[A-Za-z_]+")
_YAML = re.compile(r"\s*[A-Za-z_$][\w$-]*\s*:")
_TYPOGRAPHIC = "“”„‟‘’«»"


def json_advice(text: str, exc: json.JSONDecodeError) -> str:
    """What to do about it, as "; take the comma out"; empty if nothing is known."""
    told = _advice(text, exc)
    return f"; {told}" if told else ""


def _advice(text: str, exc: json.JSONDecodeError) -> str:
    if not text.strip():
        return "the file is empty"
    rest, before = text[exc.pos :].lstrip(), text[: exc.pos].rstrip()
    if not rest:
        return "the text ends before all that was opened is closed: is a } or ] missing, or is the file cut?"
    if not before and _YAML.match(text):
        return "it looks like YAML: name the file .yaml, or write it as JSON, {…}"
    return _at_character(rest, before) or _between(text, exc, before)


def _at_character(rest: str, before: str) -> str:
    word = _WORD.match(rest)
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments: take it out, or write YAML into a file .yaml, which has #"
    if re.match(r",\s*[}\]]", rest) or (rest[0] in "}]" and before.endswith(",")):
        return "take out the comma behind the last entry"
    if rest[0] in f"'{_TYPOGRAPHIC}":
        return f'{rest[0]} is no quote in JSON; write "'
    if word and word[0] in _LITERALS:
        return f"write {_LITERALS[word[0]]} for {word[0]}"
    if word:
        return f'write texts and keys in quotes: "{word[0]}"'
    return ""


def _between(text: str, exc: json.JSONDecodeError, before: str) -> str:
    if "',' delimiter" in exc.msg:
        line = text.count("\n", 0, len(before)) + 1
        return f"is a comma missing at the end of line {line}?"
    if exc.msg.startswith("Invalid control character"):
        return "a text ends in the line that it begins in: is its closing quote missing? Write a line break as \\n"
    if exc.msg.startswith("Extra data"):
        return "one file holds one object: take out what follows it"
    return ""

"""Writes about a product what a model would, by rules from its title and features: always the same for one product."""

import json
import re
from collections.abc import Callable
from typing import Any
from zlib import crc32

_CATEGORIES = {
    "audio": "headphone earbud speaker soundbar turntable microphone",
    "wearables": "watch tracker ring",
    "kitchen": "kettle pan knife knives coffee grinder toaster board bottle",
    "home": "lamp blanket thermostat vacuum pillow candle towel purifier",
    "outdoor": "tent backpack torch stove hammock boots rain bike",
    "office": "desk chair keyboard notebook monitor pen",
    "toys": "puzzle blocks robot kite train",
}
_OPENINGS = (
    "Meet the {title}: {first}, made for every day.",
    "The {title} keeps its promise: {first}.",
    "Some things simply work. The {title} is one of them, with {first}.",
    "{first}: that is what the {title} is about.",
)
_MIDDLES = ("You also get {rest}.", "It comes with {rest} as well.", "And there is more: {rest}.")
_ENDINGS = (
    "Unpack it, and it is ready when you are.",
    "Made to be used, and to last.",
    "A present for others, or for yourself.",
)
_SLOGANS = ("{title}. Made to last.", "Simply {title}.", "{title}: ready when you are.")
_MOST_KEYWORDS = 6
_WORD = re.compile(r"[\w-]+")


class Unanswerable(Exception):
    """The model asks back instead of answering; the message is what it asks."""


class Unlearnt(Exception):
    """The tool asks for something that this model cannot write."""


def write(question: str, properties: tuple[str, ...]) -> dict[str, Any]:
    """What the tool's properties ask for. Raises Unanswerable or Unlearnt."""
    if unknown := [name for name in properties if name not in _WRITERS]:
        raise Unlearnt(f"The local model writes {[*_WRITERS]} only, not {unknown}: use a real model instead.")
    title, features = _read(question)
    if not features:
        raise Unanswerable(f"Which features does {title or 'the product'} have? I do not want to make any up.")
    return {name: _WRITERS[name](title, features) for name in properties}


def _read(question: str) -> tuple[str, list[str]]:
    try:
        product = json.loads(question)
        title, features = product["title"], product.get("features", "")
    except (ValueError, LookupError, TypeError, AttributeError):
        title, _, features = question.partition("with features:")
        title = title.rpartition(" for ")[2]
    listed = re.split(r"[,;]\s|\n", features)
    return " ".join(title.split()), [" ".join(feature.split()) for feature in listed if feature.strip()]


def _headline(title: str, features: list[str]) -> str:
    long = f"{title}: {features[0]}"
    return long if len(long) <= 60 else title[:60].rstrip()


def _description(title: str, features: list[str]) -> str:
    seed = crc32(title.encode())
    first, *rest = map(_within, features)
    sentences = [_pick(_OPENINGS, seed).format(title=title, first=first)]
    if rest:
        listed = rest[0] if len(rest) == 1 else f"{', '.join(rest[:-1])} and {rest[-1]}"
        sentences.append(_pick(_MIDDLES, seed >> 4).format(rest=listed))
    sentences.append(_pick(_ENDINGS, seed >> 8))
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)


def _keywords(title: str, features: list[str]) -> list[str]:
    phrases = [title, *features, *_WORD.findall(title), _category(title, features), "gift idea"]
    return list(dict.fromkeys(phrase.lower() for phrase in phrases if len(phrase) > 2))[:_MOST_KEYWORDS]


def _category(title: str, features: list[str]) -> str:
    found = set(_WORD.findall(" ".join([title, *features]).lower()))
    scores = {
        name: len(found & {*words.split(), *(f"{w}s" for w in words.split())}) for name, words in _CATEGORIES.items()
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else "other"


def _confidence(_title: str, features: list[str]) -> float:
    return round(min(0.95, 0.55 + 0.1 * len(features)), 2)


def _within(feature: str) -> str:
    """The text with a lower-case beginning, as within a sentence; abbreviations stay."""
    return feature[0].lower() + feature[1:] if feature[1:2].islower() else feature


def _slogan(title: str, _features: list[str]) -> str:
    return _pick(_SLOGANS, crc32(title.encode())).format(title=title)


def _pick(phrases: tuple[str, ...], seed: int) -> str:
    return phrases[seed % len(phrases)]


_WRITERS: dict[str, Callable[[str, list[str]], Any]] = {
    "headline": _headline,
    "description": _description,
    "keywords": _keywords,
    "category": _category,
    "confidence": _confidence,
    "slogan": _slogan,
}

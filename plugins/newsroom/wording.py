"""Comparing words as people do: near misses, quotations, names."""

import re
import unicodedata
from difflib import get_close_matches
from itertools import pairwise

STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\xa0": " "})
BETWEEN_NAMES = re.compile(r"[,;&()/+]|\band\b")
NAMES_WORD = re.compile(r"[^\W_]+")
NOBODY = frozenset([("nobody",), ("none",), ("no", "one")])


def did_you_mean(word: str, known: tuple[str, ...], alike: float = 0.6) -> str:
    """Return a hint at the one of `known` that `word` was to be, or nothing.

    Of two words that are the same, 1 part is `alike`, and 0 of two that share none.
    """
    names = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), names, 1, alike)
    return f'; did you mean "{names[near[0]]}"?' if near else ""


def occurs(quotation: str, text: str) -> bool:
    """Whether `text` has exactly these words; shapes of marks and spaces are alike."""
    return _plain(quotation) in _plain(text)


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, however they are spaced, composed or capitalised."""
    return name_key(one) == name_key(other)


def name_key(name: str) -> str:
    """Return what is the same of a name however it is typed (Unicode NFKC, UAX #15)."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def origin_key(name: str) -> str:
    """Return the letters and digits of a name, but for an article that begins it."""
    words = NAMES_WORD.findall(name_key(name))
    return "".join(words[1:] if words[0:1] == ["the"] else words)


def people(names: str) -> list[tuple[str, ...]]:
    """Return the words of each name in a line, and of each two that may be one.

    Commas and their like stand between names, and within one, as in "Kay, Tom".
    """
    parts = BETWEEN_NAMES.split(name_key(names))
    found = (tuple(NAMES_WORD.findall(part)) for part in parts)
    some = [words for words in found if any(map(str.isalpha, "".join(words)))]
    return [*some, *(one + other for one, other in pairwise(some))]


def is_among(person: str, names: str) -> bool:
    """Whether a line of names has this one, in any order, or with more around it."""
    return any(
        sorted(one) == sorted(other) or (len(one) > 1 and _within(one, other))
        for one in people(person)
        for other in people(names)
    )


def _within(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return f" {' '.join(one)} " in f" {' '.join(other)} "


def _plain(text: str) -> str:
    return " ".join(text.translate(STRAIGHT).split())

"""Comparing words as people do: near misses, quotations, names."""

import unicodedata
from difflib import get_close_matches

STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\xa0": " "})


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


def _plain(text: str) -> str:
    return " ".join(text.translate(STRAIGHT).split())

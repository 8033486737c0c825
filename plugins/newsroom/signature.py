"""The signature of a checked text: a hash that one changed word changes."""

import re
import unicodedata
from hashlib import sha256

from newsroom.header import parse
from newsroom.schema import StoryHeader, validate


def signature(headline: str, standfirst: str, body: str) -> str:
    """Return the hash of the text that readers see, as ledger.toml keeps it.

    How lines are broken and letters are composed does not count (Unicode NFC, UAX #15);
    every word, mark and paragraph does, and so do the headline and the standfirst.
    """
    digest = sha256("\n".join(paragraphs(headline, standfirst, body)).encode())
    return f"sha256:{digest.hexdigest()}"


def paragraphs(headline: str, standfirst: str, body: str) -> list[str]:
    """Return what is signed, a paragraph in each string."""
    parts = [headline, standfirst, *re.split(r"\n\s*\n", body.strip())]
    return [" ".join(unicodedata.normalize("NFC", part).split()) for part in parts]


def of_article(text: str) -> tuple[str, list[str]]:
    """Return the signature and the signed paragraphs of an article.md."""
    header = parse(text)
    story, _mistakes = validate(header, StoryHeader)
    signed = story.title, story.summary, header.body
    return signature(*signed), paragraphs(*signed)
